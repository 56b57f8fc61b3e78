"""What people do to memes on Telegram: buttons and emoji."""

from __future__ import annotations

import asyncio

import pytest

from db import stores
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool
from tests.bot.telegram.conftest import all_answered, draw_jpeg, eventually, make
from tests.wire.telegram import Chat, Message, TelegramWire, User

pytestmark = pytest.mark.usefixtures("bot")


def candidate_of(meme: Message) -> str:
    return (meme.button("👍").data or "").removeprefix("up:")


async def tally(store: stores.Database, meme: Message) -> tuple[int, int]:
    found = await store.votes.tally(candidate_of(meme))
    return found.up, found.down


async def test_a_vote_is_told_to_who_cast_it_and_shown_to_all(
    wire: TelegramWire, ann: User, bob: User, group: Chat, store: stores.Database
) -> None:
    """The pop-up has the tally, the buttons get it a moment later, once for many votes."""
    meme = await make(wire, ann, group)
    first, second = await wire.press(ann, meme, "👍"), await wire.press(bob, meme, "👎")
    assert {await first.answered(), await second.answered()} >= {"👍 1   👎 1"}
    await wire.until(lambda: [button.text for button in meme.buttons][:2] == ["👍 1", "👎 1"], what="the tally")
    assert await tally(store, meme) == (1, 1)


async def test_the_same_button_takes_a_vote_back(
    wire: TelegramWire, ann: User, group: Chat, store: stores.Database
) -> None:
    """One person has one vote; the last press counts."""
    meme = await make(wire, ann, group)
    for label, expected in (("👍", (1, 0)), ("👎", (0, 1)), ("👎", (0, 0))):
        await (await wire.press(ann, meme, label)).answered()
        assert await tally(store, meme) == expected


async def test_presses_of_one_person_count_in_their_order(
    wire: TelegramWire, ann: User, group: Chat, store: stores.Database
) -> None:
    """However fast somebody presses, the last one wins."""
    meme = await make(wire, ann, group)
    presses = [await wire.press(ann, meme, label) for label in ("👍", "👎", "👍", "👎", "👍")]
    await asyncio.gather(*(press.answered() for press in presses))
    assert await tally(store, meme) == (1, 0)


async def test_emoji_are_votes_for_an_administrator(
    wire: TelegramWire, ann: User, bob: User, group: Chat, store: stores.Database
) -> None:
    """Put on, changed, taken off; each changes the one vote of the person."""
    await wire.promote_bot(group, "can_pin_messages")
    meme = await make(wire, ann, group)
    await all_answered(store)
    for emoji, expected in ((["🔥"], (1, 0)), (["👎"], (0, 1)), (["👎", "❤"], (1, 0)), ([], (0, 0))):
        await wire.react(bob, meme, emoji)
        await wire.settled()
        assert await tally(store, meme) == expected


async def test_emoji_and_buttons_are_one_vote(
    wire: TelegramWire, ann: User, bob: User, group: Chat, store: stores.Database
) -> None:
    """Whichever way it came, the last one counts."""
    await wire.promote_bot(group)
    meme = await make(wire, ann, group)
    await all_answered(store)
    await wire.react(bob, meme, ["👎"])
    await (await wire.press(bob, meme, "👍")).answered()
    assert await tally(store, meme) == (1, 0)
    await wire.react(bob, meme, [])
    await wire.settled()
    assert await tally(store, meme) == (1, 0)


async def test_emoji_in_the_name_of_the_group_are_no_votes(
    wire: TelegramWire, ann: User, group: Chat, store: stores.Database
) -> None:
    """Behind a group may stand anybody, who has a vote already."""
    await wire.promote_bot(group)
    meme = await make(wire, ann, group)
    await all_answered(store)
    await wire.react(ann, meme, ["👍"], anonymous=True)
    await wire.settled()
    assert await tally(store, meme) == (0, 0)


async def test_a_chat_decides_what_an_emoji_is_worth(
    wire: TelegramWire, ann: User, group: Chat, store: stores.Database
) -> None:
    """The table of `/settings` counts here as well."""
    await wire.promote_bot(group)
    await store.chats.change_settings("telegram", str(group.id), {"emoji": {"🤡": -1}})
    meme = await make(wire, ann, group)
    await all_answered(store)
    await wire.react(ann, meme, ["👍"])
    await wire.react(ann, meme, ["🤡"])
    await wire.settled()
    assert await tally(store, meme) == (0, 1)


async def test_the_next_meme_takes_the_place_of_the_one_before(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool
) -> None:
    """🔁 by the asker changes picture, caption and buttons of the message; no new one is posted."""
    meme = await make(wire, ann, group)
    first = candidate_of(meme)
    await (await wire.press(ann, meme, "🔁")).answered()
    await wire.until(lambda: candidate_of(meme) != first, what="the next candidate")
    assert len(group.from_bot) == 1
    assert "top" in meme.caption


