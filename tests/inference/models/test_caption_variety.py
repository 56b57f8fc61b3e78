"""Of many captions the good ones are chosen, and no two alike."""

from __future__ import annotations

import pytest

from inference.models.caption_variety import are_twins, choose_varied, overlap

ALIENS = ("vegans", "are like aliens.")


@pytest.mark.parametrize(
    ("other", "twins"),
    [
        pytest.param(("vegans are", "like cats to me"), True, id="the same opening"),
        pytest.param(("vegans", "are all aliens!"), True, id="the same subjects, other signs"),
        pytest.param(("like aliens vegans", "are"), True, id="the same words"),
        pytest.param(("brace yourselves", "vegans are coming"), False, id="one subject in common"),
    ],
)
def test_twins_are_one_joke(other: tuple[str, ...], twins: bool) -> None:
    """A reader sees no difference where only small words or signs differ."""
    assert are_twins(ALIENS, other) is twins
    assert are_twins(other, ALIENS) is twins


def test_the_best_are_chosen_and_no_twins() -> None:
    """Best first; a twin gives its place to the next caption, and is left out even where places are left."""
    captions = [("brace yourselves", "exams"), ALIENS, ("vegans", "are all aliens!"), ("not simply", "walk a dog")]
    assert choose_varied([1.0, 3.0, 2.9, 0.5], captions, n=3) == [1, 0, 3]
    assert choose_varied([1.0, 3.0, 2.9, 0.5], captions, n=9) == [1, 0, 3]


def test_variety_outweighs_a_small_lead() -> None:
    """Of two captions of about one score the one with other words goes along."""
    captions = [("my cat at", "three in the morning"), ("a cat in", "the morning light"), ("nobody likes", "soup days")]
    assert choose_varied([2.0, 1.1, 1.0], captions, n=2) == [0, 2]
    assert choose_varied([2.0, 1.9, 1.0], captions, n=2) == [0, 1]


def test_overlap_is_a_share() -> None:
    """All words or none."""
    assert overlap(("a b",), ("b", "a")) == 1.0
    assert overlap(("a b",), ("c d",)) == 0.0
