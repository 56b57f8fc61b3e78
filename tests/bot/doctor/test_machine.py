"""What the doctor finds of the machine: ports, disk, clock; and how it asks and what it shows."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot.doctor.asking import Asker, Unreachable
from bot.doctor.findings import Level, Section, fine, foreign, hide, hint, is_healthy, problem
from bot.doctor.machine import check_clock, check_disk, check_ports, describe_clock, describe_space
from tests.bot.doctor.conftest import MakeKit, said

GB = 2**30


@asynccontextmanager
async def listening(server: str = "other", **headers: str) -> AsyncIterator[int]:
    """A web server of some name, by its port."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="hello", headers={"Server": server, **headers})

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def test_a_free_port_is_fine_and_stays_free(make_kit: MakeKit) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found = await check_ports(make_kit(web_port=port))
    assert f"can open at 127.0.0.1:{port}" in said(found, Level.FINE)
    with socket.create_server(("127.0.0.1", port)):
        pass


async def test_a_port_of_another_program_is_a_problem(make_kit: MakeKit) -> None:
    async with listening() as port:
        found = await check_ports(make_kit(web_port=port))
    assert "Set WEB_PORT" in said(found, Level.PROBLEM)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - as containers listen
async def test_a_port_of_a_memesmith_that_runs_is_fine(make_kit: MakeKit, host: str) -> None:
    """The doctor is asked mostly beside a running program."""
    async with listening("memesmith") as port:
        found = await check_ports(make_kit(web_host=host, web_port=port))
    assert "Memesmith is running" in said(found, Level.FINE)


async def test_an_address_that_is_not_this_machine_s_is_a_problem(make_kit: MakeKit) -> None:
    found = await check_ports(make_kit(web_host="192.0.2.1", web_port=0))
    assert "Correct WEB_HOST" in said(found, Level.PROBLEM)


async def test_the_webhook_s_port_counts_where_there_is_one(make_kit: MakeKit) -> None:
    """Who asks for updates listens for none."""
    token = {"telegram_token": "123:abc", "web_port": 0}
    async with listening() as port:
        assert len(await check_ports(make_kit(**token, telegram_webhook_port=port))) == 1
        kit = make_kit(**token, telegram_webhook_port=port, telegram_webhook_url="https://x.example")
        assert "Set TELEGRAM_WEBHOOK_PORT" in said(await check_ports(kit), Level.PROBLEM)


@pytest.mark.parametrize(
    ("free_bytes", "level"), [(100 * 2**20, Level.PROBLEM), (GB // 2, Level.HINT), (5 * GB, Level.FINE)], ids=str
)
def test_space_is_told_before_it_is_gone(tmp_path: Path, free_bytes: int, level: Level) -> None:
    assert describe_space(tmp_path, free_bytes).level is level


async def test_the_folder_has_to_be_writable(folder: Path, make_kit: MakeKit) -> None:
    """It may still have to be made; below a file it can't be."""
    (folder / "file").touch()
    assert "DATA_DIR" in said(check_disk(make_kit(data_dir=folder / "file" / "data")), Level.PROBLEM)
    good = check_disk(make_kit(data_dir=folder / "new" / "data"))
    assert f"free in {folder}/new/data" in said(good)
    assert not (folder / "new").exists()


@pytest.mark.parametrize(
    ("offset_s", "level", "words"),
    [
        pytest.param(90.0, Level.PROBLEM, "90 s slow", id="ours is slow"),
        pytest.param(-300.0, Level.PROBLEM, "300 s fast", id="ours is fast"),
        pytest.param(2.0, Level.FINE, "is right", id="about right"),
    ],
)
def test_a_clock_that_is_off_is_a_problem(offset_s: float, level: Level, words: str) -> None:
    found = describe_clock({"discord.com": offset_s, "api.telegram.org": 0.5})
    assert (found.level, words in found.fact) == (level, True)


async def test_the_clock_is_compared_with_platforms_alone(make_kit: MakeKit) -> None:
    """A room or a model server on this machine has the same clock."""
    an_hour_ago = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 3600))
    async with listening(Date=an_hour_ago) as port:
        url = f"http://127.0.0.1:{port}/"
        kit = make_kit(discord_api_url=url)
        assert said((check_clock(kit),), Level.NOTE)
        await kit.asker.ask(url)
        assert "3600 s fast" in said((check_clock(kit),), Level.PROBLEM).replace("3599", "3600").replace("3601", "3600")
        other = make_kit()
        await other.asker.ask(url)
        assert said((check_clock(other),), Level.NOTE)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("http://127.0.0.1:1/bot123:secret/getMe", "nothing listens there", id="refused"),
        pytest.param("no address/bot123:secret", "no web address", id="not an address"),
    ],
)
async def test_why_nobody_answered_is_said_without_the_address(url: str, reason: str) -> None:
    """The address of a Telegram call holds the token."""
    async with ClientSession() as session:
        with pytest.raises(Unreachable, match=reason) as failed:
            await Asker(session).ask(url)
    assert "secret" not in str(failed.value)
    assert failed.value.__suppress_context__


def test_words_of_others_can_do_nothing_at_a_terminal() -> None:
    """Names of servers come from strangers."""
    assert foreign("a\x1b[31mred\x07\n\u202eb") == "a[31mredb"
    assert len(foreign("x" * 500)) == 60


def test_no_secret_is_shown_whoever_wrote_it_down() -> None:
    """In facts and remedies alike; short words are no secrets."""
    sections = [Section("X", (problem("wrong: abc-secret", "try abc-secret"), fine("an ok thing")))]
    (section,) = hide(sections, ["abc-secret", "", "ok"])
    assert "abc-secret" not in said(section.findings)
    assert section.findings[1].fact == "an ok thing"


def test_only_problems_are_unhealthy() -> None:
    assert is_healthy([Section("X", (fine("a"), hint("b", "c")))])
    assert not is_healthy([Section("X", (fine("a"),)), Section("Y", (problem("b", "c"),))])
