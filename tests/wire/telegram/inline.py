"""Asking the bot from any chat by its name, and sending what it offers."""

from __future__ import annotations

from typing import Any

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.entities import find_entities
from tests.wire.telegram.markup import read_markup
from tests.wire.telegram.messages import Button, Content, Keyboard, Media, Message
from tests.wire.telegram.methods.queries import CACHED
from tests.wire.telegram.people import User
from tests.wire.telegram.queries import InlineQuery
from tests.wire.telegram.world import World


class AskInline:
    """The part of the local Telegram that tests use for inline mode."""

    world: World

    async def inline(self, user: User, words: str, *, offset: str = "") -> InlineQuery:
        """Type "@bot words" somewhere."""
        world = self.world
        assert world.inline_enabled, "inline mode is switched off for this bot"
        query = InlineQuery(world.new_query_id(), user, world.pulse, world.patience_s, words=words)
        world.inline_queries[query.id] = query
        body = {"id": query.id, "from": user.body(), "query": words[:256], "offset": offset, "chat_type": "supergroup"}
        world.updates.push("inline_query", body)
        return query

    async def choose(self, query: InlineQuery, result_id: str, chat: Chat) -> Message:
        """Send one of the results into a chat, where the bot need not be."""
        world = self.world
        result = next(each for each in await query.results() if each["id"] == result_id)
        content = self._content(result)
        extra: dict[str, Any] = {"via_bot": world.bot.body()}
        if content.keyboard:
            extra["inline_message_id"] = f"inline-{query.id}"
        message = world.post(chat, content, sender=query.user, by_bot=True, extra=extra)
        body = {"result_id": result_id, "from": query.user.body(), "query": query.words}
        if content.keyboard:
            world.inline_messages[extra["inline_message_id"]] = message
            body["inline_message_id"] = extra["inline_message_id"]
        if world.feedback_enabled:
            world.updates.push("chosen_inline_result", body)
        return message

    def _content(self, result: dict[str, Any]) -> Content:
        words = result.get("input_message_content") or result
        written = words.get("message_text") or words.get("caption") or ""
        text, entities = read_markup(written, words.get("parse_mode"))
        return Content(text, find_entities(text, entities), self._media(result), _keyboard(result))

    def _media(self, result: dict[str, Any]) -> Media | None:
        if "input_message_content" in result:
            return None
        kind = result["type"]
        file = self.world.files.get(result[CACHED[kind]])
        assert file is not None, "the answer was checked when it came"
        return Media("animation" if kind in {"gif", "mpeg4_gif"} else kind, file)


def _keyboard(result: dict[str, Any]) -> Keyboard:
    rows = result.get("reply_markup", {}).get("inline_keyboard", [])
    return tuple(tuple(Button(button["text"], button.get("callback_data")) for button in row) for row in rows)
