"""The real front end over the real core and SQLite, against a Telegram on loopback; only the pool is scripted.

Every test ends by asking the local Telegram whether the bot did anything that Telegram forbids.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image

from bot.core.asking import CoreOptions
from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.values import TemplateChoice
from bot.telegram_app.client import TelegramBot
from bot.telegram_app.options import TelegramOptions
from db import stores
from tests.bot.scripted_pool import ScriptedPool
from tests.wire.telegram import Chat, Message, TelegramWire, User, running_telegram

TEMPLATES = (
    TemplateChoice(name="two-doors", title="Two doors", aliases=("doors",), hint="A choice"),
    TemplateChoice(name="sad-frog", title="Sad frog", hint="Being sad"),
    *(TemplateChoice(name=f"plain-{number}", title=f"Plain {number}") for number in range(40)),
)
MANY = Rate(burst=1000, per_minute=6000)


def draw_jpeg(width: int = 320, height: int = 240, colour: tuple[int, int, int] = (200, 40, 40)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def find_templates(typed: str) -> list[str]:
    wanted = typed.casefold()
    return [each.name for each in TEMPLATES if wanted in each.title.casefold() or wanted in each.aliases]


@pytest.fixture
def parts() -> CoreParts:
    return CoreParts(
        options=CoreOptions(max_picture_mb=20), rate=MANY, chat_rate=MANY, templates=TEMPLATES, search=find_templates
    )


@pytest.fixture
def pool() -> ScriptedPool:
    return ScriptedPool()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[stores.Database]:
    database = await stores.open_database(f"sqlite:///{tmp_path / 'memes.db'}")
    yield database
    await database.close()


@pytest.fixture
def core(pool: ScriptedPool, store: stores.Database, parts: CoreParts) -> Core:
    return Core(pool, store, parts)


@pytest.fixture
async def wire() -> AsyncIterator[TelegramWire]:
    async with running_telegram() as wire:
        yield wire


@contextlib.asynccontextmanager
async def running_bot(wire: TelegramWire, core: Core, **options: object) -> AsyncIterator[TelegramBot]:
    values = {"token": wire.token, "api_url": wire.origin} | options
    bot = TelegramBot(core, TelegramOptions(**values))  # type: ignore[arg-type]
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()


@pytest.fixture
async def bot(wire: TelegramWire, core: Core) -> AsyncIterator[TelegramBot]:
    """The front end, started, and told of the menus."""
    async with running_bot(wire, core) as bot:
        yield bot


@pytest.fixture
def ann(wire: TelegramWire) -> User:
    return wire.add_user("Ann")


@pytest.fixture
def bob(wire: TelegramWire) -> User:
    return wire.add_user("Bob")


@pytest.fixture
def group(wire: TelegramWire, ann: User, bob: User) -> Chat:
    """A supergroup of Ann's, with Bob and the bot as ordinary members."""
    return wire.add_group(bob, admin=ann)


async def eventually(look: Callable[[], Awaitable[bool]], timeout_s: float = 5.0) -> None:
    """Wait until something in the database is so; a test that waits in vain fails."""
    async with asyncio.timeout(timeout_s):
        while not await look():  # noqa: ASYNC110 - a database tells nobody of changes
            await asyncio.sleep(0.01)


async def all_answered(store: stores.Database) -> None:
    """Wait until nothing that was written down wants an answer any more."""

    async def nothing_left() -> bool:
        return not await store.inbox.pending("telegram")

    await eventually(nothing_left)


async def make(wire: TelegramWire, user: User, chat: Chat, words: str = "monday") -> Message:
    """A meme that somebody asked for in a chat."""
    await wire.say(user, chat, f"/meme {words}")
    return await chat.next_media()
