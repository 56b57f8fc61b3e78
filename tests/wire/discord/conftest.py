"""A bare discord.py, and bare calls, against the wire."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import discord
import pytest

from tests.wire.discord.bell import Bell
from tests.wire.discord.fixtures import addresses, wire
from tests.wire.discord.model import Channel, User
from tests.wire.discord.server import Wire

__all__ = ["addresses", "wire"]

PLAIN = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True, dm_messages=True)


class Plain(discord.AutoShardedClient):
    """The library as it is, remembering which events it dispatched, and answering interactions as the test says."""

    def __init__(self, intents: discord.Intents = PLAIN, **options: Any) -> None:
        self._bell = Bell()
        self.seen: list[tuple[str, Any]] = []
        quick = {"guild_ready_timeout": 0.1, "allowed_mentions": discord.AllowedMentions.none()}
        super().__init__(intents=intents, **{**quick, **options})
        self.answer: Callable[[discord.Interaction], Any] | None = None

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.seen.append((event, args[0] if args else None))
        self._bell.ring()
        super().dispatch(event, *args, **kwargs)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if self.answer is not None:
            await self.answer(interaction)

    def events(self, name: str) -> list[Any]:
        return [argument for event, argument in self.seen if event == name]

    async def heard(self, name: str, count: int = 1, timeout_s: float = 10.0) -> list[Any]:
        """The first argument of each event of this name, once there are `count`."""
        await self._bell.until(lambda: len(self.events(name)) >= count, timeout_s, f"{count} times {name}")
        return self.events(name)


@contextlib.asynccontextmanager
async def connected(client: Plain, token: str) -> AsyncIterator[Plain]:
    running = asyncio.create_task(client.start(token))
    try:
        waiting = asyncio.create_task(client.heard("ready"))
        done, _ = await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        yield client
    finally:
        await client.close()
        with contextlib.suppress(Exception):
            await running


@pytest.fixture
def ann(wire: Wire) -> User:
    return wire.add_user("Ann")


@pytest.fixture
def channel(wire: Wire, ann: User) -> Channel:
    guild = wire.add_guild()
    wire.add_member(guild, ann)
    return wire.add_channel(guild)


@pytest.fixture
async def client(addresses: Wire, channel: Channel) -> AsyncIterator[Plain]:
    async with connected(Plain(), addresses.token) as plain:
        yield plain


@pytest.fixture
async def call(wire: Wire) -> AsyncIterator[Callable[..., Any]]:
    """Bare API calls: `await call("POST", "/channels/1/messages", json={...})` is status and JSON."""
    headers = {"Authorization": f"Bot {wire.token}", "User-Agent": "DiscordBot (test, 1)"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def send(method: str, path: str, **options: Any) -> tuple[int, Any]:
            async with session.request(method, wire.api_url + path, **options) as response:
                return response.status, await response.json() if response.status != 204 else None

        yield send
