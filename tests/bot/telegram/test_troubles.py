"""What goes wrong on the way to Telegram: limits, missing rights, lost connections, things that are gone."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from pathlib import Path

import pytest

from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.telegram_app._pace import Limits, Pace
from bot.telegram_app.client import TelegramBot, TelegramUnavailable
from bot.telegram_app.options import TelegramOptions
from db import stores
from tests.bot.scripted_pool import ScriptedPool
from tests.bot.telegram.conftest import all_answered, draw_jpeg, eventually, make, running_bot
from tests.wire.telegram import Chat, TelegramWire, User

WRONG = "1:wrong"


@pytest.mark.usefixtures("bot")
class TestLimits:
    """429s are obeyed, and only the chat that said so waits."""

    async def test_a_post_comes_when_it_may(self, wire: TelegramWire, ann: User, bob: User) -> None:
        """Ann's chat was told to wait two seconds; Bob's is not held up; nobody calls too early."""
        wire.rate_limit_next("sendPhoto", 2)
        started = time.monotonic()
        await wire.say(ann, text="monday")
        await wire.until(lambda: [call for call in wire.calls("sendPhoto") if call.status == 429], what="the refusal")
        await wire.say(bob, text="tuesday")
        await wire.private(bob).next_media(1.5)
        await wire.private(ann).next_media()
        assert time.monotonic() - started >= 2

    async def test_an_edit_comes_when_it_may(
        self, wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
    ) -> None:
        """A waiting message becomes the meme even when Telegram says "later" first."""
        pool.delay_s = 3.0
        wire.rate_limit_next("editMessageMedia", 1)
        await wire.say(ann, group, "/meme monday")
        await group.next_media(8)
        assert [call.status for call in wire.calls("editMessageMedia")] == [429, 200]

    async def test_a_group_gets_eighteen_posts_in_a_minute_and_refusals_are_left_out(
        self, wire: TelegramWire, ann: User, group: Chat
    ) -> None:
        """Whoever floods a group gets no flood back, and Telegram never has to refuse."""
        for number in range(40):
            await wire.say(ann, group, f"/templates nothing-{number}")
        await wire.settled()
        await asyncio.sleep(1)
        assert len(group.from_bot) <= 18
        assert all(call.status != 429 for call in wire.world.calls)


async def test_people_in_a_hurry_get_a_friendly_sentence(
    wire: TelegramWire, ann: User, pool: ScriptedPool, store: stores.Database
) -> None:
    """The core's own limit, in seconds to wait."""
    core = Core(pool, store, CoreParts(rate=Rate(burst=1, per_minute=20)))
    async with running_bot(wire, core):
        await wire.say(ann, text="one")
        await wire.private(ann).next_media()
        await wire.say(ann, text="two")
        assert "3 s" in (await wire.private(ann).next_message()).text


