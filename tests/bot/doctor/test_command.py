"""`memesmith doctor` as people and programs start it: as a process, against local platforms."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bot.process import read_address, start
from tests.wire.discord.findings import Breach
from tests.wire.discord.server import Wire
from tests.wire.telegram import TelegramWire

ROOT = Path(__file__).parents[3]
LIMIT_S = 15.0


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    errors: str
    took_s: float

    @property
    def findings(self) -> list[dict[str, Any]]:
        return list(json.loads(self.out)["findings"])

    def of(self, level: str) -> str:
        return "\n".join(f"{each['fact']} {each['remedy']}" for each in self.findings if each["level"] == level)


async def doctor(folder: Path, *arguments: str, **variables: str) -> Done:
    keep = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    environment = {**keep, "PYTHONPATH": str(ROOT), "WEB_PORT": "0", **variables}
    command = [sys.executable, "-m", "bot.cli", "doctor", *arguments]
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment, stdout=PIPE, stderr=PIPE)
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), errors.decode(), time.monotonic() - began)


def addresses(discord: Wire, telegram: TelegramWire) -> dict[str, str]:
    return {"DISCORD_API_URL": discord.api_url, "TELEGRAM_API_URL": telegram.origin}


@pytest.fixture
def silence() -> Iterator[str]:
    """The address of a server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


async def test_a_fresh_copy_is_healthy(folder: Path) -> None:
    """Without any setting everything needed is there; nothing is made by looking."""
    done = await doctor(folder)
    assert done.code == 0, done.out
    assert "Everything that is needed is fine." in done.out
    assert done.errors == ""
    assert list(folder.iterdir()) == []


async def test_away_from_a_terminal_each_finding_is_one_line(folder: Path) -> None:
    """So that a search in a log finds a fact together with what to do."""
    lines = (await doctor(folder)).out.splitlines()
    (line,) = [each for each in lines if "DISCORD_TOKEN" in each]
    assert line.strip().startswith("·")
    assert line.endswith("docs/discord.md says how to get one.")


async def test_both_platforms_at_once(folder: Path, discord: Wire, telegram: TelegramWire) -> None:
    """As after following the guides: healthy, with what is still to be done as hints."""
    discord.add_guild()
    tokens = {"DISCORD_TOKEN": discord.token, "TELEGRAM_TOKEN": telegram.token}
    done = await doctor(folder, "--json", **tokens, **addresses(discord, telegram))
    assert done.code == 0, done.out
    assert json.loads(done.out)["healthy"] is True
    assert {each["topic"] for each in done.findings} >= {
        "Settings",
        "Discord",
        "Telegram",
        "Models",
        "Database",
        "Machine",
    }
    assert "The clock is right." in done.of("fine")
    assert discord.token not in done.out + done.errors
    assert telegram.token not in done.out + done.errors


async def test_beside_the_running_program_nothing_is_left_to_start(
    folder: Path, discord: Wire, telegram: TelegramWire
) -> None:
    """Commands, menu, tables and ports are as the real program leaves them; asking takes no update from it."""
    discord.add_guild()
    tokens = {"DISCORD_TOKEN": discord.token, "TELEGRAM_TOKEN": telegram.token, **addresses(discord, telegram)}
    async with start(folder, **tokens) as process:
        port = (await read_address(process)).rpartition(":")[2]
        await discord.until(lambda: discord.identified, 30.0, "the bot to connect")
        done = await doctor(folder, "--json", **tokens, WEB_PORT=port)
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)
    assert done.code == 0, done.out
    fine, others = done.of("fine"), done.of("note") + done.of("hint")
    for words in ("slash commands and", "Its menu has", "tables of this version", "Memesmith is running"):
        assert words in fine
    assert "make run" not in others
    assert process.returncode == 0


async def test_a_setting_that_cannot_be_read_is_all_there_is_to_say(folder: Path) -> None:
    """One sentence that names it, and exit code 1."""
    (folder / ".env").write_text("WEB_PORT=many\n")
    done = await doctor(folder, "--json", WEB_PORT="many")
    assert done.code == 1
    (found,) = done.findings
    assert "WEB_PORT" in found["fact"]


async def test_problems_end_with_exit_code_1_and_show_no_secret(
    folder: Path, discord: Wire, telegram: TelegramWire
) -> None:
    """Wrong tokens, an unreachable database and models elsewhere, all told in one run."""
    secrets = {
        "DISCORD_TOKEN": "MTAxfalse.discord-token",
        "TELEGRAM_TOKEN": "123456:false-telegram-token",
        "TELEGRAM_WEBHOOK_SECRET": "hush hush webhook",
        "INFERENCE_TOKEN": "hush-inference",
        "WEB_SECRET": "hush-cookies",
    }
    others = {
        "TELEGRAM_WEBHOOK_URL": "https://memes.example.org/hush-path",
        "DATABASE_URL": "postgresql://me:hush-password@127.0.0.1:1/memes",
        "INFERENCE_URL": "http://127.0.0.1:1",
    }
    done = await doctor(folder, "--json", **secrets, **others, **addresses(discord, telegram))
    assert done.code == 1
    problems = done.of("problem")
    for words in ("DISCORD_TOKEN", "TELEGRAM_TOKEN", "WEBHOOK_SECRET has characters", "cannot be opened", "models at"):
        assert words in problems
    assert "Traceback" not in done.errors
    for secret in (*secrets.values(), "hush-password", "hush-path"):
        assert secret not in done.out + done.errors
    assert discord.findings.take(Breach.TOKEN)


async def test_whoever_never_answers_is_not_waited_for(folder: Path, silence: str) -> None:
    """Everything asked at once, and the end within fifteen seconds."""
    variables = {
        "DISCORD_TOKEN": "some-token",
        "DISCORD_API_URL": silence,
        "TELEGRAM_TOKEN": "123456:some-token",
        "TELEGRAM_API_URL": silence,
        "INFERENCE_URL": silence,
        "DATABASE_URL": silence.replace("http", "postgresql") + "/memes",
    }
    done = await doctor(folder, "--json", **variables)
    assert done.code == 1
    assert done.took_s < LIMIT_S
    assert done.of("problem").count("no answer in time") == 3
    assert "cannot be opened" in done.of("problem")
