"""Votes by button and by reaction, over a real store."""

from __future__ import annotations

import pytest

from bot.core.core import Core
from bot.core.values import Meme, Notice, Press, Reacted, Votes
from tests.bot.conftest import ANN, BOB, PLACE, Heard, incoming


@pytest.fixture
async def meme(core: Core) -> Meme:
    made = await core.make(incoming(text="monday"), Heard())
    assert isinstance(made, Meme)
    await core.posted(made, PLACE, "7")
    return made


async def vote(core: Core, meme: Meme, *actions: str) -> Votes:
    answer: object = None
    for action in actions:
        answer = await core.press(Press(person=ANN, place=PLACE, custom_id=f"{action}:{meme.candidate_id}"), Heard())
    assert isinstance(answer, Votes)
    return answer


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        pytest.param(["up"], (1, 0, 1), id="one press counts"),
        pytest.param(["up", "up"], (0, 0, None), id="the same press again takes it back"),
        pytest.param(["up", "down"], (0, 1, -1), id="the last opinion counts"),
        pytest.param(["up", "down", "down"], (0, 0, None), id="a changed opinion can be taken back"),
    ],
)
async def test_a_person_has_one_vote(
    core: Core, meme: Meme, pressed: list[str], expected: tuple[int, int, int | None]
) -> None:
    """Buttons toggle one vote per person and candidate."""
    votes = await vote(core, meme, *pressed)
    assert (votes.up, votes.down, votes.mine) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([(1, False)], (1, 0), id="put on"),
        pytest.param([(1, False), (1, True)], (0, 0), id="taken off"),
        pytest.param([(1, False), (-1, False), (1, True)], (0, 1), id="taking off an overruled one"),
        pytest.param([(1, False), (1, False)], (1, 0), id="delivered twice"),
    ],
)
async def test_reactions_are_votes(
    core: Core, meme: Meme, events: list[tuple[int, bool]], expected: tuple[int, int]
) -> None:
    """Emoji on the message of a meme move the same tally as its buttons."""
    votes = None
    for value, removed in events:
        votes = await core.react(Reacted(person=BOB, place=PLACE, message_id="7", value=value, removed=removed))
    assert votes is not None
    assert (votes.up, votes.down) == expected


async def test_a_reaction_elsewhere_is_no_vote(core: Core, meme: Meme) -> None:
    """Only messages that show a meme of ours count."""
    assert await core.react(Reacted(person=BOB, place=PLACE, message_id="8", value=1)) is None


async def test_votes_during_a_reroll_stay_with_the_candidate_that_was_shown(core: Core, meme: Meme) -> None:
    """A vote belongs to the candidate in the button, not to the message."""
    again = await core.press(Press(person=ANN, place=PLACE, custom_id=f"next:{meme.candidate_id}"), Heard())
    assert isinstance(again, Meme)
    await core.posted(again, PLACE, "7")
    old = await vote(core, meme, "up")
    new = await core.react(Reacted(person=BOB, place=PLACE, message_id="7", value=-1))
    assert (old.up, old.down) == (1, 0)
    assert new is not None
    assert (new.candidate_id, new.up, new.down) == (again.candidate_id, 0, 1)


async def test_a_person_sees_and_erases_what_is_stored(core: Core, meme: Meme) -> None:
    """Captions asked for and votes are listed; after erasing, nothing is left and the meme is nobody's."""
    await vote(core, meme, "up")
    stored = await core.stored_about(ANN)
    assert [row["value"] for row in stored["votes"]] == [1]
    assert len(stored["captions"]) == 4
    assert not (await core.erase(ANN)).refusal
    assert await core.stored_about(ANN) == {"captions": [], "votes": []}
    answer = await core.press(Press(person=ANN, place=PLACE, custom_id=f"delete:{meme.candidate_id}"), Heard())
    assert isinstance(answer, Notice)


async def test_a_message_taken_down_takes_no_more_votes(core: Core, meme: Meme) -> None:
    """Once the front end says that a message is gone, reactions on it are no votes."""
    await core.taken_down(PLACE, "7")
    assert await core.react(Reacted(person=BOB, place=PLACE, message_id="7", value=1)) is None
