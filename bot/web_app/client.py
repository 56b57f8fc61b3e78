"""The room as a server: its routes, its start and its end.

room = WebRoom(core, RoomOptions(secret=b"…"))
await room.start()      # raises RoomUnavailable where the address cannot be had
await room.stop()
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from bot.core.core import Core
from bot.core.errors import FrontEndUnavailable
from bot.web_app.boxes import Boxes
from bot.web_app.commands import Commands
from bot.web_app.guard import build_guards, require_visitor
from bot.web_app.live import HEARTBEAT_S, MAX_INCOMING_BYTES, Listener
from bot.web_app.page import FOLDER, Page
from bot.web_app.reactions import Reactions
from bot.web_app.room import Room, RoomOptions

SHUTDOWN_S: Final = 3.0
HEADROOM_BYTES: Final = 2**20


class RoomUnavailable(FrontEndUnavailable):
    """The room could not open; `str(error)` is the sentence to read."""


class WebRoom:
    """The web front end over a core."""

    def __init__(self, core: Core, options: RoomOptions) -> None:
        self._options = options
        self._room = Room(core, options)
        self._runner: web.AppRunner | None = None

    def build_app(self) -> web.Application:
        """The application with everything but an address."""
        room = self._room
        page, commands, reactions = Page(room), Commands(room), Reactions(room)
        app = web.Application(
            middlewares=build_guards(self._options),
            client_max_size=self._options.max_upload_mb * 2**20 + HEADROOM_BYTES,
        )
        app.router.add_get("/", page.index)
        app.router.add_get("/pictures/{name}", page.picture)
        app.router.add_get("/previews/{name}", page.preview)
        app.router.add_get("/live", self._listen)
        app.router.add_get("/api/me", commands.show_stored)
        app.router.add_post("/api/ask", commands.ask)
        app.router.add_post("/api/name", commands.rename)
        app.router.add_post("/api/erase", commands.erase)
        app.router.add_post("/api/press", reactions.press)
        app.router.add_post("/api/edit", reactions.edit)
        Boxes(room).add_routes(app.router)
        app.router.add_static("/static", FOLDER / "static")
        app.cleanup_ctx.append(self._keep_watch)
        app.on_shutdown.append(self._say_goodbye)
        return app

    async def start(self) -> str:
        """Open the room and return its address."""
        self._runner = web.AppRunner(self.build_app(), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._options.host, self._options.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise RoomUnavailable(
                f"The room can't open at {self._options.host}:{self._options.port} ({error.strerror}). "
                "Is it running already? Set WEB_PORT to another port."
            ) from error
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        """One browser's socket; `?epoch=…&seq=…` name what it saw last."""
        visitor = require_visitor(request)
        seq = request.query.get("seq", "")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_INCOMING_BYTES)
        await socket.prepare(request)
        last = int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 16 else 0
        await self._room.listen(Listener(visitor.id, socket), request.query.get("epoch", ""), last)
        return socket

    async def _keep_watch(self, _app: web.Application) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._room.watch_pool())
        yield
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    async def _say_goodbye(self, _app: web.Application) -> None:
        await self._room.live.close()
