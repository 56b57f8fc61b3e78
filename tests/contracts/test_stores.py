"""What every database must do for the bot, run on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest

from db.errors import UnknownCandidate, UnknownMeme
from db.records import Tally
from db.stores import Database
from inference.contract import BY_A_PERSON, Candidate, Layout

pytest_plugins = ["tests.contracts.databases"]

ROOM = {"platform": "web", "chat_id": "room"}


def caption(*lines: str, score: float = 0.5) -> Candidate:
    return Candidate(lines=lines, template="calm-in-chaos", layout=Layout.TEMPLATE, tone="joy", score=score)


async def add_candidates(database: Database, request_id: str = "ask-1", count: int = 1) -> tuple[str, ...]:
    captions = [caption("when it compiles", f"take {rank}", score=-rank) for rank in range(count)]
    return await database.candidates.add(
        **ROOM, asked_by="ann", request_id=request_id, model="caption-1", candidates=captions
    )


class TestChats:
    async def test_a_chat_nobody_set_up_has_no_settings(self, database: Database) -> None:
        """Asking never fails and writes nothing."""
        assert await database.chats.settings("web", "nowhere") == {}

    async def test_changes_are_merged(self, database: Database) -> None:
        """Given keys are set whole, None removes, the rest stays, and other chats keep theirs."""
        await database.chats.change_settings("web", "room", {"tone": "joy", "n": 4, "limits": {"unsure": 0.4}})
        changes = {"tone": None, "n": 2, "limits": {"offensive": 0.7}}
        changed = await database.chats.change_settings("web", "room", changes)
        assert changed == {"n": 2, "limits": {"offensive": 0.7}}
        assert await database.chats.settings("web", "room") == changed
        assert await database.chats.settings("discord", "room") == {}

    async def test_concurrent_changes_all_count(self, database: Database) -> None:
        """Two people who change different settings at once never lose one another's."""
        await asyncio.gather(*(database.chats.change_settings("web", "room", {f"key-{n}": n}) for n in range(30)))
        assert await database.chats.settings("web", "room") == {f"key-{n}": n for n in range(30)}


class TestCandidates:
    async def test_a_candidate_comes_back_as_it_was(self, database: Database) -> None:
        """Lines, emoji, numbers and the missing template survive; the time is the database's, now and in UTC."""
        shown = Candidate(lines=("월요일 😀", ""), template=None, layout=Layout.BAR, tone="anger", score=-1.25)
        (candidate_id,) = await database.candidates.add(
            **ROOM, asked_by=None, request_id="ask-9", model="caption-2", candidates=[shown]
        )
        stored = await database.candidates.get(candidate_id)
        assert stored is not None
        assert stored.candidate == shown
        assert (stored.platform, stored.chat_id, stored.asked_by) == ("web", "room", None)
        assert (stored.request_id, stored.rank, stored.model) == ("ask-9", 0, "caption-2")
        assert stored.created_at.tzinfo is UTC
        assert abs(datetime.now(UTC) - stored.created_at) < timedelta(minutes=1)

    async def test_ids_come_in_rank_order(self, database: Database) -> None:
        """The first id is the best candidate's."""
        ids = await add_candidates(database, count=8)
        stored = await database.candidates.of_request("ask-1")
        assert tuple(row.id for row in stored) == ids
        assert [row.rank for row in stored] == list(range(8))

    async def test_a_repeated_request_changes_nothing(self, database: Database) -> None:
        """A request that is stored twice, even at once, has one set of candidates."""
        answers = await asyncio.gather(*(add_candidates(database, count=3) for _ in range(10)))
        assert len(set(answers)) == 1
        assert len(await database.candidates.of_request("ask-1")) == 3

    async def test_nothing_is_known_of_other_ids(self, database: Database) -> None:
        """An id that was never given out finds nothing."""
        assert await database.candidates.get("no-such-id") is None
        assert await database.candidates.of_request("no-such-request") == ()

    async def test_no_candidates_are_no_error(self, database: Database) -> None:
        """An answer whose captions were all withheld stores an empty list."""
        assert await add_candidates(database, count=0) == ()


