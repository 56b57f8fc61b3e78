"""Starting and ending `memesmith run` as people do: as a process."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tests.bot.process import ROOT, read_address, start


async def test_the_room_answers_within_a_second_of_opening_while_models_load(tmp_path: Path) -> None:
    """The page does not wait for the models."""
    async with start(tmp_path) as process:
        address = await read_address(process)
        began = time.monotonic()
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            assert response.status == 200
        assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "a polite kill"])
async def test_the_room_closes_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    """Both signals end it with exit code 0, promptly, with open browsers, and without a traceback."""
    async with start(tmp_path) as process:
        address = await read_address(process)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            await (await session.get(address)).read()
            async with session.ws_connect(f"{address}/live", headers={"Origin": address}) as browser:
                await browser.receive_json()
                process.send_signal(number)
                async with asyncio.timeout(20):
                    _, errors = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in errors


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"DATABASE_URL": "mysql://nowhere"}, "DATABASE_URL", id="a database of an unknown kind"),
        pytest.param({"WEB_PORT": "many"}, "WEB_PORT", id="a port that is no number"),
        pytest.param({"DATA_DIR": "/dev/null/x"}, "DATA_DIR", id="a folder that cannot be"),
    ],
)
async def test_what_keeps_it_from_starting_is_one_sentence(
    tmp_path: Path, variables: dict[str, str], expected: str
) -> None:
    """A wrong setting ends with exit code 2 and one line that names it."""
    async with start(tmp_path, **variables) as process:
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert expected in errors.decode()
    assert errors.decode().strip().count("\n") == 0


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """Started twice, the second one says so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with start(tmp_path, WEB_PORT=port) as process:
            _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert f"127.0.0.1:{port}" in errors.decode()
    assert "WEB_PORT" in errors.decode()


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    """Whoever opens the room alone waits for no chat library, no model and no picture library."""
    code = "import sys, bot.app; print(*{'discord', 'telegram', 'torch', 'PIL', 'numpy'} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert printed.stdout.split() == []
