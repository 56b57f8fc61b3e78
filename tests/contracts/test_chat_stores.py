"""What every database must keep for chats of other platforms, run on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db.errors import UnknownCandidate
from db.records import Tally, Toggled
from db.stores import Database
from inference.contract import Box, Candidate, Layout

pytest_plugins = ["tests.contracts.databases"]

GROUP = {"platform": "telegram", "chat_id": "-100"}
A_WHILE_AGO = timedelta(days=1)


async def add_candidates(database: Database, request_id: str = "ask-1", count: int = 1) -> tuple[str, ...]:
    lines = [Candidate(lines=(str(n),), template=None, layout=Layout.BAR, tone="joy", score=-n) for n in range(count)]
    return await database.candidates.add(
        **GROUP, asked_by="ann", request_id=request_id, model="caption-1", candidates=lines, picture_ref="file-7"
    )


async def add_meme(database: Database, message_id: str = "17") -> str:
    (candidate_id,) = await add_candidates(database, request_id=f"ask-{message_id}")
    await database.memes.add(
        candidate_id, **GROUP, message_id=message_id, lines=("a",), channel_id="topic-2", source_message_id="16"
    )
    return candidate_id


BOXES = (Box(0.1, 0.2, 0.3, 0.4),)


async def add_template(database: Database) -> str | None:
    about = {"key": "ourcat", "name": "Our cat", "boxes": BOXES, "media_type": "image/png", "added_by": "ann"}
    return await database.chat_templates.add(**GROUP, picture=b"\x89PNG\0\xff", **about)  # type: ignore[arg-type]


class TestInbox:
    async def test_an_event_is_new_once(self, database: Database) -> None:
        """However many deliveries race, one of them opens the event."""
        opened = await asyncio.gather(*(database.inbox.open("telegram", "5", {"n": n}) for n in range(10)))
        assert sorted(opened) == [False] * 9 + [True]
        assert await database.inbox.open("discord", "5", {}) is True

    async def test_many_at_once_are_each_answered(self, database: Database) -> None:
        """Three hundred opened and closed together: each new once, whatever shares its transaction."""
        names = [str(number % 200) for number in range(300)]
        opened = await asyncio.gather(*(database.inbox.open("telegram", name, {"n": name}) for name in names))
        assert (sum(opened), opened[:200]) == (200, [True] * 200)
        await asyncio.gather(*(database.inbox.close("telegram", name) for name in names[:150]))
        assert len(await database.inbox.pending("telegram")) == 50

    async def test_who_leaves_is_written_all_the_same(self, database: Database) -> None:
        """A caller that is cancelled meanwhile keeps nobody from being answered."""
        calls = [asyncio.create_task(database.inbox.open("telegram", str(number), {})) for number in range(9)]
        await asyncio.sleep(0)
        calls[4].cancel()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert [answer for answer in answers if answer is True] == [True] * 8
        await database.inbox.close("telegram", "0")
        assert len(await database.inbox.pending("telegram")) == 8

    async def test_what_is_open_is_pending_with_its_latest_note(self, database: Database) -> None:
        """Oldest first, each platform its own; a closed event is pending no more and stays known."""
        await database.inbox.open("telegram", "b", {"prompt": "월요일"})
        await database.inbox.open("telegram", "a", {"prompt": "two"})
        await database.inbox.open("discord", "c", {})
        await database.inbox.amend("telegram", "a", {"prompt": "two", "placeholder": 9})
        assert [(event.event_id, event.note) for event in await database.inbox.pending("telegram")] == [
            ("b", {"prompt": "월요일"}),
            ("a", {"prompt": "two", "placeholder": 9}),
        ]
        await database.inbox.close("telegram", "b")
        await database.inbox.amend("telegram", "b", {"prompt": "again"})
        assert [event.event_id for event in await database.inbox.pending("telegram")] == ["a"]
        assert await database.inbox.open("telegram", "b", {}) is False

    async def test_old_ids_are_forgotten_and_open_events_are_not(self, database: Database) -> None:
        """Sweeping takes what was closed or settled longer ago than asked, never what still wants an answer."""
        candidate_id = await add_meme(database)
        await database.inbox.open("telegram", "open", {})
        await database.inbox.open("telegram", "closed", {})
        await database.inbox.close("telegram", "closed")
        await database.votes.toggle(candidate_id, "telegram", "bob", 1, event_id="settled")
        assert await database.inbox.sweep(A_WHILE_AGO) == 0
        assert await database.inbox.sweep(-A_WHILE_AGO) == 2
        assert [event.event_id for event in await database.inbox.pending("telegram")] == ["open"]


class TestToggledVotes:
    async def test_the_same_vote_again_takes_it_back(self, database: Database) -> None:
        """On, over, off."""
        candidate_id = await add_meme(database)
        steps = [await database.votes.toggle(candidate_id, "telegram", "bob", value) for value in (1, -1, -1)]
        assert steps == [Toggled(Tally(1, 0), 1), Toggled(Tally(0, 1), -1), Toggled(Tally(0, 0), None)]

    async def test_an_event_counts_once_however_often_it_comes(self, database: Database) -> None:
        """Redeliveries, even at once and of an event in the inbox, change nothing and tell the same tally."""
        candidate_id = await add_meme(database)
        await database.inbox.open("telegram", "e1", {"update": 1})
        presses = (database.votes.toggle(candidate_id, "telegram", "bob", 1, event_id="e1") for _ in range(9))
        assert set(await asyncio.gather(*presses)) == {Toggled(Tally(1, 0), 1)}
        assert [event.event_id for event in await database.inbox.pending("telegram")] == ["e1"]

    async def test_a_settled_event_can_still_be_opened_once(self, database: Database) -> None:
        """A vote that was counted before anybody wrote its event down still wants its answer, and no second vote."""
        candidate_id = await add_meme(database)
        await database.votes.toggle(candidate_id, "telegram", "bob", 1, event_id="e1")
        assert await database.inbox.open("telegram", "e1", {"token": "x"}) is True
        assert await database.inbox.open("telegram", "e1", {"token": "y"}) is False
        assert [event.note for event in await database.inbox.pending("telegram")] == [{"token": "x"}]
        assert await database.votes.toggle(candidate_id, "telegram", "bob", 1, event_id="e1") == Toggled(Tally(1, 0), 1)
        await database.inbox.close("telegram", "e1")
        assert await database.inbox.open("telegram", "e1", {}) is False

    async def test_many_presses_at_once_leave_what_their_number_says(self, database: Database) -> None:
        """Seven presses of one person are one vote, eight are none."""
        candidate_id = await add_meme(database)
        await asyncio.gather(*(database.votes.toggle(candidate_id, "telegram", "ann", 1) for _ in range(7)))
        await asyncio.gather(*(database.votes.toggle(candidate_id, "telegram", "bob", 1) for _ in range(8)))
        assert await database.votes.tally(candidate_id) == Tally(1, 0)

    async def test_a_vote_on_nothing_settles_nothing(self, database: Database) -> None:
        """The event stays open for the next try."""
        with pytest.raises(UnknownCandidate):
            await database.votes.toggle("nothing", "telegram", "bob", 1, event_id="e1")
        assert await database.inbox.open("telegram", "e1", {}) is True


class TestBest:
    async def test_the_best_come_first_with_their_messages(self, database: Database) -> None:
        """By balance; what has none in its favour, other chats' and old votes stay out."""
        good, better, bad = await add_candidates(database, count=3)
        await database.memes.add(better, **GROUP, message_id="17", lines=("a",), channel_id="topic-2")
        for person in ("ann", "bob"):
            await database.votes.cast(better, "telegram", person, 1)
        await database.votes.cast(good, "telegram", "ann", 1)
        await database.votes.cast(bad, "telegram", "ann", -1)
        day_ago = datetime.now(UTC) - A_WHILE_AGO
        best = await database.votes.best(**GROUP, since=day_ago, limit=10)
        assert [(row.candidate.id, row.tally.up) for row in best] == [(better, 2), (good, 1)]
        assert (best[0].channel_id, best[0].message_id, best[1].message_id) == ("topic-2", "17", "")
        assert await database.votes.best("telegram", "-200", day_ago, 10) == ()
        assert await database.votes.best(**GROUP, since=datetime.now(UTC) + A_WHILE_AGO, limit=10) == ()


