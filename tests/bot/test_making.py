"""Memes from asking to the last candidate, over a real store."""

from __future__ import annotations

import pytest

from bot.core.actions import Action, Button
from bot.core.core import Core
from bot.core.errors import PictureGone
from bot.core.values import Filled, Meme, Notice, Person, Picture, Press, Removed
from db import stores
from inference.contract import CaptionRequest, FailureKind, PoolState, RenderRequest
from tests.bot.conftest import ANN, BOB, PLACE, Heard, incoming, photo
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool


def button(meme: Meme, action: Action) -> Button:
    return next(each for each in meme.buttons if each.action is action)


async def press(core: Core, meme: Meme, action: Action, person: Person = ANN) -> object:
    return await core.press(Press(person=person, place=PLACE, custom_id=button(meme, action).custom_id), Heard())


async def make(core: Core, **values: object) -> Meme:
    meme = await core.make(incoming(**values), Heard())
    assert isinstance(meme, Meme)
    return meme


async def test_a_prompt_becomes_a_described_meme_with_every_button(core: Core, heard: Heard) -> None:
    """A meme carries alt text, no votes, and one button for each action."""
    meme = await make(core, text="monday")
    assert "monday" in meme.alt_text
    assert (meme.votes.up, meme.votes.down) == (0, 0)
    assert [each.action for each in meme.buttons] == list(Action)
    assert heard.words == []


async def test_every_candidate_of_an_answer_is_stored_with_who_asked(core: Core, store: stores.Database) -> None:
    """All candidates are kept in the order of the model, not only the one that is shown."""
    meme = await make(core, text="monday", n=3)
    shown = await store.candidates.get(meme.candidate_id)
    assert shown is not None
    assert (shown.asked_by, shown.rank, shown.model) == ("ann", 0, "caption-test")
    assert len(await store.candidates.of_request(shown.request_id)) == 3


async def test_the_next_button_walks_through_the_stored_candidates_in_place(core: Core, pool: ScriptedPool) -> None:
    """The asker sees each stored candidate once, without the model being asked again."""
    first = await make(core, picture=photo(), n=3)
    second = await press(core, first, Action.NEXT)
    assert isinstance(second, Meme)
    third = await press(core, second, Action.NEXT)
    assert isinstance(third, Meme)
    assert [meme.lines[0].split()[-1] for meme in (first, second, third)] == ["0", "1", "2"]
    assert second.replaces
    assert third.replaces
    assert len(pool.requests(CaptionRequest)) == 1


async def test_after_the_last_candidate_fresh_ones_come_with_a_new_seed(core: Core, pool: ScriptedPool) -> None:
    """The second round is asked with the same picture, prompt and tone but another seed."""
    only = await make(core, picture=photo(), text="monday", tone="joy", n=1)
    fresh = await press(core, only, Action.NEXT)
    assert isinstance(fresh, Meme)
    before, after = pool.requests(CaptionRequest)
    assert isinstance(before, CaptionRequest)
    assert isinstance(after, CaptionRequest)
    assert (before.image, before.prompt, before.tone) == (after.image, after.prompt, after.tone)
    assert before.seed != after.seed
    assert fresh.candidate_id != only.candidate_id


async def test_anybody_else_gets_a_meme_of_their_own(core: Core, store: stores.Database) -> None:
    """A re-roll by another person leaves the asker's meme alone."""
    theirs = await press(core, await make(core, text="monday"), Action.NEXT, BOB)
    assert isinstance(theirs, Meme)
    assert not theirs.replaces
    assert "Bob" in theirs.note
    stored = await store.candidates.get(theirs.candidate_id)
    assert stored is not None
    assert stored.asked_by == "bob"


async def test_a_template_meme_can_be_rerolled_after_a_restart(
    core: Core, pool: ScriptedPool, store: stores.Database
) -> None:
    """What is stored suffices for a template, even when nothing is remembered in memory."""
    meme = await make(core, text="monday")
    again = await press(Core(pool, store), meme, Action.NEXT)
    assert isinstance(again, Meme)
    assert again.template == meme.template


async def test_a_forgotten_picture_is_asked_for_again(core: Core, pool: ScriptedPool, store: stores.Database) -> None:
    """Pictures live in memory only; afterwards a re-roll says so instead of failing."""
    meme = await make(core, picture=photo())
    answer = await press(Core(pool, store), meme, Action.NEXT)
    assert isinstance(answer, Notice)
    assert "send it again" in answer.text


async def test_a_front_end_that_knows_the_picture_can_bring_it(
    core: Core, pool: ScriptedPool, store: stores.Database
) -> None:
    """A press may carry the source picture, so that a platform which keeps files can re-roll after a restart."""
    meme = await make(core, picture=photo())
    custom_id = button(meme, Action.NEXT).custom_id
    answer = await Core(pool, store).press(
        Press(person=ANN, place=PLACE, custom_id=custom_id, picture=photo()), Heard()
    )
    assert isinstance(answer, Meme)
    request = pool.requests(RenderRequest)[-1]
    assert isinstance(request, RenderRequest)
    assert request.image == await photo().load()


