"""The page of a chat's templates over real sockets: who is let in, for which chat, and what can be done there."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar, FormData
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.core import tickets
from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.tickets import Grant, Tickets
from bot.settings import Settings
from bot.web_app import visits
from bot.web_app.room import RoomOptions
from db import stores
from inference.contract import Box, CaptionRequest, FailureKind, Layout, RenderRequest
from tests.bot.scripted_pool import ScriptedPool, draw_png
from tests.bot.web.conftest import Guest

TICKETS = Tickets(b"a secret of the tests")
HERS = Grant("discord", "guild-1", "ann", "en")
OTHERS = Grant("telegram", "chat-2", "bob", "en")
BOXES = [{"x": 0.1, "y": 0.05, "w": 0.5, "h": 0.25}, {"x": 0, "y": 0.6, "w": 1, "h": 0.4}]
ROOM = "/boxes/at/room"


class Desk:
    """One browser at the page, by a ticket."""

    def __init__(self, server: TestServer, **headers: str) -> None:
        self.origin = str(server.make_url("/")).rstrip("/")
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers=headers)
        self.at = ""

    async def enter(self, ticket: str) -> ClientResponse:
        response = await self.post("", at=f"/boxes/{ticket}")
        if response.status == 200:
            self.at = (await response.json())["at"]
        return response

    async def get(self, path: str) -> ClientResponse:
        return await self.session.get(f"{self.origin}{self.at}{path}")

    async def post(self, path: str, data: Any = None, at: str | None = None, **headers: str) -> ClientResponse:
        url = f"{self.origin}{self.at if at is None else at}{path}"
        return await self.session.post(url, json=data or {}, headers={"Origin": self.origin, **headers})

    async def upload(self, body: bytes) -> ClientResponse:
        form = FormData()
        form.add_field("photo", io.BytesIO(body), filename="photo", content_type="image/png")
        return await self.session.post(f"{self.origin}{self.at}/photo", data=form, headers={"Origin": self.origin})

    async def save(self, name: str = "Tired cat", **fields: Any) -> dict[str, Any]:
        """Upload a picture and save it as a template; returns what was answered."""
        photo = (await (await self.upload(draw_png())).json())["photo"]
        response = await self.post("/save", {"photo": photo, "name": name, "boxes": BOXES, **fields})
        return {"status": response.status, **await response.json()}

    async def names(self) -> list[str]:
        """What the page lists."""
        found = re.search(r'"templates": (\[.*?\])', await (await self.get("")).text())
        assert found
        return re.findall(r'"name": "([^"]*)"', found[1])


@pytest.fixture
def core(pool: ScriptedPool, store: stores.Database) -> Core:
    return Core(pool, store, CoreParts(rate=Rate(burst=100), tickets=TICKETS))


@pytest.fixture
async def desk(server: TestServer) -> AsyncIterator[Desk]:
    """Ann's, opened by a ticket."""
    opened = Desk(server)
    await opened.enter(TICKETS.issue(HERS))
    yield opened
    await opened.session.close()


@pytest.fixture
async def other(server: TestServer) -> AsyncIterator[Desk]:
    """A browser that has not been let in."""
    opened = Desk(server)
    yield opened
    await opened.session.close()


async def sentence(response: ClientResponse, status: int = 422) -> str:
    assert response.status == status, await response.text()
    return str((await response.json())["notice"])


# --- the door --------------------------------------------------------------------------------------------------------


async def test_a_ticket_opens_once_and_looking_at_the_door_does_not_use_it_up(other: Desk) -> None:
    """Programs that follow links in chats leave it good; whoever comes second reads where a new one is had."""
    ticket = TICKETS.issue(HERS)
    for _ in range(3):
        assert (await other.get(f"/boxes/{ticket}")).status == 200
    assert (await other.enter(ticket)).status == 200
    assert "used" in await sentence(await other.post("", at=f"/boxes/{ticket}"), 400)


