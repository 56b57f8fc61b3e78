"""Reactions: the bot's own, their list, and taking off those of others."""

from __future__ import annotations

from aiohttp import web

from tests.wire.discord import refusals, rights
from tests.wire.discord.backend import Backend
from tests.wire.discord.refusals import InvalidForm

MOST_LISTED = 100
MOST_EMOJI = 20


class Reactions:
    """`emoji` in an address is a Unicode emoji or `name:id`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._bot = backend.world.bot

    def routes(self) -> list[web.RouteDef]:
        base = "/channels/{channel}/messages/{message}/reactions"
        return [
            web.delete(base, self.clear),
            web.get(base + "/{emoji}", self.list),
            web.delete(base + "/{emoji}", self.clear_emoji),
            web.put(base + "/{emoji}/@me", self.add),
            web.delete(base + "/{emoji}/@me", self.remove),
            web.delete(base + "/{emoji}/{user}", self.remove_of),
        ]

    async def add(self, request: web.Request) -> web.Response:
        message, emoji = self._backend.message(request), request.match_info["emoji"]
        needed = () if emoji in message.reactions else ("add_reactions",)
        rights.demand(message.channel, self._bot, "read_message_history", *needed)
        if emoji.isascii() and ":" not in emoji:
            raise refusals.unknown_emoji()
        if emoji not in message.reactions and len(message.reactions) >= MOST_EMOJI:
            raise refusals.Refused(403, 30010, "Maximum number of reactions reached (20)")
        await self._backend.chat.react(message, self._bot, emoji)
        return web.Response(status=204)

    async def remove(self, request: web.Request) -> web.Response:
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot)
        await self._backend.chat.unreact(message, self._bot, request.match_info["emoji"])
        return web.Response(status=204)

    async def remove_of(self, request: web.Request) -> web.Response:
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot, "manage_messages")
        user = self._backend.world.user(request.match_info["user"])
        await self._backend.chat.unreact(message, user, request.match_info["emoji"])
        return web.Response(status=204)

    async def clear(self, request: web.Request) -> web.Response:
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot, "manage_messages")
        await self._backend.chat.clear(message)
        return web.Response(status=204)

    async def clear_emoji(self, request: web.Request) -> web.Response:
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot, "manage_messages")
        await self._backend.chat.clear(message, request.match_info["emoji"])
        return web.Response(status=204)

    async def list(self, request: web.Request) -> web.Response:
        """Who reacted, by ascending id from `after` on; `type` 1 asks for super reactions, of which there are none."""
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot, "read_message_history")
        limit = int(request.query.get("limit", 25))
        if not 1 <= limit <= MOST_LISTED:
            raise InvalidForm("limit", f"int value should be between 1 and {MOST_LISTED}")
        after = int(request.query.get("after", 0))
        people = sorted(message.reactions.get(request.match_info["emoji"], {}).values(), key=lambda each: each.id)
        if request.query.get("type") == "1":
            people = []
        found = [each for each in people if each.id > after][:limit]
        return web.json_response([self._backend.shape.user(each) for each in found])