async def test_anybody_else_gets_a_meme_of_their_own(wire: TelegramWire, ann: User, bob: User, group: Chat) -> None:
    """Nobody changes another's meme."""
    meme = await make(wire, ann, group)
    await (await wire.press(bob, meme, "🔁")).answered()
    theirs = await group.next_media()
    assert theirs is not meme
    assert "Bob" in theirs.caption
    assert theirs.reply_to is meme


async def test_a_meme_of_a_photo_can_be_rerolled_without_the_memory_of_it(
    wire: TelegramWire, ann: User, group: Chat, core: object, pool: ScriptedPool
) -> None:
    """Telegram keeps files, so the stored file id suffices after a restart."""
    await wire.say(ann, group, "/meme n:1", photo=draw_jpeg())
    meme = await group.next_media()
    core._services.sources._sources.clear()  # type: ignore[attr-defined]
    first = candidate_of(meme)
    await (await wire.press(ann, meme, "🔁")).answered()
    await wire.until(lambda: candidate_of(meme) != first, what="the next candidate")


async def test_words_are_edited_by_a_reply(wire: TelegramWire, ann: User, group: Chat) -> None:
    """✏️ asks for new words under the asker's own message, whose reply field opens; the answer changes the meme."""
    command = await wire.say(ann, group, "/meme monday")
    meme = await group.next_media()
    await (await wire.press(ann, meme, "✏")).answered()
    question = await group.next_message()
    assert question.force_reply
    assert question.reply_to is command
    assert "top" in question.text
    await wire.say(ann, group, "my own\nwords", reply_to=question)
    await wire.until(lambda: "my own / words" in meme.caption, what="the edited meme")
    await wire.until(lambda: question.deleted, what="the question to be taken away")


async def test_offensive_words_are_refused_and_change_nothing(wire: TelegramWire, ann: User, group: Chat) -> None:
    """The question stays, so that kinder words can be sent."""
    meme = await make(wire, ann, group)
    before = meme.caption
    await (await wire.press(ann, meme, "✏")).answered()
    question = await group.next_message()
    await wire.say(ann, group, BAD_WORD, reply_to=question)
    assert "kinder" in (await group.next_message()).text
    assert (meme.caption, question.deleted) == (before, False)


async def test_anybody_elses_words_become_their_own_meme(wire: TelegramWire, ann: User, bob: User, group: Chat) -> None:
    """Whose message is not above the meme gets no reply field forced open, but may reply."""
    meme = await make(wire, ann, group)
    await (await wire.press(bob, meme, "✏")).answered()
    question = await group.next_message()
    assert not question.force_reply
    await wire.say(bob, group, "bob's words", reply_to=question)
    theirs = await group.next_media()
    assert theirs is not meme
    assert "bob's words" in theirs.caption


async def test_a_meme_is_removed_by_its_asker(
    wire: TelegramWire, ann: User, bob: User, group: Chat, store: stores.Database
) -> None:
    """Others are told that they may not; afterwards the message is forgotten."""
    meme = await make(wire, bob, group)
    carl = wire.add_user("Carl")
    refused = await wire.press(carl, meme, "🗑")
    assert "Only the person" in await refused.answered()
    assert refused.is_alert
    await (await wire.press(bob, meme, "🗑")).answered()
    assert meme.deleted
    assert await store.memes.find("telegram", str(group.id), str(meme.id)) is None


async def test_a_moderator_may_remove_any_meme(wire: TelegramWire, ann: User, bob: User, group: Chat) -> None:
    """Ann owns the group."""
    meme = await make(wire, bob, group)
    await (await wire.press(ann, meme, "🗑")).answered()
    assert meme.deleted


async def test_after_two_days_a_meme_stays_and_it_is_said_why(wire: TelegramWire, ann: User, group: Chat) -> None:
    """Telegram lets nobody delete for everybody then."""
    meme = await make(wire, ann, group)
    wire.advance(hours=49)
    assert "two days" in await (await wire.press(ann, meme, "🗑")).answered()
    assert not meme.deleted


async def test_a_forged_button_does_nothing(wire: TelegramWire, ann: User, group: Chat) -> None:
    """Callback data is user input like everything else."""
    meme = await make(wire, ann, group)
    for data in ("up:nobody", "no such thing", "tpl:show=../../etc", "chk:1", "stop:1", "mk:tone:x", "edit:", "=" * 60):
        assert await (await wire.press(ann, meme, data, forged=True)).answered() or data.startswith(("mk:", "edit"))
    await wire.settled()


async def test_a_deleted_meme_is_forgotten_when_somebody_votes(
    wire: TelegramWire, ann: User, group: Chat, store: stores.Database
) -> None:
    """Telegram tells bots of no deletion: the next change of its buttons does."""
    meme = await make(wire, ann, group)
    await wire.delete(meme)
    await (await wire.press(ann, meme, "👍")).answered()

    async def is_forgotten() -> bool:
        return await store.memes.find("telegram", str(group.id), str(meme.id)) is None

    await eventually(is_forgotten)
    assert await tally(store, meme) == (1, 0)
