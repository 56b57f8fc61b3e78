"""What a message wants from the bot, if anything. Reads; decides nothing and asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telegram import Chat, Message, Update

from bot.core.commands import BY_NAME
from bot.telegram_app._forms import Question, read_question
from bot.telegram_app._pictures import find_file
from bot.telegram_app._syntax import Typed, read_command, read_mention

MAKE: Final = "meme"
START: Final = "start"


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is on Telegram."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """A command with the words behind it, or the answer to a question of the bot's; an unknown command is empty."""

    message: Message
    command: str
    words: str = ""
    question: Question | None = None


def read_request(message: Message, me: Me) -> Request | None:
    """None for what is not said to the bot, or not for it to answer."""
    typed = read_command(message, me.name)
    if typed is not None:
        return _read_typed(message, typed)
    words = message.text or message.caption or ""
    if not (words or find_file(message)) or message.via_bot is not None:
        return None
    question = read_question(message.reply_to_message, me.id)
    if question is not None:
        return Request(message, "", words, question)
    if message.chat.type == Chat.PRIVATE:
        return None if words.startswith("/") else Request(message, MAKE, words)
    mentioned = read_mention(message, me.name) if message.chat.type != Chat.CHANNEL else None
    return Request(message, MAKE, mentioned) if mentioned is not None else None


def _read_typed(message: Message, typed: Typed) -> Request | None:
    """In groups other bots may know what this one does not; in private it says so."""
    if typed.command in BY_NAME:
        return Request(message, typed.command, typed.rest)
    return Request(message, "", typed.rest) if message.chat.type == Chat.PRIVATE else None


def concerns(update: Update, me: Me) -> bool:
    """Whether an update is to be answered, and therefore written down before Telegram forgets it.

    Ordinary talk never is, so none of it is stored.
    """
    if update.callback_query is not None:
        return True
    message = update.effective_message
    if message is None:
        return False
    return message.migrate_to_chat_id is not None or read_request(message, me) is not None
