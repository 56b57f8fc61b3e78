"""Votes by button and by reaction, over a real store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.core import Core
from bot.core.values import Listed, Meme, Notice, Person, Press, Reacted, Votes
from tests.bot.conftest import ANN, BOB, PLACE, Heard, incoming


@pytest.fixture
async def meme(core: Core) -> Meme:
    made = await core.make(incoming(text="monday"), Heard())
    assert isinstance(made, Meme)
    await core.posted(made, PLACE, "7")
    return made


def emoji_event(event: str, person: Person = BOB) -> Reacted:
    """ "+👍" puts an emoji on, "-👍" takes it off."""
    change = {"added" if event[0] == "+" else "removed": (event[1:],)}
    return Reacted(person=person, place=PLACE, message_id="7", **change)


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
        pytest.param(["+👍"], (1, 0), id="put on"),
        pytest.param(["+👍🏽"], (1, 0), id="whatever the tone of the skin"),
        pytest.param(["+👍", "-👍"], (0, 0), id="taken off"),
        pytest.param(["+👍", "+👎", "-👍"], (0, 1), id="taking off an overruled one"),
        pytest.param(["+👍", "+👍"], (1, 0), id="delivered twice"),
        pytest.param(["+👍", "+😂", "-😂"], (1, 0), id="another that means the same stays"),
        pytest.param(["+👎", "+😂", "-😂"], (0, 1), id="an earlier one counts again"),
        pytest.param(["+🥒"], (0, 0), id="an emoji without a meaning"),
    ],
)
async def test_reactions_are_votes(core: Core, meme: Meme, events: list[str], expected: tuple[int, int]) -> None:
    """Emoji on the message of a meme move the same tally as its buttons."""
    votes = None
    for event in events:
        votes = await core.react(emoji_event(event))
    assert votes is not None
    assert (votes.up, votes.down) == expected


async def test_a_button_overrules_an_emoji_until_the_emoji_changes(core: Core, meme: Meme) -> None:
    """Taking off the emoji of an overruled vote leaves the button's vote."""
    await core.react(emoji_event("+👍", ANN))
    pressed = await vote(core, meme, "down")
    assert (pressed.up, pressed.down) == (0, 1)
    votes = await core.react(emoji_event("-👍", ANN))
    assert votes is not None
    assert (votes.up, votes.down) == (0, 1)


async def test_programs_do_not_vote(core: Core, meme: Meme) -> None:
    """Whatever another bot reacts with."""
    assert await core.react(emoji_event("+👍", replace(BOB, bot=True))) is None
    assert await core.votes_on(meme.candidate_id) == Votes(meme.candidate_id, 0, 0)


async def test_a_press_that_is_delivered_again_counts_once(core: Core, meme: Meme) -> None:
    """The same event never toggles back."""
    press = Press(person=ANN, place=PLACE, custom_id=f"up:{meme.candidate_id}", event_id="update-5")
    for _ in range(3):
        votes = await core.press(press, Heard())
        assert isinstance(votes, Votes)
        assert (votes.up, votes.mine) == (1, 1)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param({"ann": ("👍",), "bob": ("👎",)}, (1, 1), id="nothing happened"),
        pytest.param({"ann": ("👍",)}, (1, 0), id="one was taken off"),
        pytest.param({"ann": ("👍",), "bob": ("👎",), "cy": ("🔥",)}, (2, 1), id="one was put on"),
        pytest.param({"ann": ("👍", "💩"), "bob": ("👎",)}, (0, 2), id="one changed their mind"),
        pytest.param({}, (0, 0), id="all are gone"),
    ],
)
async def test_what_happened_meanwhile_is_taken_over(
    core: Core, meme: Meme, listed: dict[str, tuple[str, ...]], expected: tuple[int, int]
) -> None:
    """On start the listed emoji count; listing them again changes nothing."""
    await core.react(emoji_event("+👍", ANN))
    await core.react(emoji_event("+👎", BOB))
    for _ in range(2):
        votes = await core.reconcile(Listed(place=PLACE, message_id="7", emoji=listed))
        assert votes is not None
        assert (votes.up, votes.down) == expected


async def test_a_list_does_not_overrule_later_buttons(core: Core, meme: Meme) -> None:
    """Only the votes of people whose emoji have changed are moved."""
    await core.react(emoji_event("+👍", ANN))
    await vote(core, meme, "down")
    votes = await core.reconcile(Listed(place=PLACE, message_id="7", emoji={"ann": ("👍",)}))
    assert votes is not None
    assert (votes.up, votes.down) == (0, 1)


async def test_emoji_of_many_at_once(core: Core, meme: Meme) -> None:
    """Twenty people who put on and take off in a hurry end where their last event left them."""
    people = [Person("web", f"p{n}") for n in range(20)]
    events = [emoji_event(event, person) for event in ("+👍", "-👍", "+👎") for person in people]
    await asyncio.gather(*(core.react(event) for event in events))
    assert await core.votes_on(meme.candidate_id) == Votes(meme.candidate_id, 0, 20)


async def test_a_reaction_elsewhere_is_no_vote(core: Core, meme: Meme) -> None:
    """Only messages that show a meme of ours count."""
    assert await core.react(Reacted(person=BOB, place=PLACE, message_id="8", added=("👍",))) is None


async def test_votes_during_a_reroll_stay_with_the_candidate_that_was_shown(core: Core, meme: Meme) -> None:
    """A vote belongs to the candidate in the button, not to the message."""
    again = await core.press(Press(person=ANN, place=PLACE, custom_id=f"next:{meme.candidate_id}"), Heard())
    assert isinstance(again, Meme)
    await core.posted(again, PLACE, "7")
    old = await vote(core, meme, "up")
    new = await core.react(emoji_event("+👎"))
    assert (old.up, old.down) == (1, 0)
    assert new is not None
    assert (new.candidate_id, new.up, new.down) == (again.candidate_id, 0, 1)


async def test_a_person_sees_and_erases_what_is_stored(core: Core, meme: Meme) -> None:
    """Captions asked for and votes are listed; after erasing, nothing is left and the meme is nobody's."""
    await vote(core, meme, "up")
    stored = await core.stored_about(ANN)
    assert [row["value"] for row in stored["votes"]] == [1]
    assert len(stored["captions"]) == 4
    assert not (await core.erase(ANN, PLACE)).refusal
    assert not any((await core.stored_about(ANN)).values())
    answer = await core.press(Press(person=ANN, place=PLACE, custom_id=f"delete:{meme.candidate_id}"), Heard())
    assert isinstance(answer, Notice)


async def test_a_message_taken_down_takes_no_more_votes(core: Core, meme: Meme) -> None:
    """Once the front end says that a message is gone, reactions on it are no votes."""
    await core.taken_down(PLACE, "7")
    assert await core.react(emoji_event("+👍")) is None
