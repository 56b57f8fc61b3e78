"""Channels and their messages."""

from __future__ import annotations

from aiohttp import web

from tests.wire.discord import refusals, rights
from tests.wire.discord.backend import Backend
from tests.wire.discord.bodies import Body, read_body
from tests.wire.discord.clock import EPOCH_MS
from tests.wire.discord.model import Channel, Message
from tests.wire.discord.refusals import InvalidForm

MOST_LISTED = 100
BULK_DELETE_S = 14 * 24 * 3600


class Messages:
    """As the bot may read and write them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._bot = backend.world.bot

    def routes(self) -> list[web.RouteDef]:
        one = "/channels/{channel}/messages/{message}"
        return [
            web.get("/channels/{channel}", self.channel),
            web.post("/channels/{channel}/typing", self.typing),
            web.get("/channels/{channel}/messages", self.list),
            web.post("/channels/{channel}/messages", self.post),
            web.post("/channels/{channel}/messages/bulk-delete", self.delete_many),
            web.get(one, self.get),
            web.patch(one, self.edit),
            web.delete(one, self.delete),
        ]

    async def channel(self, request: web.Request) -> web.Response:
        channel = self._backend.channel(request)
        rights.demand(channel, self._bot)
        return web.json_response(self._backend.shape.channel(channel))

    async def typing(self, request: web.Request) -> web.Response:
        channel = self._backend.channel(request)
        rights.demand(channel, self._bot, rights.speaking(channel))
        return web.Response(status=204)

    async def list(self, request: web.Request) -> web.Response:
        """Newest first; the oldest after `after` come first in line, as Discord pages them. Empty without the right."""
        channel = self._backend.channel(request)
        rights.demand(channel, self._bot)
        limit = int(request.query.get("limit", 50))
        if not 1 <= limit <= MOST_LISTED:
            raise InvalidForm("limit", f"int value should be between 1 and {MOST_LISTED}")
        before, after = int(request.query.get("before", 1 << 63)), int(request.query.get("after", 0))
        found = [each for each in channel.said() if after < each.id < before]
        found = found[:limit] if "after" in request.query else found[-limit:]
        if not rights.holds(channel, self._bot, "read_message_history"):
            found = []
        return web.json_response([self._shape(each) for each in reversed(found)])

    async def get(self, request: web.Request) -> web.Response:
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot, "read_message_history")
        return web.json_response(self._shape(message))

    async def post(self, request: web.Request) -> web.Response:
        channel = self._backend.channel(request)
        body = await read_body(request, self._max_file_bytes(channel))
        self._demand_speech(channel, body)
        if twin := self._twin(channel, body):
            return web.json_response(self._shape(twin))
        message = self._backend.drafts.write(body, channel)
        message.reply_to = self._reply_to(channel, body)
        await self._backend.chat.post(message)
        return web.json_response(self._shape(message))

    async def edit(self, request: web.Request) -> web.Response:
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot)
        if message.author is not self._bot:
            raise refusals.not_the_author()
        body = await read_body(request, self._max_file_bytes(message.channel))
        self._backend.drafts.rewrite(body, message)
        await self._backend.chat.edited(message)
        return web.json_response(self._shape(message))

    async def delete(self, request: web.Request) -> web.Response:
        message = self._backend.message(request)
        rights.demand(message.channel, self._bot, *(() if message.author is self._bot else ("manage_messages",)))
        await self._backend.chat.delete(message)
        return web.Response(status=204)

    async def delete_many(self, request: web.Request) -> web.Response:
        channel = self._backend.channel(request)
        rights.demand(channel, self._bot, "manage_messages")
        ids = [int(each) for each in (await request.json())["messages"]]
        if not 2 <= len(ids) <= MOST_LISTED:
            raise InvalidForm("messages", "must be between 2 and 100 in length")
        oldest = self._backend.world.clock.now() - BULK_DELETE_S
        if any(((each >> 22) + EPOCH_MS) / 1000 < oldest for each in ids):
            raise refusals.too_old_to_bulk_delete()
        found = [channel.messages[each] for each in ids if each in channel.messages]
        await self._backend.chat.delete_many(channel, found)
        return web.Response(status=204)

    def _shape(self, message: Message) -> dict[str, object]:
        return self._backend.shape.message(message, self._backend.intents)

    def _max_file_bytes(self, channel: Channel) -> int:
        return channel.guild.max_file_bytes if channel.guild else 10 * 1024 * 1024

    def _demand_speech(self, channel: Channel, body: Body) -> None:
        needed = [rights.speaking(channel)]
        needed += ["attach_files"] if body.files else []
        needed += ["embed_links"] if body.json.get("embeds") else []
        rights.demand(channel, self._bot, *needed)
        person = next((each for each in channel.recipients if each is not self._bot), None)
        if person is not None and not person.takes_dms:
            raise refusals.cannot_dm()

    def _twin(self, channel: Channel, body: Body) -> Message | None:
        """The message that was already sent with this nonce, where the client enforces it."""
        nonce = body.json.get("nonce")
        if nonce is None or not body.json.get("enforce_nonce"):
            return None
        return next((each for each in channel.said(self._bot) if each.nonce == str(nonce)), None)

    def _reply_to(self, channel: Channel, body: Body) -> Message | None:
        reference = body.json.get("message_reference")
        if reference is None:
            return None
        rights.demand(channel, self._bot, "read_message_history")
        source = channel.messages.get(int(reference["message_id"]))
        if source is None and reference.get("fail_if_not_exists", True):
            raise refusals.Refused(
                400, 50035, "Invalid Form Body", errors={"message_reference": {"_errors": [{"message": "Unknown"}]}}
            )
        return source