class TestMemesOfChats:
    async def test_a_meme_knows_its_channel_and_what_asked_for_it(self, database: Database) -> None:
        """It is found by the message that asked, and its request by the picture's reference."""
        candidate_id = await add_meme(database)
        meme = await database.memes.of_source(**GROUP, source_message_id="16")
        assert meme is not None
        assert (meme.candidate_id, meme.message_id, meme.channel_id) == (candidate_id, "17", "topic-2")
        assert await database.memes.of_source(**GROUP, source_message_id="17") is None
        stored = await database.candidates.get(candidate_id)
        assert stored is not None
        assert stored.picture_ref == "file-7"

    async def test_the_latest_memes_of_a_platform(self, database: Database) -> None:
        """Newest first, at most as many as asked for."""
        for message_id in ("1", "2", "3"):
            await add_meme(database, message_id)
        assert [meme.message_id for meme in await database.memes.recent("telegram", 2)] == ["3", "2"]
        assert await database.memes.recent("discord", 2) == ()


class TestMovedChats:
    async def test_what_belongs_to_a_chat_goes_along(self, database: Database) -> None:
        """Settings, captions with their votes, templates and phrases; twice is as good as once."""
        candidate_id = await add_meme(database)
        await database.votes.toggle(candidate_id, "telegram", "bob", 1)
        await database.chats.change_settings(**GROUP, changes={"language": "ko", "candidates": 2})
        await database.chats.change_settings("telegram", "-200", {"candidates": 8})
        template_id = await add_template(database)
        await database.survey.add(**GROUP, user_id="ann", text="it compiles")
        for _ in range(2):
            await database.chats.move("telegram", "-100", "-200")
        assert await database.chats.settings("telegram", "-200") == {"language": "ko", "candidates": 8}
        assert await database.chats.settings(**GROUP) == {}
        (best,) = await database.votes.best("telegram", "-200", datetime.now(UTC) - A_WHILE_AGO, 5)
        assert (best.candidate.id, best.message_id) == (candidate_id, "")
        assert await database.chat_templates.names("telegram", "-200") == ((template_id, "Our cat"),)
        assert await database.survey.count("telegram", "-200") == 1
        assert await database.memes.find(**GROUP, message_id="17") is None

    async def test_what_the_new_chat_has_already_stands(self, database: Database) -> None:
        """Names and phrases that would stand there twice stay behind."""
        await add_template(database)
        about = {"key": "ourcat", "name": "Our Cat", "boxes": (), "media_type": "image/png", "added_by": "bob"}
        theirs = await database.chat_templates.add("telegram", "-200", picture=b"x", **about)  # type: ignore[arg-type]
        for chat_id in ("-100", "-200"):
            await database.survey.add("telegram", chat_id, "ann", "it compiles")
        await database.chats.move("telegram", "-100", "-200")
        assert await database.chat_templates.names("telegram", "-200") == ((theirs, "Our Cat"),)
        assert await database.survey.count("telegram", "-200") == 1


