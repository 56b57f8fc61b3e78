"""Intervals hold the truth about as often as they say, and copies of an item are no further evidence."""

from __future__ import annotations

import numpy as np
import pytest

from training.report.evaluation import Score
from training.report.intervals import bootstrap_score, mean_score, share_score
from training.report.measures import auroc, macro_f1

DRAWS = 200


def width(score: Score) -> float:
    assert score.interval is not None
    return score.interval[1] - score.interval[0]


def coverage(scores: list[Score], truth: float) -> float:
    intervals = [score.interval or (1.0, 0.0) for score in scores]
    return float(np.mean([low <= truth <= high for low, high in intervals]))


@pytest.mark.parametrize(
    ("right", "items", "low", "high"),
    [
        pytest.param(5, 10, 0.2366, 0.7634, id="half of ten"),
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe (1998), example a"),
    ],
)
def test_a_share_has_wilsons_interval(right: int, items: int, low: float, high: float) -> None:
    """Published values, and never an interval of no width."""
    score = share_score([True] * right + [False] * (items - right))
    assert score.value == pytest.approx(right / items)
    assert score.items == items
    assert score.interval == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


def test_wilsons_interval_holds_the_truth() -> None:
    """In about 95 of 100 draws; 0.90 and 0.99 are four deviations away."""
    chance = np.random.default_rng(1)
    scores = [share_score(chance.random(80) < 0.3) for _ in range(DRAWS)]
    assert 0.90 <= coverage(scores, 0.3) <= 0.99


def test_the_bootstrap_holds_the_truth() -> None:
    """A little less often than it says for a skewed mean, as is known of the percentile method."""
    chance = np.random.default_rng(2)
    scores = [mean_score(chance.exponential(2.0, 120)) for _ in range(DRAWS)]
    assert 0.88 <= coverage(scores, 2.0) <= 0.99


def test_groups_hold_the_truth_where_single_items_do_not() -> None:
    """Forty templates with ten captions each, every template right or wrong as a whole: there are forty facts."""
    chance = np.random.default_rng(3)
    groups = list(np.repeat(np.arange(40), 10))
    drawn = [np.repeat(chance.random(40) < 0.6, 10) for _ in range(DRAWS)]
    assert coverage([share_score(hits, groups) for hits in drawn], 0.6) >= 0.88
    assert coverage([share_score(hits) for hits in drawn], 0.6) <= 0.65


def test_copies_do_not_narrow_an_interval() -> None:
    """Nine copies of each item, as one group, say what the item alone says; taken for items, they pretend to more."""
    values = np.random.default_rng(4).random(60)
    copies, groups = np.repeat(values, 9), list(np.repeat(np.arange(60), 9))
    assert mean_score(copies, groups).interval == pytest.approx(mean_score(values).interval)
    assert width(mean_score(copies)) < 0.5 * width(mean_score(copies, groups))


def test_a_measure_of_grouped_copies_is_that_of_the_items() -> None:
    """The general path draws groups as the one of means does, wherever the copies stand."""
    chance = np.random.default_rng(5)
    wanted, said = chance.random(50) < 0.5, chance.random(50) < 0.5
    order = chance.permutation(np.repeat(np.arange(50), 4))

    def f1(places: np.ndarray) -> float:
        return macro_f1(wanted[places], said[places])

    alone = bootstrap_score(f1, range(50))
    copied = bootstrap_score(lambda places: f1(order[places]), [f"group {place}" for place in order])
    assert copied.value == pytest.approx(alone.value)
    assert width(copied) == pytest.approx(width(alone), rel=0.15)


def test_all_right_is_not_certain() -> None:
    """Where nothing varies, the number of groups still limits what is known."""
    alike = share_score([True] * 100, groups=[0, 1, 2, 3] * 25)
    assert alike.interval == share_score([True] * 4).interval
    assert width(alike) > 0.4


def test_the_same_outcomes_give_the_same_interval() -> None:
    """A seed is enough to repeat it; another seed draws otherwise."""
    values = np.random.default_rng(6).random(40)
    assert mean_score(values, seed=1) == mean_score(values, seed=1)
    assert mean_score(values, seed=1) != mean_score(values, seed=2)


def test_draws_without_an_answer_do_not_count() -> None:
    """No AUROC where one class was drawn alone."""
    wanted, scores = np.array([0, 0, 0, 1]), np.array([0.1, 0.6, 0.3, 0.5])

    score = bootstrap_score(lambda places: auroc(wanted[places], scores[places]), range(4))
    assert score.value == pytest.approx(2 / 3)
    assert score.interval is not None
    assert 0.0 <= score.interval[0] <= score.value <= score.interval[1] <= 1.0


def test_one_group_tells_nothing_of_its_spread() -> None:
    """A value without an interval, not an interval of no width."""
    assert mean_score([0.2, 0.4], groups=["one", "one"]) == Score(pytest.approx(0.3), None, 2)


@pytest.mark.parametrize("measured", [share_score, mean_score], ids=["share", "mean"])
def test_nothing_has_no_score(measured: object) -> None:
    """Zero of zero is no result."""
    with pytest.raises(ValueError, match="at least one item"):
        measured([])  # type: ignore[operator]