class TestMemes:
    async def test_a_message_finds_its_meme(self, database: Database) -> None:
        """The edited lines and the candidate come back by message; other messages find nothing."""
        (candidate_id,) = await add_candidates(database)
        meme_id = await database.memes.add(candidate_id, "web", "room", "17", ("edited", "lines"))
        meme = await database.memes.find("web", "room", "17")
        assert meme is not None
        assert (meme.id, meme.candidate_id, meme.lines) == (meme_id, candidate_id, ("edited", "lines"))
        assert await database.memes.find("web", "other", "17") is None

    async def test_adding_a_message_again_keeps_one_meme(self, database: Database) -> None:
        """A message shows one meme: the second call wins and keeps the id."""
        first, second = await add_candidates(database, count=2)
        ids = [await database.memes.add(each, "web", "room", "17", ("a",)) for each in (first, second)]
        meme = await database.memes.find("web", "room", "17")
        assert meme is not None
        assert ids == [meme.id, meme.id]
        assert meme.candidate_id == second

    async def test_a_message_moves_to_the_next_candidate(self, database: Database) -> None:
        """After a re-roll the message names the new candidate, and its time of change moves on."""
        first, second = await add_candidates(database, count=2)
        await database.memes.add(first, "web", "room", "17", ("a",))
        moved = await database.memes.move("web", "room", "17", second, ("b",))
        assert moved == await database.memes.find("web", "room", "17")
        assert (moved.candidate_id, moved.lines) == (second, ("b",))
        assert moved.changed_at >= moved.created_at

    async def test_a_forgotten_message_is_gone_and_its_votes_stay(self, database: Database) -> None:
        """Deleting a message is no opinion of its candidate."""
        (candidate_id,) = await add_candidates(database)
        await database.memes.add(candidate_id, "web", "room", "17", ("a",))
        await database.votes.cast(candidate_id, "web", "bob", 1)
        assert await database.memes.forget("web", "room", "17") is True
        assert await database.memes.forget("web", "room", "17") is False
        assert await database.memes.find("web", "room", "17") is None
        assert await database.votes.tally(candidate_id) == Tally(up=1, down=0)

    async def test_unknown_things_are_refused(self, database: Database) -> None:
        """Neither an unknown candidate nor an unknown message is written anywhere."""
        (candidate_id,) = await add_candidates(database)
        with pytest.raises(UnknownCandidate):
            await database.memes.add("no-such-id", "web", "room", "17", ("a",))
        with pytest.raises(UnknownMeme):
            await database.memes.move("web", "room", "17", candidate_id, ("a",))
        await database.memes.add(candidate_id, "web", "room", "17", ("a",))
        with pytest.raises(UnknownCandidate):
            await database.memes.move("web", "room", "17", "no-such-id", ("a",))


