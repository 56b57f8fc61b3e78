"""The room over real sockets, with a scripted pool behind it."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar, FormData
from aiohttp.test_utils import TestServer

from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.values import TemplateChoice
from bot.web_app.client import WebRoom
from bot.web_app.room import RoomOptions
from db.stores import Database
from tests.bot.conftest import photo
from tests.bot.scripted_pool import ScriptedPool

SECRET = b"a secret of the tests"
TEMPLATES = (TemplateChoice(name="two-doors", title="Two Doors", aliases=("choice",), preview=photo()),)


class Guest:
    """One browser: cookies, the page's own Origin, and a live connection."""

    def __init__(self, server: TestServer) -> None:
        self.origin = str(server.make_url("/")).rstrip("/")
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.socket: ClientWebSocketResponse | None = None
        self.id = ""

    async def arrive(self) -> dict[str, Any]:
        """Load the page and listen; returns the greeting."""
        async with self.session.get(f"{self.origin}/") as response:
            found = re.search(r'"you": \{"id": "(\w+)"', await response.text())
        assert found
        self.id = found[1]
        return await self.listen()

    async def listen(self, **seen: Any) -> dict[str, Any]:
        self.socket = await self.session.ws_connect(f"{self.origin}/live", params=seen, headers={"Origin": self.origin})
        return await self.hear("hello")

    async def hear(self, kind: str, /, **wanted: Any) -> dict[str, Any]:
        """The next event of a kind (for messages: whose body has these values), skipping others."""
        assert self.socket is not None
        while True:
            event: dict[str, Any] = await self.socket.receive_json(timeout=5)
            if event["type"] == kind and wanted.items() <= event.get("message", {}).items():
                return event

    async def post(self, path: str, data: dict[str, Any], **headers: str) -> ClientResponse:
        return await self.session.post(f"{self.origin}{path}", json=data, headers={"Origin": self.origin, **headers})

    async def ask(self, verb: str = "meme", photo: bytes | None = None, **fields: str) -> ClientResponse:
        form = FormData({"verb": verb, **fields})
        form.add_field("photo", io.BytesIO(photo or b""), filename="photo" if photo else "", content_type="image/png")
        return await self.session.post(f"{self.origin}/api/ask", data=form, headers={"Origin": self.origin})

    async def meme(self, **fields: str) -> dict[str, Any]:
        """Have a meme made; returns its message."""
        response = await self.ask(**{"prompt": "monday", **fields})
        assert response.status == 200, await response.text()
        shown = await self.hear("message", kind="meme", asked_by=self.id)
        return dict(shown["message"])

    async def press(self, message: dict[str, Any], action: str) -> ClientResponse:
        custom_id = f"{action}:{message['candidate']}"
        return await self.post("/api/press", {"message": message["id"], "button": custom_id})

    async def leave(self) -> None:
        await self.session.close()


@pytest.fixture
def core(pool: ScriptedPool, store: Database) -> Core:
    return Core(pool, store, CoreParts(rate=Rate(burst=100), templates=TEMPLATES))


@pytest.fixture
def options() -> RoomOptions:
    return RoomOptions(secret=SECRET, max_upload_mb=1, picture_budget_mb=4)


@pytest.fixture
async def server(pool: ScriptedPool, core: Core, options: RoomOptions) -> AsyncIterator[TestServer]:
    running = TestServer(WebRoom(core, options).build_app())
    await running.start_server()
    yield running
    await running.close()


@pytest.fixture
async def ann(server: TestServer) -> AsyncIterator[Guest]:
    guest = Guest(server)
    await guest.arrive()
    yield guest
    await guest.leave()


@pytest.fixture
async def bob(server: TestServer, ann: Guest) -> AsyncIterator[Guest]:
    guest = Guest(server)
    await guest.arrive()
    yield guest
    await guest.leave()
