"""Stopped and killed in the middle of work: whatever Discord was promised is kept by the next process."""

from __future__ import annotations

import asyncio
import contextlib
import random
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from db import stores
from tests.bot import process
from tests.bot.discord.conftest import House, picture
from tests.bot.discord.test_buttons import control
from tests.bot.discord.test_connection import nothing_left
from tests.bot.scripted_pool import ScriptedPool
from tests.wire.discord.interaction import Interaction
from tests.wire.discord.model import Channel, Message, User
from tests.wire.discord.server import Wire

ROUNDS = 5
ACTS_A_ROUND = 40


async def test_a_command_is_answered_by_the_next_process(
    house: House, wire: Wire, pool: ScriptedPool, channel: Channel, ann: User
) -> None:
    """Its placeholder becomes the meme, and the meme can be voted on."""
    pool.hold = asyncio.Event()
    async with house.open():
        asked = await wire.slash(ann, channel, "meme", prompt="patience", picture=picture(shade=12))
        await asked.acknowledged()
    pool.hold = None
    async with house.open() as bot:
        meme = await asked.answered(where=lambda message: message.attachments)
        assert "patience" in (meme.attachments[0].description or "")
        await nothing_left(bot)
        await (await wire.press(ann, meme, control(meme, "up:"))).answered()
    assert channel.said() == [meme]


async def test_a_reroll_is_finished_by_the_next_process(
    house: House, wire: Wire, pool: ScriptedPool, channel: Channel, ann: User
) -> None:
    """The pressed message shows the next candidate in the end."""
    async with house.open():
        meme = await (await wire.slash(ann, channel, "meme", prompt="patience")).answered()
        before = set(meme.controls)
        pool.hold = asyncio.Event()
        await (await wire.press(ann, meme, control(meme, "next:"))).acknowledged()
    pool.hold = None
    async with house.open() as bot:
        await wire.until(lambda: set(meme.controls) != before, what="the next candidate")
        await nothing_left(bot)
    assert channel.said() == [meme]


async def test_a_mention_is_answered_by_the_next_process(
    house: House, wire: Wire, pool: ScriptedPool, channel: Channel, ann: User
) -> None:
    """Once, and in the message that told of the wait."""
    pool.hold, pool.queued = asyncio.Event(), 2
    async with house.open():
        await wire.say(ann, channel, f"<@{wire.bot.id}> patience", files=[picture()])
        word = await wire.next_message(channel)
    pool.hold = None
    async with house.open() as bot:
        await wire.until(lambda: word.attachments, what="the meme")
        await nothing_left(bot)
    assert channel.said(wire.bot) == [word]


async def test_what_is_too_old_or_gone_is_struck_out(
    house: House, wire: Wire, pool: ScriptedPool, channel: Channel, ann: User
) -> None:
    """A token that ran out, a message that was deleted: nobody waits, and no call is made in vain again and again."""
    pool.hold = asyncio.Event()
    async with house.open():
        asked = await wire.slash(ann, channel, "meme", prompt="late")
        await asked.acknowledged()
        said = await wire.say(ann, channel, f"<@{wire.bot.id}> gone")
        await wire.until(lambda: wire.findings.calls["POST /channels/{channel}/typing"], what="the typing sign")
    channel.messages.pop(said.id)
    wire.clock.advance(901)
    pool.hold = None
    async with house.open() as bot:
        await nothing_left(bot)
    assert [each for each in channel.said(wire.bot) if not each.loading] == []


@dataclass
class Running:
    """The bot as a process of its own, which may die at any moment."""

    wire: Wire
    folder: Path
    living: Process | None = None
    _drains: list[asyncio.Task[bytes]] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Process]:
        before = self.wire.connections
        variables = {"DISCORD_TOKEN": self.wire.token, "DISCORD_API_URL": self.wire.api_url}
        limits = {"REQUESTS_PER_MINUTE": "60000", "REQUESTS_BURST": "1000"}
        chats = {"CHAT_REQUESTS_PER_MINUTE": "60000", "CHAT_REQUESTS_BURST": "1000"}
        async with process.start(self.folder, **variables, **limits, **chats) as living:
            assert living.stdout is not None
            assert living.stderr is not None
            drains = [asyncio.create_task(pipe.read()) for pipe in (living.stdout, living.stderr)]
            try:
                await self.wire.connected(before + 1, 60.0)
                yield living
            finally:
                if living.returncode is None:
                    living.kill()
                await asyncio.gather(*drains)