class TestVotes:
    async def test_the_last_vote_of_a_person_counts(self, database: Database) -> None:
        """A person has one vote per candidate; the same id on another platform is another person."""
        (candidate_id,) = await add_candidates(database)
        assert await database.votes.cast(candidate_id, "web", "bob", 1) == Tally(up=1, down=0)
        assert await database.votes.cast(candidate_id, "web", "bob", -1) == Tally(up=0, down=1)
        assert await database.votes.cast(candidate_id, "discord", "bob", -1) == Tally(up=0, down=2)
        assert await database.votes.of(candidate_id, "web", "bob") == -1

    async def test_a_withdrawn_vote_is_gone(self, database: Database) -> None:
        """Withdrawing counts at once; withdrawing what is not there changes nothing."""
        first, second = await add_candidates(database, count=2)
        await database.votes.cast(first, "web", "bob", 1)
        await database.votes.cast(second, "web", "bob", 1)
        assert await database.votes.withdraw(first, "web", "bob") == Tally(up=0, down=0)
        assert await database.votes.withdraw(first, "web", "bob") == Tally(up=0, down=0)
        assert await database.votes.of(first, "web", "bob") is None
        assert await database.votes.tally(second) == Tally(up=1, down=0)

    async def test_a_vote_on_nothing_is_refused(self, database: Database) -> None:
        """The person reads a sentence, and nothing is stored."""
        with pytest.raises(UnknownCandidate, match="not known here any more"):
            await database.votes.cast("no-such-id", "web", "bob", 1)
        assert await database.votes.of("no-such-id", "web", "bob") is None

    @pytest.mark.parametrize("value", [0, 2, -2])
    async def test_a_vote_is_up_or_down(self, database: Database, value: int) -> None:
        """There is no third opinion and no double vote."""
        (candidate_id,) = await add_candidates(database)
        with pytest.raises(ValueError, match="1 or -1"):
            await database.votes.cast(candidate_id, "web", "bob", value)

    async def test_a_hundred_votes_at_once_leave_one_per_person(self, database: Database) -> None:
        """However votes of 20 people interleave, the tally is the sum of each one's stored vote."""
        (candidate_id,) = await add_candidates(database)
        ballots = [(f"user-{n % 20}", 1 if n // 20 % 2 else -1) for n in range(100)]
        random.shuffle(ballots)
        await asyncio.gather(*(database.votes.cast(candidate_id, "web", who, value) for who, value in ballots))
        kept = [await database.votes.of(candidate_id, "web", f"user-{n}") for n in range(20)]
        tally = await database.votes.tally(candidate_id)
        assert tally.up + tally.down == 20
        assert (kept.count(1), kept.count(-1)) == (tally.up, tally.down)


class TestPeople:
    async def test_a_person_sees_all_that_is_stored(self, database: Database) -> None:
        """The export holds what they asked for and how they voted, and nothing of others."""
        ids = await add_candidates(database, count=2)
        await database.votes.cast(ids[0], "web", "ann", -1)
        await database.votes.cast(ids[0], "web", "bob", 1)
        record = await database.people.export("web", "ann")
        assert [row.id for row in record.candidates] == list(ids)
        assert [(vote.candidate_id, vote.value) for vote in record.votes] == [(ids[0], -1)]
        stranger = await database.people.export("discord", "ann")
        assert (stranger.candidates, stranger.votes) == ((), ())

    async def test_an_erased_person_leaves_no_trace(self, database: Database) -> None:
        """Their votes go, their candidates stay without their name, others keep theirs."""
        ids = await add_candidates(database, count=2)
        await database.votes.cast(ids[0], "web", "ann", -1)
        await database.votes.cast(ids[0], "web", "bob", 1)
        assert await database.people.erase("web", "ann") == 3
        record = await database.people.export("web", "ann")
        assert (record.candidates, record.votes) == ((), ())
        assert await database.votes.tally(ids[0]) == Tally(up=1, down=0)
        stored = await database.candidates.of_request("ask-1")
        assert [row.asked_by for row in stored] == [None, None]
        assert await database.people.erase("web", "ann") == 0

    async def test_an_erased_person_takes_their_words_along(self, database: Database) -> None:
        """Lines that the person wrote are blanked, in the candidate and in the message that shows it."""
        about = {"platform": "web", "chat_id": "room", "asked_by": "ann", "model": BY_A_PERSON}
        (edited,) = await database.candidates.add(**about, request_id="edit-1", candidates=[caption("my secret")])
        await database.memes.add(edited, "web", "room", "message-1", ["my secret"])
        await database.people.erase("web", "ann")
        stored = await database.candidates.get(edited)
        shown = await database.memes.find("web", "room", "message-1")
        assert stored is not None
        assert shown is not None
        assert (stored.candidate.lines, shown.lines) == ((), ())
