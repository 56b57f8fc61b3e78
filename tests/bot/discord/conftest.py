"""The bot on the wire: its real client, a real core and SQLite store, and a pool that answers as a test says."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.values import TemplateChoice
from bot.discord_app.client import DiscordChat
from bot.discord_app.options import DiscordOptions
from db import stores
from tests.bot.scripted_pool import ScriptedPool, draw_png
from tests.wire.discord.fixtures import wire
from tests.wire.discord.model import Channel, File, Guild, User
from tests.wire.discord.server import Wire

__all__ = ["wire"]

TEMPLATES = (
    TemplateChoice(name="two-doors", title="Two doors", aliases=("choice",), hint="a choice", example=("this", "that")),
    TemplateChoice(name="sad-cloud", title="Sad cloud", hint="bad luck"),
)
FAST = Rate(burst=1_000, per_minute=60_000)


def picture(name: str = "cat.png", shade: int = 90) -> File:
    return File(name, draw_png(shade))


@dataclass
class House:
    """What outlives the bot of a test, so that it can be stopped and started again."""

    wire: Wire
    pool: ScriptedPool
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[DiscordChat]:
        """The bot, connected; several at once stand for several processes."""
        database = await stores.open_database(f"sqlite:///{self.folder / 'memes.db'}")
        parts = {"rate": FAST, "chat_rate": FAST, "templates": TEMPLATES, **self.parts}
        core = Core(self.pool, database, CoreParts(**parts))
        chat = DiscordChat(
            core, DiscordOptions(**{"token": self.wire.token, "api_url": self.wire.api_url, **self.options})
        )
        before = self.wire.connections
        try:
            await chat.start()
            await self.wire.connected(before + 1)
            yield chat
        finally:
            await chat.stop()
            await database.close()


@pytest.fixture
def pool() -> ScriptedPool:
    return ScriptedPool()


@pytest.fixture
def house(wire: Wire, pool: ScriptedPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The library keeps addresses as constants: put them back after the test."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(Asset, "BASE", Asset.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    return House(wire, pool, tmp_path)


@pytest.fixture
def guild(wire: Wire) -> Guild:
    return wire.add_guild("Memes")


@pytest.fixture
def channel(wire: Wire, guild: Guild) -> Channel:
    return wire.add_channel(guild)


@pytest.fixture
def ann(wire: Wire, guild: Guild) -> User:
    return wire.add_member(guild, wire.add_user("Ann"))


@pytest.fixture
def bob(wire: Wire, guild: Guild) -> User:
    return wire.add_member(guild, wire.add_user("Bob"))


@pytest.fixture
def admin(wire: Wire, guild: Guild) -> User:
    return wire.add_member(guild, wire.add_user("Ada"), "manage_guild", "manage_messages")


@pytest.fixture
async def bot(house: House, channel: Channel, ann: User, bob: User) -> AsyncIterator[DiscordChat]:
    async with house.open() as chat:
        yield chat