@pytest.mark.usefixtures("bot")
class TestMissingRights:
    """What a chat forbids is told once, and not tried again."""

    async def test_a_group_without_pictures_is_told_once(
        self, wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
    ) -> None:
        """One refused call, one sentence; further wishes cost neither a call nor a model's time."""
        group.forbids.add("photos")
        for words in ("/meme one", "/meme two", "/meme three"):
            await wire.say(ann, group, words)
            await wire.settled()
            await asyncio.sleep(0.2)
        assert [message.text for message in group.from_bot] == [
            "I'm not allowed to send pictures here. An admin can allow it, and then I'll make memes."
        ]
        assert [call.status for call in wire.calls("sendPhoto")] == [400]
        assert len(pool.jobs) == 1

    async def test_it_is_tried_again_when_its_standing_changes(
        self, wire: TelegramWire, ann: User, group: Chat, store: stores.Database
    ) -> None:
        """Made administrator, it may send pictures."""
        group.forbids.add("photos")
        await wire.say(ann, group, "/meme one")
        await group.next_message()
        await all_answered(store)
        await wire.promote_bot(group)
        await wire.settled()
        await asyncio.sleep(0.1)
        await wire.say(ann, group, "/meme two")
        assert (await group.next_media()).button("👍")

    async def test_a_group_that_forbids_everything_is_left_alone(
        self, wire: TelegramWire, ann: User, group: Chat
    ) -> None:
        """There is no way to say so."""
        group.forbids |= {"photos", "text messages"}
        for words in ("/help", "/help", "/meme one"):
            await wire.say(ann, group, words)
            await wire.settled()
            await asyncio.sleep(0.2)
        assert [call.status for call in wire.world.calls if call.method.startswith("sendM")] == [400]

    async def test_a_person_who_blocks_the_bot_is_left_alone(
        self, wire: TelegramWire, ann: User, pool: ScriptedPool, store: stores.Database
    ) -> None:
        """And is answered again after coming back."""
        pool.hold = asyncio.Event()
        await wire.say(ann, text="monday")
        await wire.until(lambda: pool.jobs, what="the job")
        await wire.block(ann)
        pool.hold.set()
        await all_answered(store)
        assert wire.private(ann).from_bot == []
        await wire.unblock(ann)
        await wire.settled()
        await asyncio.sleep(0.1)
        await wire.say(ann, text="tuesday")
        assert (await wire.private(ann).next_media()).button("👍")

    async def test_a_kicked_bot_says_nothing_more(
        self, wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool, store: stores.Database
    ) -> None:
        """The meme that was under way is given up after one refusal."""
        pool.hold = asyncio.Event()
        await wire.say(ann, group, "/meme monday")
        await wire.until(lambda: pool.jobs, what="the job")
        await wire.kick_bot(group)
        await wire.settled()
        pool.hold.set()
        await all_answered(store)
        assert [call.status for call in wire.calls("sendPhoto")] == [403]


@pytest.mark.usefixtures("bot")
class TestGone:
    """Sources and messages that somebody deleted."""

    async def test_a_deleted_command_is_still_answered(
        self, wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
    ) -> None:
        """Just not as a reply."""
        pool.delay_s = 0.5
        command = await wire.say(ann, group, "/meme monday")
        await wire.delete(command)
        meme = await group.next_media()
        assert meme.reply_to is None

    async def test_a_picture_that_telegram_no_longer_has(self, wire: TelegramWire, ann: User) -> None:
        """It is asked for again, in words."""
        wire.fail_next("getFile", 400, "Bad Request: invalid file_id")
        await wire.say(ann, photo=draw_jpeg())
        assert "send it again" in (await wire.private(ann).next_message()).text

    async def test_a_group_that_became_a_supergroup_is_followed(
        self, wire: TelegramWire, ann: User, pool: ScriptedPool, store: stores.Database
    ) -> None:
        """The meme that was asked for in the old chat appears in the new one, and is known there."""
        basic = wire.add_group(admin=ann, basic=True)
        pool.delay_s = 0.5
        await wire.say(ann, basic, "/meme monday")
        moved = await wire.migrate(basic)
        meme = await moved.next_media()
        await all_answered(store)
        assert await store.memes.find("telegram", str(moved.id), str(meme.id))

    async def test_what_belongs_to_a_group_goes_along(
        self, wire: TelegramWire, ann: User, store: stores.Database
    ) -> None:
        """Settings keep their meaning under the new id."""
        basic = wire.add_group(admin=ann, basic=True)
        await store.chats.change_settings("telegram", str(basic.id), {"language": "ko"})
        moved = await wire.migrate(basic)
        await wire.settled()
        await all_answered(store)
        await wire.say(ann, moved, "/help")
        assert "밈" in (await moved.next_message()).text


@pytest.mark.usefixtures("bot")
class TestConnections:
    """A network that fails in the middle."""

    @pytest.mark.parametrize("method", ["sendPhoto", "answerCallbackQuery", "sendChatAction", "getUpdates"])
    async def test_a_call_that_never_arrived_is_made_again(
        self, wire: TelegramWire, ann: User, group: Chat, method: str
    ) -> None:
        """Or does not matter; in the end there is one meme with one vote."""
        wire.drop_next(method)
        meme = await make(wire, ann, group)
        query = await wire.press(ann, meme, "👍")
        if method != "answerCallbackQuery":
            await query.answered(10)
        else:
            wire.forgive_unanswered()
        await wire.until(lambda: meme.button("👍").text == "👍 1", 10, "the vote")
        assert group.from_bot == [meme]

    async def test_a_change_whose_answer_was_lost_is_made_once_more_to_the_same_end(
        self, wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
    ) -> None:
        """Turning the waiting message into the meme can be repeated; a new message could not."""
        pool.delay_s = 3.0
        wire.drop_next("editMessageMedia", after_doing_it=True)
        await wire.say(ann, group, "/meme monday")
        meme = await group.next_media(8)
        await wire.until(lambda: len(wire.calls("editMessageMedia")) == 2, 5, "the second try")
        assert group.from_bot == [meme]


