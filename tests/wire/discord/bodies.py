"""Reads what a client sends, JSON or multipart, and makes messages of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import BodyPartReader, web

from tests.wire.discord.findings import Findings
from tests.wire.discord.message_rules import check_message
from tests.wire.discord.model import EPHEMERAL, LOADING, Attachment, Channel, File, Message
from tests.wire.discord.refusals import EmptyMessage, InvalidForm, TooLarge
from tests.wire.discord.world import World

CHUNK_BYTES: Final = 1 << 16
MAX_JSON_BYTES: Final = 1 << 20
SUPPRESS_EMBEDS: Final = 1 << 2
SUPPRESS_NOTIFICATIONS: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON of a request, and its files by their number."""

    json: dict[str, Any]
    files: dict[int, File] = field(default_factory=dict)

    def of(self, key: str) -> Body:
        """The same files beside an inner object, as interaction callbacks have it."""
        return Body(self.json.get(key) or {}, self.files)


async def read_body(request: web.Request, max_file_bytes: int) -> Body:
    """Raises TooLarge as soon as one file is over its limit."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return Body(json.loads(text) if text else {})
    payload: dict[str, Any] = {}
    files: dict[int, File] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        data = await _read_part(part, max_file_bytes if part.filename else MAX_JSON_BYTES)
        if part.name == "payload_json":
            payload = json.loads(data)
        elif part.name and part.name.startswith("files[") and part.filename:
            files[int(part.name[6:-1])] = File(part.filename, data)
        else:
            raise InvalidForm(part.name or "part", "unexpected part")
    return Body(payload, files)


async def _read_part(part: BodyPartReader, max_bytes: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        data += chunk
        if len(data) > max_bytes:
            raise TooLarge(f"{part.filename or part.name} has more than {max_bytes} bytes")
    return bytes(data)


class Drafts:
    """Turns checked bodies into messages of the bot."""

    def __init__(self, world: World, findings: Findings) -> None:
        self._world = world
        self._findings = findings

    def write(self, body: Body, channel: Channel) -> Message:
        """A new message, not yet posted."""
        check_message(body.json, self._findings, new=True, files=len(body.files))
        message = Message(self._world.clock.new_id(), channel, self._world.bot)
        message.nonce = None if body.json.get("nonce") is None else str(body.json["nonce"])
        message.flags = int(body.json.get("flags") or 0) & (EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS)
        self._fill(body, message)
        return message

    def rewrite(self, body: Body, message: Message) -> None:
        """Change a message; what the body does not name stays. An edit that leaves nothing to show is refused."""
        check_message(body.json, self._findings, new=False, files=len(body.files))
        self._fill(body, message)
        message.flags &= ~LOADING
        if not (message.content or message.embeds or message.attachments or message.components):
            raise EmptyMessage

    def _fill(self, body: Body, message: Message) -> None:
        if "content" in body.json:
            message.content = body.json["content"] or ""
        message.embeds = body.json.get("embeds", message.embeds) or []
        message.components = body.json.get("components", message.components) or []
        if "attachments" in body.json or body.files:
            message.attachments = self._attachments(body, message)

    def _attachments(self, body: Body, message: Message) -> list[Attachment]:
        """Those kept by id, then the new ones; without a list, all present ones stay."""
        listed = body.json.get("attachments")
        if listed is None:
            return [*message.attachments, *self._world.attach_all(body.files.values(), message.channel)]
        known = {each.id: each for each in message.attachments}
        kept = [known[int(each["id"])] for each in listed if int(each["id"]) in known]
        texts = {int(each["id"]): each.get("description") for each in listed}
        new = [self._world.attach(file, message.channel, texts.get(index)) for index, file in body.files.items()]
        return [*kept, *new]
