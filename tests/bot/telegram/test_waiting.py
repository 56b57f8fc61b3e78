"""What people see while an answer is being made, and how they stop it."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.core.core import Core
from db import stores
from inference.contract import PoolState
from tests.bot.scripted_pool import ScriptedPool
from tests.bot.telegram.conftest import all_answered, make
from tests.wire.telegram import Chat, TelegramWire, User

pytestmark = pytest.mark.usefixtures("bot")


async def test_the_chat_action_is_visible_until_the_meme_is_there(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
) -> None:
    """It lasts five seconds on Telegram, and is renewed."""
    pool.delay_s = 9.0
    await wire.say(ann, group, "/meme monday")
    await wire.until(lambda: group.actions, what="the first action")
    started = group.actions[0].at
    await group.next_media(12)
    assert group.action_gaps_s(started, time.monotonic()) == []
    assert len(group.actions) >= 3
    count = len(group.actions)
    await asyncio.sleep(0.1)
    assert len(group.actions) == count


async def test_a_fast_meme_is_one_message_without_a_word_of_waiting(wire: TelegramWire, ann: User, group: Chat) -> None:
    """Nothing is posted that would have to be changed."""
    meme = await make(wire, ann, group)
    assert meme.before == []


async def test_after_two_seconds_a_message_tells_the_place_and_turns_into_the_meme(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
) -> None:
    """One message from first to last, with a button to stop in between."""
    pool.delay_s, pool.queued = 4.0, 7
    await wire.say(ann, group, "/meme monday")
    waiting = await group.next_message()
    assert waiting.text == "7 in line…"
    assert [button.text for button in waiting.buttons] == ["✖ Stop"]
    await wire.until(lambda: waiting.media, what="the meme")
    assert waiting.button("👍")
    assert group.from_bot == [waiting]


async def test_the_asker_stops_the_wait(
    wire: TelegramWire, ann: User, bob: User, group: Chat, pool: ScriptedPool
) -> None:
    """Others are told that it is not theirs; the job costs nothing any more."""
    pool.hold = asyncio.Event()
    await wire.say(bob, group, "/meme monday")
    waiting = await group.next_message()
    carl = wire.add_user("Carl")
    assert "Only the person" in await (await wire.press(carl, waiting, "Stop")).answered()
    assert "Stopped" in await (await wire.press(bob, waiting, "Stop")).answered()
    await wire.until(lambda: "stopped" in waiting.text, what="the last word")
    assert waiting.buttons == []


async def test_a_waiting_message_that_is_taken_away_ends_the_matter(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool, store: stores.Database
) -> None:
    """Whoever deletes it wants no meme."""
    pool.hold = asyncio.Event()
    await wire.say(ann, group, "/meme monday")
    await wire.delete(await group.next_message())
    pool.hold.set()
    await all_answered(store)
    assert group.from_bot == []


async def test_a_slow_reroll_leaves_the_meme_where_it_is(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
) -> None:
    """The button is answered within three seconds; a message tells of the wait and goes when it is over."""
    meme = await make(wire, ann, group)
    first = meme.button("👍").data
    pool.delay_s = 4.0
    query = await wire.press(ann, meme, "🔁")
    await query.answered(3.0)
    waiting = await group.next_message()
    await wire.until(lambda: meme.button("👍").data != first, 8, "the next meme")
    await wire.until(lambda: waiting.deleted, what="the waiting message to go")
    assert group.from_bot == [meme]


async def test_the_models_are_warming_up(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool, core: Core
) -> None:
    """At the start the wait has a reason."""
    pool.state, pool.delay_s = PoolState.LOADING, 3.0
    await wire.say(ann, group, "/meme monday")
    assert "warming up" in (await group.next_message()).text