@pytest.mark.parametrize(
    "ticket",
    [Tickets(b"another secret").issue(HERS), TICKETS.issue(HERS)[:-2], "room", "at", "%2e%2e", "x" * 3000],
    ids=["signed by another", "cut", "a word", "another word", "dots", "long"],
)
async def test_a_forged_ticket_opens_nothing(other: Desk, ticket: str) -> None:
    """The answer is a sentence, and no cookie."""
    response = await other.enter(ticket)
    assert response.status >= 400
    assert not response.cookies


async def test_an_old_ticket_opens_nothing(other: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is for now, not for whoever finds it next week."""
    monkeypatch.setattr(tickets, "TICKET_S", -1)
    assert "too old" in await sentence(await other.enter(TICKETS.issue(HERS)), 400)


async def test_a_visit_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an hour the page says so, and nothing can be changed."""
    monkeypatch.setattr(visits, "VISIT_S", -1)
    assert "over" in await sentence(await desk.post("/remove", {"name_id": "x"}), 403)
    response = await desk.get("")
    assert response.status == 403
    assert "Your visit here is over" in await response.text()


async def test_the_address_of_a_visit_opens_nothing_without_its_cookie(desk: Desk, other: Desk) -> None:
    """Neither in a browser without one, nor in one with the cookie of another chat."""
    other.at = desk.at
    assert "over" in await sentence(await other.post("/save", {}), 403)
    await other.enter(TICKETS.issue(OTHERS))
    cookie = next(each for each in other.session.cookie_jar if each.key == visits.COOKIE)
    response = await other.session.post(
        f"{other.origin}{desk.at}/save",
        json={},
        headers={"Origin": other.origin, "Cookie": f"{cookie.key}={cookie.value}"},
    )
    assert "over" in await sentence(response, 403)


async def test_the_cookie_of_a_visit_stays_in_its_place(other: Desk) -> None:
    """No script reads it, no other website sends it, and it goes to this visit's addresses alone."""
    response = await other.enter(TICKETS.issue(HERS))
    cookie = response.cookies[visits.COOKIE]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", other.at)


@pytest.mark.parametrize("path", ["/photo", "/preview", "/save", "/rename", "/remove", "/restore"])
async def test_posts_from_other_websites_do_nothing(desk: Desk, path: str) -> None:
    """Not even with the cookie."""
    assert (await desk.post(path, {}, Origin="https://evil.example")).status == 403


async def test_a_ticket_is_not_logged_when_something_breaks(
    other: Desk, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log names the door, not who had the key to it."""

    async def break_down(ticket: str) -> None:
        raise RuntimeError(ticket)

    monkeypatch.setattr(core.desk, "open", break_down)
    ticket = TICKETS.issue(HERS)
    with capture_logs() as logged:
        assert (await other.enter(ticket)).status == 500
    assert ticket not in str(logged)
    assert logged[0]["path"] == "/boxes/{ticket}"


# --- the desk --------------------------------------------------------------------------------------------------------


async def test_a_template_is_drawn_saved_changed_removed_and_brought_back(desk: Desk) -> None:
    """The whole life of one, as the page lists it."""
    saved = await desk.save("  Tired   cat ")
    assert saved["name"] == "Tired cat"
    shown = await (await desk.get(f"/templates/{saved['name_id']}")).json()
    assert shown == {"name": "Tired cat", "boxes": BOXES}
    picture = await desk.get(f"/templates/{saved['name_id']}/picture")
    assert (picture.content_type, (await picture.read())[:4]) == ("image/png", b"\x89PNG")
    changed = {"name_id": saved["name_id"], "name": "Old cat", "boxes": BOXES[:1]}
    assert (await desk.post("/save", changed)).status == 200
    renamed = await desk.post("/rename", {"name_id": saved["name_id"], "name": "Wise cat"})
    assert (await renamed.json())["name"] == "Wise cat"
    assert (await (await desk.get(f"/templates/{saved['name_id']}")).json())["boxes"] == BOXES[:1]
    await desk.post("/remove", {"name_id": saved["name_id"]})
    assert await desk.names() == []
    await desk.post("/restore", {"name_id": saved["name_id"]})
    assert await desk.names() == ["Wise cat"]


async def test_a_preview_is_what_the_renderer_makes_of_boxes_and_lines(desk: Desk, pool: ScriptedPool) -> None:
    """With an upload before it is saved, with the stored picture after."""
    uploaded = await (await desk.upload(draw_png())).json()
    asked = {"photo": uploaded["photo"], "name": "", "boxes": BOXES, "lines": ["one", "two"]}
    response = await desk.post("/preview", asked)
    assert (response.status, response.content_type) == (200, "image/png")
    request = pool.requests(RenderRequest)[-1]
    assert isinstance(request, RenderRequest)
    assert request.boxes == tuple(Box(**box) for box in BOXES)
    assert (request.lines, request.layout) == (("one", "two"), Layout.TEMPLATE)
    saved = await desk.save()
    again = await desk.post("/preview", asked | {"photo": None, "name_id": saved["name_id"]})
    assert again.status == 200


async def test_people_see_the_renderers_copy_of_an_upload_and_never_the_upload(desk: Desk) -> None:
    """What was uploaded is let go; its copy is served within the visit."""
    uploaded = await (await desk.upload(draw_png(3) + b"hidden in the file")).json()
    shown = await desk.session.get(f"{desk.origin}{uploaded['url']}")
    assert shown.status == 200
    assert b"hidden" not in await shown.read()
    assert (uploaded["width"], uploaded["height"]) == (8, 8)


async def test_one_chat_never_meets_anothers_templates(desk: Desk, other: Desk) -> None:
    """Neither in the list, nor by id, nor to change or remove."""
    saved = await desk.save()
    await other.enter(TICKETS.issue(OTHERS))
    assert await other.names() == []
    assert "don't know" in await sentence(await other.get(f"/templates/{saved['name_id']}"))
    for path in ("/remove", "/restore", "/rename", "/save"):
        data = {"name_id": saved["name_id"], "name": "Mine now", "boxes": []}
        assert "don't know" in await sentence(await other.post(path, data))
    assert await desk.names() == ["Tired cat"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"name": " ?! "}, "needs a name", id="no name"),
        pytest.param({"name": "x" * 61}, "at most 60", id="long name"),
        pytest.param({"name": "TIRED CAT"}, "already", id="taken name"),
        pytest.param({"photo": None}, "needs a picture", id="no picture"),
        pytest.param({"photo": "fallen-off"}, "picture", id="picture that is gone"),
        pytest.param({"boxes": BOXES[:1] * 13}, "12", id="thirteen boxes"),
        pytest.param({"boxes": [{"x": 0.5, "y": 0, "w": 0.6, "h": 0.5}]}, "inside", id="box outside"),
        pytest.param({"boxes": [{"x": 0.5, "y": 0, "w": 0.001, "h": 0.5}]}, "large enough", id="box too small"),
        pytest.param({"boxes": [{"x": float("nan"), "y": 0, "w": 0.5, "h": 0.5}]}, "inside", id="box nowhere"),
        pytest.param({"boxes": [{"x": "0", "y": 0, "w": 0.5, "h": 0.5}]}, "inside", id="box of words"),
        pytest.param({"boxes": [[0, 0, 1, 1]]}, "inside", id="box of another shape"),
        pytest.param({"boxes": "all"}, "understand that request", id="boxes that are none"),
        pytest.param({"name": 7}, "understand that request", id="name that is none"),
    ],
)
async def test_what_cannot_be_saved_is_told_in_a_sentence(desk: Desk, change: dict[str, Any], told: str) -> None:
    """And nothing is stored."""
    await desk.save()
    answer = await desk.save(**{"name": "Another cat", **change})
    assert answer["status"] == 422
    assert told in answer["notice"]
    assert await desk.names() == ["Tired cat"]


@pytest.mark.parametrize(
    ("body", "told"),
    [pytest.param(b"", "empty", id="empty"), pytest.param(bytes(2**20 + 1), "too large", id="too large")],
)
async def test_an_upload_that_cannot_be_used_is_told_in_a_sentence(desk: Desk, body: bytes, told: str) -> None:
    """Before anything is decoded."""
    assert told in await sentence(await desk.upload(body))


async def test_an_upload_that_is_no_picture_is_told_in_a_sentence(desk: Desk, pool: ScriptedPool) -> None:
    """What inference says of it is passed on."""
    pool.failing["render"] = FailureKind.INVALID_IMAGE
    assert "The file ends too early." in await sentence(await desk.upload(b"words"))


async def test_the_page_speaks_the_language_of_the_visit(server: TestServer) -> None:
    """The chat's, whatever the browser prefers; sentences too."""
    desk = Desk(server, **{"Accept-Language": "en"})
    await desk.enter(TICKETS.issue(replace(HERS, language="ko")))
    assert 'lang="ko"' in await (await desk.get("")).text()
    assert "템플릿" in await sentence(await desk.post("/remove", {"name_id": "chat:unknown"}))
    await desk.session.close()


async def test_a_ticket_for_one_template_opens_it_first(other: Desk) -> None:
    """The bot links a template's own buttons to the page."""
    await other.enter(TICKETS.issue(replace(HERS, name_id="chat:42")))
    assert '"open": "chat:42"' in await (await other.get("")).text()


# --- the room's own chat ---------------------------------------------------------------------------------------------


async def test_the_room_links_nobody_to_a_desk_that_nobody_may_use(ann: Guest) -> None:
    """The page is not offered, and its address gives a sentence instead of a desk."""
    page = await (await ann.session.get(f"{ann.origin}/")).text()
    assert ROOM not in page
    assert (await ann.session.get(f"{ann.origin}{ROOM}")).status == 403
    assert "admins" in await sentence(await ann.post(f"{ROOM}/remove", {"name_id": "x"}))


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        pytest.param({}, True, id="on this machine alone"),
        pytest.param({"web_host": "0.0.0.0"}, False, id="open to the network"),  # noqa: S104 - an address to compare
        pytest.param({"web_allowed_hosts": "memes.example"}, False, id="behind a proxy by its host name"),
        pytest.param({"room_url": "https://memes.example"}, False, id="behind a proxy by its address"),
        pytest.param({"web_host": "0.0.0.0", "web_templates": "everybody"}, True, id="open by choice"),  # noqa: S104
        pytest.param({"web_templates": "nobody"}, False, id="closed by choice"),
    ],
)
def test_strangers_change_no_templates_of_the_room_by_default(
    tmp_path: Path, values: dict[str, Any], is_open: bool
) -> None:
    """Everybody may while nobody else can be there; otherwise whoever runs the room has to say so."""
    assert Settings(data_dir=tmp_path, **values).room_options().open_desk is is_open