class TestReactions:
    async def test_a_person_has_a_set_of_emoji(self, database: Database) -> None:
        """In the order in which they were put on; those that stay keep their place."""
        await add_meme(database)
        for emoji in (["👍"], ["👍", "😂"], ["😂", "custom:5", "😂"]):
            assert await database.reactions.put(**GROUP, message_id="17", user_id="bob", emoji=emoji)
        assert await database.reactions.of(**GROUP, message_id="17", user_id="bob") == ("😂", "custom:5")
        assert await database.reactions.people(**GROUP, message_id="17") == {"bob"}
        await database.reactions.put(**GROUP, message_id="17", user_id="bob", emoji=())
        assert await database.reactions.people(**GROUP, message_id="17") == frozenset()

    async def test_they_go_with_the_message(self, database: Database) -> None:
        """A message that shows no meme has none."""
        await add_meme(database)
        await database.reactions.put(**GROUP, message_id="17", user_id="bob", emoji=["👍"])
        await database.memes.forget(**GROUP, message_id="17")
        assert await database.reactions.of(**GROUP, message_id="17", user_id="bob") == ()
        assert await database.reactions.put(**GROUP, message_id="17", user_id="bob", emoji=["👍"]) is False


class TestChatTemplates:
    async def test_a_template_comes_back_as_it_was(self, database: Database) -> None:
        """Picture, boxes and name; other chats do not see it."""
        template_id = await add_template(database)
        assert template_id is not None
        stored = await database.chat_templates.get(**GROUP, template_id=template_id)
        assert stored is not None
        assert (stored.name, stored.boxes, stored.picture, stored.removed) == (
            "Our cat",
            BOXES,
            b"\x89PNG\0\xff",
            False,
        )
        assert await database.chat_templates.names(**GROUP) == ((template_id, "Our cat"),)
        assert await database.chat_templates.get("telegram", "-200", template_id) is None
        assert await database.chat_templates.names("telegram", "-200") == ()

    async def test_a_name_is_given_once_and_free_after_removal(self, database: Database) -> None:
        """Two templates of one name are refused, also when a removed one comes back too late."""
        first = await add_template(database)
        assert first is not None
        assert await add_template(database) is None
        assert await database.chat_templates.remove(**GROUP, template_id=first)
        second = await add_template(database)
        assert not await database.chat_templates.restore(**GROUP, template_id=first, key="ourcat")
        assert await database.chat_templates.names(**GROUP) == ((second, "Our cat"),)
        assert await database.chat_templates.count(**GROUP) == 2

    async def test_names_and_boxes_change_and_removal_is_undone(self, database: Database) -> None:
        """What is not named stays."""
        which = {**GROUP, "template_id": await add_template(database) or ""}
        boxes = (Box(0, 0, 1, 0.5), Box(0, 0.5, 1, 0.5))
        assert await database.chat_templates.rename(**which, name="The cat", key="thecat")
        assert await database.chat_templates.place_boxes(**which, boxes=boxes)
        assert await database.chat_templates.remove(**which)
        assert await database.chat_templates.restore(**which, key="thecat")
        stored = await database.chat_templates.get(**which)
        assert stored is not None
        assert (stored.name, stored.boxes, stored.removed) == ("The cat", boxes, False)
        assert not await database.chat_templates.place_boxes(**GROUP, template_id="nothing", boxes=boxes)


