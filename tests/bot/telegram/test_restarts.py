"""`python -m bot` against the local Telegram: killed at bad moments, nothing is lost and nothing counts twice."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
from pathlib import Path

import pytest

from db import stores
from tests.bot.telegram.bot_process import BotProcess, bot_process
from tests.bot.telegram.conftest import draw_jpeg
from tests.wire.telegram import Chat, Message, TelegramWire, User

pytestmark = pytest.mark.chaos

KILLS = 3


async def test_the_program_itself_makes_a_meme_and_counts_a_vote(
    wire: TelegramWire, ann: User, group: Chat, tmp_path: Path
) -> None:
    """Nothing but a token and an address is set; SIGTERM ends it cleanly, and the log holds no token and no words."""
    async with bot_process(tmp_path, wire) as process:
        await wire.say(ann, group, "/meme secretwords", photo=draw_jpeg())
        meme = await group.next_media(20)
        query = await wire.press(ann, meme, "👍")
        assert await query.answered() == "👍 1   👎 0"
        code, errors = await process.end(signal.SIGTERM)
    assert code == 0
    assert "telegram.open" in errors
    assert wire.token not in errors
    assert "secretwords" not in errors


async def test_a_webhook_gets_what_its_secret_comes_with(wire: TelegramWire, ann: User, tmp_path: Path) -> None:
    """The program listens, tells Telegram where, and is called; what was said before waits for it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    await wire.say(ann, text="monday")
    url = f"http://127.0.0.1:{port}/hook"
    async with bot_process(tmp_path, wire, TELEGRAM_WEBHOOK_URL=url, TELEGRAM_WEBHOOK_PORT=str(port)):
        assert (await wire.private(ann).next_media(20)).button("👍")
        assert wire.world.webhook.url == url
        assert len(wire.world.webhook.secret) >= 32
        assert "message_reaction" in wire.world.updates.allowed
        meme = await make_privately(wire, ann)
        assert await (await wire.press(ann, meme, "👎")).answered() == "👍 0   👎 1"
    assert wire.calls("getUpdates") == []


async def make_privately(wire: TelegramWire, user: User) -> Message:
    await wire.say(user, text="tuesday")
    return await wire.private(user).next_media(20)


async def test_killed_while_it_works_it_goes_on_after_the_start(
    wire: TelegramWire, ann: User, group: Chat, tmp_path: Path
) -> None:
    """The waiting message turns into the meme; there is no second answer."""
    async with bot_process(tmp_path, wire) as process:
        await wire.say(ann, group, "/meme monday #sleep=4")
        waiting = await group.next_message(20)
        await asyncio.sleep(0.3)
        await process.end()
        assert waiting.media is None
        await process.start()
        await wire.until(lambda: waiting.media, 30, "the meme")
        await wire.settled()
        assert group.from_bot == [waiting]


async def test_what_is_said_meanwhile_is_answered_later(wire: TelegramWire, ann: User, tmp_path: Path) -> None:
    """Telegram keeps it, and delivers it to the next start."""
    async with bot_process(tmp_path, wire) as process:
        await process.end()
        await wire.say(ann, text="monday")
        await process.start()
        assert (await wire.private(ann).next_media(20)).button("👍")


async def test_told_to_end_in_the_middle_it_finishes_after_the_start(
    wire: TelegramWire, ann: User, group: Chat, tmp_path: Path
) -> None:
    """A polite end does not wait for slow jobs; they are taken up again."""
    async with bot_process(tmp_path, wire) as process:
        await wire.say(ann, group, "/meme monday #sleep=8")
        waiting = await group.next_message(20)
        code, errors = await process.end(signal.SIGTERM)
        assert (code, "Traceback" in errors) == (0, False)
        await process.start()
        await wire.until(lambda: waiting.media, 40, "the meme")
        assert group.from_bot == [waiting]


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_at_random_no_vote_is_lost_or_doubled(
    wire: TelegramWire, ann: User, group: Chat, tmp_path: Path, seed: int
) -> None:
    """200 presses, emoji and wishes, three kills: every person has their one vote, and everybody has their meme.

    A meme that Telegram took in the very moment of a kill may be there twice: nobody could note that it was taken.
    """
    dice = random.Random(seed)
    wire.forgive_unanswered()  # A press that the dead bot had taken gets no pop-up; its vote counts all the same.
    await wire.promote_bot(group)
    async with bot_process(tmp_path, wire) as process:
        await wire.say(ann, group, "/meme monday")
        meme = await group.next_media(20)
        await asyncio.sleep(0.5)
        crowd = [wire.add_user(f"P{number}") for number in range(200)]
        wishes = set(dice.sample(range(200), 30))
        killer = asyncio.create_task(kill_now_and_then(process, dice))
        for number, person in enumerate(crowd):
            if number in wishes:
                await wire.say(person, text=f"wish {number} #sleep=0.2")
            elif number % 2:
                await wire.press(person, meme, "👍")
            else:
                await wire.react(person, meme, ["👎"])
            await asyncio.sleep(dice.random() * 0.1)
        await killer
        await wire.settled(30)
        memes = [await wire.private(crowd[number]).next_media(60) for number in wishes]
        assert len(memes) == 30
        await asyncio.sleep(1)
        await process.end(signal.SIGTERM)
    posted = [each for number in wishes for each in wire.private(crowd[number]).from_bot if each.media]
    assert len(posted) <= 30 + 2 * KILLS, "at most what Telegram took while the bot was being killed is there twice"
    half_made = [each for number in wishes for each in wire.private(crowd[number]).from_bot if not each.media]
    assert half_made == []
    ups = sum(number % 2 for number in range(200) if number not in wishes)
    assert await read_votes(tmp_path, meme) == (ups, 170 - ups)


async def kill_now_and_then(process: BotProcess, dice: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(1 + dice.random() * 3)
        await process.end()
        await process.start()


async def read_votes(folder: Path, meme: Message) -> tuple[int, int]:
    database = await stores.open_database(f"sqlite:///{folder / 'data' / 'memesmith.db'}")
    try:
        tally = await database.votes.tally((meme.button("👍").data or "").removeprefix("up:"))
    finally:
        await database.close()
    return tally.up, tally.down