async def test_edited_words_become_a_candidate_that_a_person_wrote(core: Core, store: stores.Database) -> None:
    """An edit is stored apart from the model's own words, so that votes on it never praise the model."""
    meme = await make(core, text="monday")
    edited = await core.fill(
        Filled(person=ANN, place=PLACE, form_id=f"edit:{meme.candidate_id}", values=(" my  own ", "words")), Heard()
    )
    assert isinstance(edited, Meme)
    assert edited.lines == ("my own", "words")
    stored = await store.candidates.get(edited.candidate_id)
    assert stored is not None
    assert stored.model == "person"
    assert stored.id != meme.candidate_id


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param((f"you {BAD_WORD}", ""), "kinder", id="words that offend"),
        pytest.param(("", "  "), "at least one word", id="no words"),
        pytest.param(("a" * 161, ""), "160 characters", id="a line that is too long"),
    ],
)
async def test_edits_that_cannot_be_posted_are_refused_kindly(
    core: Core, lines: tuple[str, ...], expected: str
) -> None:
    """Words of a person pass the same flag model as those of the captioner."""
    meme = await make(core, text="monday")
    answer = await core.fill(
        Filled(person=ANN, place=PLACE, form_id=f"edit:{meme.candidate_id}", values=lines), Heard()
    )
    assert isinstance(answer, Notice)
    assert expected in answer.text


async def test_words_that_could_not_be_checked_are_not_posted(core: Core, pool: ScriptedPool) -> None:
    """A flag model that fails never counts as consent."""
    meme = await make(core, text="monday")
    pool.failing = {"flag": FailureKind.MODEL_ERROR}
    answer = await core.fill(
        Filled(person=ANN, place=PLACE, form_id=f"edit:{meme.candidate_id}", values=("kind", "words")), Heard()
    )
    assert isinstance(answer, Notice)
    assert "couldn't check" in answer.text


@pytest.mark.parametrize("kind", list(FailureKind), ids=lambda kind: kind.value)
async def test_every_failure_is_one_friendly_sentence(core: Core, pool: ScriptedPool, kind: FailureKind) -> None:
    """Whatever a job dies of, the asker reads a sentence and no jargon."""
    pool.failing = {"caption": kind}
    answer = await core.make(incoming(text="monday"), Heard())
    assert isinstance(answer, Notice)
    assert answer.text.endswith((".", "?"))
    assert kind.value not in answer.text


async def test_only_the_asker_or_a_moderator_removes_a_meme(core: Core) -> None:
    """The bin answers everybody, but obeys two kinds of people."""
    meme = await make(core, text="monday")
    refused = await press(core, meme, Action.DELETE, BOB)
    assert isinstance(refused, Notice)
    moderator = Person("web", "mod", moderator=True)
    assert isinstance(await press(core, meme, Action.DELETE, moderator), Removed)
    assert isinstance(await press(core, meme, Action.DELETE, ANN), Removed)


@pytest.mark.parametrize("custom_id", ["", "up", "up:", "fly:1", "up:" + "x" * 80, "next:unknown"])
async def test_strange_buttons_get_a_sentence(core: Core, custom_id: str) -> None:
    """Button ids are user input: an unknown one is answered, never raised."""
    answer = await core.press(Press(person=ANN, place=PLACE, custom_id=custom_id), Heard())
    assert isinstance(answer, Notice)


async def test_a_picture_that_is_gone_is_said_to_be_gone(core: Core) -> None:
    """A platform file that can no longer be fetched ends in a sentence."""

    async def load() -> bytes:
        raise PictureGone

    answer = await core.make(incoming(picture=Picture("old", load)), Heard())
    assert isinstance(answer, Notice)
    assert "send it again" in answer.text


async def test_whoever_waits_hears_why(core: Core, pool: ScriptedPool, heard: Heard) -> None:
    """Over a moment, the asker is told: warming up first, then how many wait."""
    pool.delay_s, pool.state, pool.queued = 0.5, PoolState.LOADING, 3
    await core.make(incoming(text="monday"), heard)
    assert [word.text for word in heard.words] == ["The models are warming up…"]
    pool.state = PoolState.READY
    await core.make(incoming(text="monday"), heard)
    assert heard.words[-1].waiting == 3


@pytest.mark.parametrize(
    ("before", "expected"),
    [pytest.param(0, "Number 1 in line…", id="next"), pytest.param(None, "Working on it…", id="with a worker")],
)
async def test_where_the_pool_knows_places_the_place_is_told(
    store: stores.Database, heard: Heard, before: int | None, expected: str
) -> None:
    """A pool of this machine tells one job's place; then the length of the line does not matter."""

    class Counter(ScriptedPool):
        def place_of(self, job_id: str) -> int | None:
            return before

    await Core(Counter(delay_s=0.5, queued=9), store).make(incoming(text="monday"), heard)
    assert [word.text for word in heard.words] == [expected]
