"""What keeps other websites, other names and other people's pictures out."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestServer

from bot.web_app.guard import allowed_hosts
from bot.web_app.identity import Visitor, clean_name, new_visitor, read_visitor, sign_visitor
from bot.web_app.room import RoomOptions
from tests.bot.scripted_pool import draw_png
from tests.bot.web.conftest import SECRET, Guest


@pytest.mark.parametrize("path", ["/api/ask", "/api/press", "/api/edit", "/api/name", "/api/erase"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_posts_from_other_websites_are_refused(ann: Guest, path: str, origin: str) -> None:
    """A page elsewhere can make a browser post here with its cookie, but not with our Origin."""
    response = await ann.post(path, {}, Origin=origin)
    assert response.status == 403


async def test_a_post_that_does_not_say_where_it_comes_from_is_refused(ann: Guest) -> None:
    """Every browser sends an Origin with a post; whatever sends none is not the room's page."""
    response = await ann.session.post(f"{ann.origin}/api/erase", json={})
    assert response.status == 403


async def test_sockets_from_other_websites_are_refused(ann: Guest) -> None:
    """WebSockets know no same-origin rule of their own."""
    handshake = {"Connection": "Upgrade", "Upgrade": "websocket", "Origin": "https://evil.example"}
    response = await ann.session.get(f"{ann.origin}/live", headers=handshake)
    assert response.status == 403


async def test_a_rebound_name_is_refused(ann: Guest) -> None:
    """A foreign name that resolves to this machine is not answered, so its page never shares our origin."""
    response = await ann.session.get(f"{ann.origin}/", headers={"Host": "evil.example:8765"})
    assert response.status == 421


@pytest.mark.parametrize("name", ["localhost:1234", "127.0.0.1", "[::1]:8765"])
async def test_the_names_of_this_machine_are_answered(ann: Guest, name: str) -> None:
    """On loopback every usual name works, also behind a forwarded port."""
    response = await ann.session.get(f"{ann.origin}/", headers={"Host": name})
    assert response.status == 200


@pytest.mark.parametrize(
    ("options", "expected"),  # the addresses are compared, not bound
    [
        pytest.param({"host": "0.0.0.0"}, set(), id="open to the network: any name"),  # noqa: S104
        pytest.param({"host": "192.168.0.5"}, {"192.168.0.5"}, id="one address: that address"),
        pytest.param({"host": "0.0.0.0", "allowed_hosts": ("Memes.example",)}, {"memes.example"}, id="as set"),  # noqa: S104
    ],
)
def test_allowed_names_follow_the_address(options: dict[str, object], expected: set[str]) -> None:
    """Which Host headers are answered depends on where the room listens and on what is set."""
    assert allowed_hosts(RoomOptions(secret=b"s", **options)) == expected  # type: ignore[arg-type]


async def test_every_page_forbids_foreign_scripts_and_sniffing(ann: Guest) -> None:
    """The policy allows the room's own files only, also on errors."""
    for path in ("/", "/static/main.js", "/no-such-page"):
        response = await ann.session.get(f"{ann.origin}{path}")
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_cookie_cannot_be_read_by_scripts(server: TestServer) -> None:
    """It is HttpOnly, and not sent along from other sites' posts."""
    guest = Guest(server)
    response = await guest.session.get(f"{guest.origin}/")
    cookie = response.cookies["memesmith"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    await guest.leave()


async def test_a_browser_without_a_cookie_is_sent_back_to_the_page(server: TestServer) -> None:
    """Nothing is asked or heard without an identity."""
    guest = Guest(server)
    assert (await guest.ask(prompt="monday")).status == 401
    await guest.leave()


async def test_a_strangers_upload_is_never_served(ann: Guest) -> None:
    """What people see is written by the renderer; names of uploads lead nowhere."""
    message = await ann.meme()
    shown = await ann.session.get(f"{ann.origin}{message['picture']['url']}")
    assert shown.status == 200
    assert shown.content_type == "image/png"
    assert "immutable" in shown.headers["Cache-Control"]
    assert (await ann.session.get(f"{ann.origin}/pictures/unknown")).status == 404


async def test_previews_of_templates_are_served(ann: Guest) -> None:
    """Known templates have a preview; other names are not found."""
    preview = await ann.session.get(f"{ann.origin}/previews/two-doors")
    assert await preview.read() == draw_png()
    assert preview.content_type == "image/png"
    assert (await ann.session.get(f"{ann.origin}/previews/..%2f..%2fapp.py")).status == 404


def test_only_our_own_signature_makes_a_visitor() -> None:
    """A cookie that was changed, or signed elsewhere, is nobody."""
    visitor = new_visitor()
    cookie = sign_visitor(visitor, SECRET)
    assert read_visitor(cookie, SECRET) == visitor
    assert read_visitor(cookie, b"another secret") is None
    body, _, signature = cookie.partition(".")
    forged = sign_visitor(Visitor("0" * 16, "Eve"), b"guess").partition(".")[0]
    assert read_visitor(f"{forged}.{signature}", SECRET) is None
    assert [read_visitor(broken, SECRET) for broken in (None, "", ".", body, "ü" + cookie, "x" * 9999)] == [None] * 6


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Zoë   O'Neil ", "Zoë O'Neil"),
        ("지민", "지민"),
        ("", None),
        ("-'-", None),
        ("x" * 25, None),
        ("a\u202eb", None),
        ("<b>", None),
        (7, None),
    ],
)
def test_names_are_plain_words(text: object, name: str | None) -> None:
    """Letters and digits of any script make a name; markup and direction marks do not."""
    assert clean_name(text) == name
