"""Files: attachments under addresses that expire, avatars, stickers, emoji. No token is wanted here."""

from __future__ import annotations

from aiohttp import web

from tests.wire.discord.backend import Backend
from tests.wire.discord.model import File
from tests.wire.discord.shape import avatar_hash


class Cdn:
    """What there is to download; `backend.downloads` remembers the paths that were asked for."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/cdn/attachments/{channel}/{attachment}/{name}", self.attachment),
            web.get("/cdn/avatars/{user}/{hash}.{ending}", self.avatar),
            web.get("/cdn/stickers/{sticker}.{ending}", self.sticker),
            web.get("/cdn/emojis/{emoji}.{ending}", self.emoji),
        ]

    async def attachment(self, request: web.Request) -> web.Response:
        attachment = self._backend.world.attachments.get(int(request.match_info["attachment"]))
        expired = int(request.query.get("ex", "0"), 16) < self._backend.world.clock.now()
        return self._answer(request, None if expired or attachment is None else attachment.file)

    async def avatar(self, request: web.Request) -> web.Response:
        user = self._backend.world.users.get(int(request.match_info["user"]))
        same = user is not None and avatar_hash(user) == request.match_info["hash"]
        return self._answer(request, user.avatar if user and same else None)

    async def sticker(self, request: web.Request) -> web.Response:
        sticker = self._backend.world.stickers.get(int(request.match_info["sticker"]))
        return self._answer(request, sticker.file if sticker else None)

    async def emoji(self, request: web.Request) -> web.Response:
        return self._answer(request, self._backend.world.emoji.get(int(request.match_info["emoji"])))

    def _answer(self, request: web.Request, file: File | None) -> web.Response:
        self._backend.downloads.append(request.path)
        if file is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.data, content_type=file.media_type or "application/octet-stream")