async def test_the_bot_as_people_start_it(wire: Wire, tmp_path: Path, channel: Channel, ann: User) -> None:
    """`memesmith run` with a token: the production path with real worker processes, from a command to a vote."""
    async with Running(wire, tmp_path).open():
        meme = await (await wire.slash(ann, channel, "meme", prompt="monday", picture=picture())).answered(
            60.0, where=lambda message: message.attachments
        )
        assert meme.attachments[0].description
        await (await wire.press(ann, meme, control(meme, "up:"))).answered()
        assert meme.controls[control(meme, "up:")]["label"] == "1"
        assert (await (await wire.slash(ann, channel, "genre", picture=picture())).answered(30.0)).embeds


@dataclass
class Ledger:
    """What Discord knows was done: commands, presses of 👍 by message, and which candidates a message showed."""

    asked: list[Interaction] = field(default_factory=list)
    presses: list[tuple[Message, Interaction]] = field(default_factory=list)
    shown: dict[int, tuple[Message, set[str]]] = field(default_factory=dict)

    def see(self, meme: Message) -> str:
        """The id of the 👍 that stands there now."""
        custom_id = control(meme, "up:")
        self.shown.setdefault(meme.id, (meme, set()))[1].add(custom_id.partition(":")[2])
        return custom_id


@pytest.mark.chaos
async def test_killed_at_random_points_nothing_is_lost_or_doubled(
    wire: Wire, tmp_path: Path, channel: Channel, ann: User
) -> None:
    """Two hundred commands, votes and emoji while the process is killed again and again.

    In the end every command that was acknowledged has its answer, every vote that was acknowledged or stands as an
    emoji counts, none counts twice.
    """
    chance, running, ledger = random.Random(), Running(wire, tmp_path), Ledger()
    for _ in range(ROUNDS):
        async with running.open() as living:
            acts = asyncio.create_task(act(wire, channel, chance, ledger))
            await asyncio.sleep(chance.uniform(0.5, 4.0))
            living.kill()
            await acts
    async with running.open():
        for each in ledger.asked:
            if each.response is not None:
                meme = await each.answered(30.0, where=lambda message: message.attachments)
                assert not meme.loading
        for each in wire.interactions:
            each.heard = each.heard and each.response is not None
        await wait_for_votes(tmp_path, ledger)


async def act(wire: Wire, channel: Channel, chance: random.Random, ledger: Ledger) -> None:
    """What people do meanwhile: each vote by a person of its own."""
    assert channel.guild is not None
    for number in range(ACTS_A_ROUND):
        person = wire.add_member(channel.guild, wire.add_user(f"Person {number}"))
        standing = [each for each in channel.said(wire.bot) if each.attachments]
        if not standing or chance.random() < 0.3:
            ledger.asked.append(await wire.slash(person, channel, "meme", prompt=str(number)))
        else:
            meme = chance.choice(standing)
            custom_id = ledger.see(meme)
            if chance.random() < 0.5:
                await wire.react(person, meme, "👍")
            else:
                ledger.presses.append((meme, await wire.press(person, meme, custom_id)))
        await asyncio.sleep(chance.uniform(0.01, 0.1))


async def wait_for_votes(folder: Path, ledger: Ledger) -> None:
    """Until every certain vote counts, which takes reading back; then none may count twice."""
    database = await stores.open_database(f"sqlite:///{folder / 'data' / 'memesmith.db'}")
    try:
        async with asyncio.timeout(60):  # the database has no bell
            while lost := [each async for each in missing_votes(database, ledger)]:  # noqa: ASYNC110
                await asyncio.sleep(0.5)
    except TimeoutError:
        raise AssertionError(f"votes that never counted, by message: {lost}") from None
    finally:
        await database.close()


async def missing_votes(database: stores.Database, ledger: Ledger) -> AsyncIterator[tuple[int, int, int]]:
    """Messages with fewer votes than certainly were given, as (id, counted, certain).

    A press that was not acknowledged may count or not. A message may have shown several candidates, each with votes.
    """
    for meme, candidates in ledger.shown.values():
        ledger.see(meme)
        tallies = [await database.votes.tally(each) for each in candidates]
        up = sum(each.up for each in tallies)
        mine = [each for message, each in ledger.presses if message is meme]
        emoji = len(meme.reactions.get("👍", {}))
        certain = emoji + sum(each.response is not None for each in mine)
        assert up <= emoji + len(mine)
        assert not any(each.down for each in tallies)
        if up < certain:
            yield meme.id, up, certain
