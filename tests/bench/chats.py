"""How soon the bot answers its platforms while the models are busy: a real process against the local Discord.

The first row asks an idle bot. Then 200 people ask for memes in the same moment; the last row asks for the same things
as the first while those 200 wait in line for the embedded models. Discord wants a first response within 3 s; the bot's
own mark is 1 s at p99, and heartbeats in time.

    python -m tests.bench chats
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bot.process import read_address, start
from tests.wire.discord.interaction import Interaction
from tests.wire.discord.model import Channel, User
from tests.wire.discord.server import Wire

IN_LINE: Final = 200
ASKED: Final = 150
PEOPLE: Final = 50
GAP_S: Final = 0.05
HEARTBEAT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Load:
    """`in_line` memes wait before `asked` interactions are measured; `engine` names the models."""

    engine: str = "embedded"
    in_line: int = IN_LINE
    asked: int = ASKED


@dataclass(frozen=True, slots=True)
class Chat:
    """The local Discord with a server full of people."""

    wire: Wire
    channel: Channel
    people: tuple[User, ...]


def main() -> None:
    table = Table("bot", "interactions", "p50 ms", "p99 ms", "max ms", "heartbeats", "latest heartbeat ms")
    load = Load()
    for row in asyncio.run(measure(load)):
        table.add_row(*row)
    Console().print(table)


async def measure(load: Load) -> list[tuple[str, ...]]:
    """A row for the idle bot, one for the rush, one for the busy bot; all of one process."""
    async with AsyncExitStack() as stack:
        chat = await _open_chat(stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        process = await stack.enter_async_context(
            start(
                folder,
                ENGINE=load.engine,
                DISCORD_TOKEN=chat.wire.token,
                DISCORD_API_URL=chat.wire.api_url,
                REQUESTS_BURST="10000",
                CHAT_REQUESTS_BURST="10000",
                JOB_TIMEOUT_S="600",
            )
        )
        await read_address(process)
        await chat.wire.connected(timeout_s=60)
        await (await chat.wire.slash(chat.people[0], chat.channel, "meme", prompt="monday")).answered(120)
        idle = await _ask_around("idle", chat, load.asked)
        rush = await _rush(chat, load.in_line)
        busy = await _ask_around(f"{load.in_line} memes in line", chat, load.asked)
        return [idle, rush, busy]


async def _open_chat(stack: AsyncExitStack) -> Chat:
    wire = Wire()
    wire.gateway.heartbeat_s = HEARTBEAT_S
    await wire.start()
    stack.push_async_callback(wire.stop)
    guild = wire.add_guild()
    people = tuple(wire.add_member(guild, wire.add_user(f"Person {number}")) for number in range(PEOPLE))
    return Chat(wire, wire.add_channel(guild), people)


async def _rush(chat: Chat, count: int) -> tuple[str, ...]:
    """So many memes asked for at once."""
    beats = len(chat.wire.findings.heartbeat_lateness_s)
    asked = [
        await chat.wire.slash(chat.people[number % PEOPLE], chat.channel, "meme", prompt=f"monday {number}")
        for number in range(count)
    ]
    return await _tell(f"{count} memes at once", chat, asked, beats)


async def _ask_around(name: str, chat: Chat, count: int) -> tuple[str, ...]:
    """Commands and buttons of many people, one after the other, and when each was first responded to."""
    beats = len(chat.wire.findings.heartbeat_lateness_s)
    asked: list[Interaction] = []
    for number in range(count):
        person = chat.people[number % PEOPLE]
        command = ("help", "top", "settings", "privacy", "templates list")[number % 5]
        asked.append(await chat.wire.slash(person, chat.channel, command))
        await asyncio.sleep(GAP_S)
    return await _tell(name, chat, asked, beats)


async def _tell(name: str, chat: Chat, asked: Sequence[Interaction], beats: int) -> tuple[str, ...]:
    """When each was first responded to, and how late the heartbeats since number `beats` were."""
    for interaction in asked:
        await interaction.acknowledged(30)
    times = sorted(1000 * (interaction.acknowledged_after_s or 0.0) for interaction in asked)
    lateness = chat.wire.findings.heartbeat_lateness_s[beats:]
    latest = f"{1000 * max(0.0, *lateness):.0f}" if lateness else "-"
    p99 = times[min(int(0.99 * len(times)), len(times) - 1)]
    return (
        name,
        str(len(times)),
        f"{times[len(times) // 2]:.0f}",
        f"{p99:.0f}",
        f"{times[-1]:.0f}",
        str(len(lateness)),
        latest,
    )
