"""Questions that are answered by a reply: what a form, or the composer, asks for, hidden in the message that asks.

The message carries an invisible link with the form's id, so that a reply finds its form after a restart too. It is read
only from messages of the bot's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from telegram import Message, MessageEntity

MARK: Final = "\u200b"
"""The text that carries the link: nothing one could see."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: a form by its id, and the message that the answer changes (0 for none)."""

    form_id: str
    message_id: int = 0

    def address(self, bot_name: str) -> str:
        return f"https://t.me/{bot_name}?form={quote(self.form_id)}&m={self.message_id}"


def read_question(message: Message | None, bot_id: int) -> Question | None:
    """The question in a message of the bot's own."""
    if message is None or message.from_user is None or message.from_user.id != bot_id:
        return None
    for entity in message.entities or message.caption_entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url:
            asked = parse_qs(urlsplit(entity.url).query)
            if "form" in asked:
                number = asked.get("m", ["0"])[0]
                return Question(asked["form"][0], int(number) if number.isdecimal() else 0)
    return None
