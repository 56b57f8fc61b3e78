"""Many people at once: everything is answered, and within Telegram's limits.

How fast it goes is for the bench; here the machine may be busy with other things.
"""

from __future__ import annotations

import asyncio

import pytest

from db import stores
from inference.contract import CaptionRequest
from tests.bot.scripted_pool import ScriptedPool
from tests.bot.telegram.conftest import all_answered, make
from tests.wire.telegram import Chat, TelegramWire, User

pytestmark = pytest.mark.usefixtures("bot")

MESSAGES = 500
SPAN_S = 10.0
PATIENCE_S = 90.0


async def test_five_hundred_messages_in_ten_seconds(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool, store: stores.Database
) -> None:
    """Talk, votes by button and emoji, and wishes: none is lost, none counts twice, and no limit is met."""
    wire.world.patience_s = PATIENCE_S
    await wire.promote_bot(group)
    meme = await make(wire, ann, group)
    await all_answered(store)
    people = [wire.add_user(f"P{number}") for number in range(MESSAGES)]
    loop = asyncio.get_running_loop()
    started = loop.time()
    for number, person in enumerate(people):
        match number % 10:
            case 0:
                await wire.say(person, text=f"wish {number}")
            case 1 | 2 | 3:
                await wire.press(person, meme, "👍")
            case 4:
                await wire.react(person, meme, ["👎"])
            case _:
                await wire.say(person, group, f"talk {number}")
        await asyncio.sleep(max(0.0, started + (number + 1) * SPAN_S / MESSAGES - loop.time()))
    for person in people[::10]:
        await wire.private(person).next_media(PATIENCE_S)
    await wire.settled(PATIENCE_S)
    await all_answered(store)
    tally = await store.votes.tally((meme.button("👍").data or "").removeprefix("up:"))
    assert (tally.up, tally.down) == (MESSAGES * 3 // 10, MESSAGES // 10)
    assert len(pool.requests(CaptionRequest)) == MESSAGES // 10 + 1
    await wire.until(lambda: len(wire.answer_latencies_s) == MESSAGES * 3 // 10, PATIENCE_S, "all pop-ups")
    assert all(call.status in {0, 200} for call in wire.world.calls)


async def test_a_slow_job_blocks_nobody(wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool) -> None:
    """While two hundred wishes wait for the models, buttons are answered, and signs of life stay few."""
    wire.world.patience_s = PATIENCE_S
    meme = await make(wire, ann, group)
    pool.hold = asyncio.Event()
    for number in range(200):
        await wire.say(wire.add_user(f"W{number}"), text="monday")
    await wire.until(lambda: len(pool.jobs) >= 200, PATIENCE_S, "two hundred jobs")
    calls = len(wire.calls("sendChatAction"))
    loop = asyncio.get_running_loop()
    started = loop.time()
    presses = [await wire.press(wire.add_user(f"V{number}"), meme, "👍") for number in range(20)]
    for press in presses:
        await press.answered(PATIENCE_S)
    seconds = loop.time() - started
    assert len(wire.calls("sendChatAction")) - calls <= 10 * (seconds + 1)
    wire.forgive_unanswered()