class TestForgettingChats:
    async def test_all_of_it_goes_and_nothing_of_others(self, database: Database) -> None:
        """Settings, candidates, votes, templates, phrases, marks; a chat of a similar name keeps its own."""
        candidate_id = await add_meme(database)
        template_id = await add_template(database) or ""
        await database.chats.change_settings(**GROUP, changes={"language": "ko"})
        for name in ("hint:hello:-100", "hint:hello:-1001", "hint:hello:x-100", "commands"):
            await database.marks.set("telegram", name, "said")
        await database.chats.forget(**GROUP)
        assert await database.candidates.get(candidate_id) is None
        assert await database.memes.find(**GROUP, message_id="17") is None
        assert await database.chat_templates.get(**GROUP, template_id=template_id) is None
        assert await database.chats.settings(**GROUP) == {}
        kept = [
            await database.marks.get("telegram", name) for name in ("hint:hello:-1001", "hint:hello:x-100", "commands")
        ]
        assert kept == ["said"] * 3
        assert await database.marks.get("telegram", "hint:hello:-100") is None


class TestSurveyAndMarks:
    async def test_phrases_of_a_chat(self, database: Database) -> None:
        """One person says a thing once; a phrase drawn by chance is one of the chat's."""
        assert await database.survey.add(**GROUP, user_id="ann", text="it compiles")
        assert await database.survey.add(**GROUP, user_id="ann", text="it compiles") is False
        assert await database.survey.add(**GROUP, user_id="bob", text="it compiles")
        assert await database.survey.count(**GROUP) == 2
        drawn = await database.survey.draw(**GROUP)
        assert drawn is not None
        assert drawn.text == "it compiles"
        assert await database.survey.draw("telegram", "-200") is None

    async def test_marks_are_kept_by_platform(self, database: Database) -> None:
        """The last value counts."""
        assert await database.marks.get("discord", "commands") is None
        for value in ("one", "two"):
            await database.marks.set("discord", "commands", value)
        assert await database.marks.get("discord", "commands") == "two"
        assert await database.marks.get("telegram", "commands") is None


async def test_a_person_is_shown_and_erased_whole(database: Database) -> None:
    """Emoji, phrases and templates too; a template they gave the chat stays, unnamed."""
    candidate_id = await add_meme(database)
    await database.reactions.put(**GROUP, message_id="17", user_id="ann", emoji=["👍"])
    await database.survey.add(**GROUP, user_id="ann", text="it compiles")
    template_id = await add_template(database)
    assert template_id is not None
    record = await database.people.export("telegram", "ann")
    assert record.reactions == (("17", "👍"),)
    assert [phrase.text for phrase in record.phrases] == ["it compiles"]
    assert record.templates == ("Our cat",)
    assert await database.people.erase("telegram", "ann") == 4
    left = await database.people.export("telegram", "ann")
    assert (left.candidates, left.votes, left.reactions, left.phrases, left.templates) == ((), (), (), (), ())
    kept = await database.chat_templates.get(**GROUP, template_id=template_id)
    stored = await database.candidates.get(candidate_id)
    assert kept is not None
    assert stored is not None
    assert (kept.added_by, stored.picture_ref) == (None, None)
