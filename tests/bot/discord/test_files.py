"""Where the bot fetches pictures from, and where never."""

from __future__ import annotations

import discord
import pytest
from aiohttp import web

from bot.core.errors import PictureGone
from bot.discord_app._addresses import Addresses
from bot.discord_app._files import Files
from inference.render.encode import MAX_BYTES

SMALLEST_UPLOAD_BYTES = 10 * 2**20


async def nobody(channel_id: int, message_id: int) -> discord.Message:
    raise AssertionError("no message is to be read")


def files(api: str | None = None) -> Files:
    return Files(Addresses(api) if api else Addresses(), 1000, nobody)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://elsewhere.example/cat.png", id="another host"),
        pytest.param("http://cdn.discordapp.com/a/b.png", id="without encryption"),
        pytest.param("https://cdn.discordapp.com.elsewhere.example/b.png", id="a host that begins like Discord's"),
        pytest.param("https://cdn.discordapp.com@elsewhere.example/b.png", id="a host behind a user name"),
        pytest.param("https://cdn.discordapp.com:8443/b.png", id="another port"),
        pytest.param("file:///etc/passwd", id="a file of this machine"),
        pytest.param("", id="nothing"),
    ],
)
def test_only_discords_own_hosts_are_fetched_from(url: str) -> None:
    """Anything else is no picture, whoever handed the address over, or stored it as a reference."""
    assert files().picture(url) is None
    assert files().find_picture(url.partition("://")[2]) is None or url.startswith("http://cdn")


@pytest.mark.parametrize("host", ["cdn.discordapp.com", "media.discordapp.net", "images-ext-1.discordapp.net"])
def test_references_name_the_file_and_its_message(host: str) -> None:
    """What is stored leads back to the same picture."""
    picture = files().picture(f"https://{host}/attachments/1/2/cat.png?ex=1&is=2", carrier=(1, 3, 2))
    assert picture is not None
    assert picture.ref == f"{host}/attachments/1/2/cat.png?ex=1&is=2#1/3/2"
    assert picture.lasting
    found = files().find_picture(picture.ref)
    assert found is not None
    assert found.ref == picture.ref
    assert files().find_picture(f"{host}/x#not/numbers/here") is None


async def test_redirects_are_not_followed() -> None:
    """A file host that sends the bot elsewhere is taken as having no such file."""

    async def send_away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/cdn/there"})

    async def be_there(request: web.Request) -> web.Response:
        return web.Response(body=b"secret")

    app = web.Application()
    app.router.add_get("/cdn/away", send_away)
    app.router.add_get("/cdn/there", be_there)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    fetching = files(f"{origin}/api/v10")
    await fetching.open()
    try:
        away, there = fetching.picture(f"{origin}/cdn/away"), fetching.picture(f"{origin}/cdn/there")
        assert away is not None
        assert there is not None
        with pytest.raises(PictureGone):
            await away.load()
        assert await there.load() == b"secret"
    finally:
        await fetching.close()
        await runner.cleanup()


def test_memes_fit_where_discord_takes_least() -> None:
    """The renderer's largest file is below what a server without boosts, or a person's own app, may send."""
    assert MAX_BYTES < SMALLEST_UPLOAD_BYTES
