"""The doctor's checks over real HTTP: local platforms, an empty folder, and no settings from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot.doctor.asking import Asker
from bot.doctor.findings import Findings, Level
from bot.doctor.kit import Kit
from bot.settings import Settings, variable_names
from tests.wire.discord.server import Wire
from tests.wire.telegram import TelegramWire, running_telegram

MakeKit = Callable[..., Kit]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the doctor is started: no `.env`, no variables of ours."""
    monkeypatch.chdir(tmp_path)
    for name in variable_names():
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
async def make_kit() -> AsyncIterator[MakeKit]:
    """Kits with some settings; secrets may be given as plain text."""
    async with ClientSession() as session:

        def make(**values: Any) -> Kit:
            secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
            given = {name: SecretStr(value) if name in secret else value for name, value in values.items()}
            return Kit(Settings(**given), Asker(session))

        yield make


@pytest.fixture
async def discord() -> AsyncIterator[Wire]:
    wire = Wire()
    await wire.start()
    yield wire
    await wire.stop()
    wire.assert_clean()


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramWire]:
    async with running_telegram() as wire:
        yield wire


def said(findings: Findings, level: Level | None = None) -> str:
    """Everything of one level, or of all, as one text."""
    chosen = (each for each in findings if level in {None, each.level})
    return "\n".join(f"{each.fact} → {each.remedy}" for each in chosen)
