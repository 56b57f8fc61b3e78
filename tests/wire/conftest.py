"""Fixtures of the wire servers' own tests."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from telegram import Bot
from telegram.ext import ApplicationBuilder, ExtBot

from tests.wire.telegram import TelegramWire


def draw_jpeg(width: int = 640, height: int = 480) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (90, 160, 220)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def times_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns of a coming change unless it is told that we know."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def wire() -> AsyncIterator[TelegramWire]:
    """A local Telegram without a final reckoning: its tests provoke what it forbids."""
    wire = TelegramWire()
    await wire.start()
    yield wire
    await wire.stop()


def builder_for(wire: TelegramWire) -> ApplicationBuilder:  # type: ignore[type-arg]
    return ApplicationBuilder().token(wire.token).base_url(wire.base_url).base_file_url(wire.base_file_url)


@pytest.fixture
async def bot(wire: TelegramWire) -> AsyncIterator[Bot]:
    """The library's own bot, told nothing but the two addresses."""
    bot: ExtBot[None] = ExtBot(wire.token, base_url=wire.base_url, base_file_url=wire.base_file_url)
    async with bot:
        yield bot