async def test_a_broken_database_is_one_sentence(
    wire: TelegramWire, ann: User, group: Chat, core: Core, store: stores.Database, bot: TelegramBot, tmp_path: Path
) -> None:
    """An unexpected error shows no detail, and the bot goes on."""
    meme = await make(wire, ann, group)
    await all_answered(store)
    with contextlib.closing(sqlite3.connect(tmp_path / "memes.db")) as connection:
        connection.execute("ALTER TABLE votes RENAME TO votes_gone")
    query = await wire.press(ann, meme, "👍")
    assert "my fault" in await query.answered()
    assert (await make(wire, ann, group, "tuesday")).button("👍")


async def test_an_unknown_token_is_one_sentence(wire: TelegramWire, core: Core) -> None:
    """Who starts the bot is told where to look."""
    bot = TelegramBot(core, TelegramOptions(token=WRONG, api_url=wire.origin))
    with pytest.raises(TelegramUnavailable, match="BotFather"):
        await bot.start()
    await bot.stop()


async def test_a_network_that_is_down_at_the_start_is_waited_for(
    wire: TelegramWire, core: Core, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the program starts meanwhile."""
    monkeypatch.setattr("bot.telegram_app.client.RETRY_S", 0.1)
    wire.drop_next("getMe")
    wire.drop_next("getMe")
    async with running_bot(wire, core):
        await wire.say(ann, text="monday")
        assert (await wire.private(ann).next_media()).button("👍")


async def test_the_pace_keeps_to_its_windows() -> None:
    """No span of time has more posts than it may; reading and answering are not counted."""
    pace, times = Pace(Limits(overall=(4, 0.2), chat=(2, 0.2), group=(3, 0.5))), []

    async def post() -> bool:
        times.append(time.monotonic())
        return True

    def call(endpoint: str, chat: int) -> asyncio.Task[object]:
        return asyncio.create_task(pace.process_request(post, (), {}, endpoint, {"chat_id": chat}, None))  # type: ignore[arg-type]

    await asyncio.gather(*(call("sendMessage", -5) for _ in range(7)))
    assert all(later - first >= 0.49 for first, later in zip(times, times[3:], strict=False))
    times.clear()
    await asyncio.gather(*(call("editMessageText", -5) for _ in range(50)))
    assert times[-1] - times[0] < 0.2
    times.clear()
    await asyncio.gather(*(call("sendMessage", chat) for chat in range(1, 13)))
    assert all(later - first >= 0.19 for first, later in zip(times, times[4:], strict=False))
    await eventually(lambda: asyncio.sleep(0, result=not pace.is_crowded(1)))


@pytest.mark.parametrize("delay_s", [0.0, 0.01, 0.03, 0.1, 0.3])
async def test_stopped_at_any_moment_it_loses_nothing(
    wire: TelegramWire, core: Core, ann: User, bob: User, group: Chat, store: stores.Database, delay_s: float
) -> None:
    """What was taken from Telegram is stored before it is acknowledged, also by the last call of a bot that ends."""
    wire.forgive_unanswered()
    async with running_bot(wire, core):
        meme = await make(wire, ann, group)
        await all_answered(store)
        await asyncio.gather(wire.say(ann, text="monday"), wire.press(bob, meme, "👍"), wire.say(bob, text="tuesday"))
        await asyncio.sleep(delay_s)
    async with running_bot(wire, core):
        await wire.private(ann).next_media()
        await wire.private(bob).next_media()
        await wire.settled()
        tally = await store.votes.tally((meme.button("👍").data or "").removeprefix("up:"))
        assert (tally.up, tally.down) == (1, 0)