class TestAnOpenDesk:
    """A room where everybody may change its templates."""

    @pytest.fixture
    def options(self, options: RoomOptions) -> RoomOptions:
        return replace(options, open_desk=True)

    async def test_a_template_of_the_room_is_offered_to_everybody_and_written_on(
        self, server: TestServer, ann: Guest, bob: Guest, pool: ScriptedPool
    ) -> None:
        """Ann draws it, Bob sees it among the templates and makes a meme on it, in its boxes."""
        assert ROOM in await (await ann.session.get(f"{ann.origin}/")).text()
        desk = Desk(server)
        desk.session, desk.at, session = ann.session, ROOM, desk.session
        await session.close()
        saved = await desk.save()
        page = await (await bob.session.get(f"{bob.origin}/")).text()
        assert "Tired cat" in page
        preview = await bob.session.get(f"{bob.origin}/previews/{saved['name_id']}")
        assert (preview.status, preview.content_type) == (200, "image/png")
        await bob.meme(template=saved["name_id"])
        request = pool.requests(CaptionRequest)[-1]
        assert isinstance(request, CaptionRequest)
        assert request.boxes == tuple(Box(**box) for box in BOXES)
        assert request.title == "Tired cat"

    async def test_who_never_was_in_the_room_is_sent_there_first(self, server: TestServer) -> None:
        """A browser gets its name from the room."""
        stranger = Desk(server)
        stranger.at = ROOM
        assert "room first" in await sentence(await stranger.post("/save", {}))
        await stranger.session.close()
