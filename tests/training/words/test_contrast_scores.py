"""Scores on the held-out contrasts: who is right gets 1, and a model that dislikes one group is found out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from training.words.contrast_scores import contrast_scores, gap_by_chance, group_gap, held_out_contrasts
from training.words.contrasts import Contrast

KNOWN = {one.text: one for one in held_out_contrasts()}


def truth(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    return np.array([float(KNOWN[text].offensive) for text in texts])


def dislikes_jews(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    return np.array([float(_is_wrongly_called(KNOWN[text]) or KNOWN[text].offensive) for text in texts])


def _is_wrongly_called(one: Contrast) -> bool:
    return one.group == "jews"


def test_a_model_that_is_right_everywhere_scores_one_and_has_no_gap() -> None:
    """Every accuracy is 1, every gap 0."""
    scores = contrast_scores(truth)
    assert {score.value for name, score in scores.items() if name.endswith("accuracy")} == {1.0}
    assert {score.value for name, score in scores.items() if "gap" in name} == {0.0}
    assert {"contrasts_en_accuracy", "contrasts_ko_calm_accuracy", "contrasts_en_function_news_accuracy"} <= set(scores)


def test_a_group_that_is_called_offensive_stands_out() -> None:
    """Its accuracy is that of its offensive half; the gap is nearly all of the rest, and no chance."""
    scores = contrast_scores(dislikes_jews)
    assert scores["contrasts_en_group_jews_accuracy"].value == pytest.approx(0.5)
    assert scores["contrasts_en_group_women_accuracy"].value == 1.0
    gap = scores["contrasts_en_group_gap"]
    assert gap.value == pytest.approx(0.5 * 21 / 22, abs=0.01)
    assert gap.interval is not None
    assert gap.interval[0] > scores["contrasts_en_group_gap_by_chance"].value


def test_everything_flagged_is_right_on_half() -> None:
    """Calm and offensive sentences are equally many."""
    scores = contrast_scores(lambda texts: np.ones(len(texts)))
    assert scores["contrasts_en_accuracy"].value == pytest.approx(0.5)
    assert scores["contrasts_en_calm_accuracy"].value == 0.0
    assert scores["contrasts_ko_offensive_accuracy"].value == 1.0


def test_several_seeds_give_more_sentences() -> None:
    """None twice."""
    more = held_out_contrasts((0, 1))
    assert len(more) > 1.5 * len(KNOWN)
    assert len({one.text for one in more}) == len(more)


def test_the_gap_of_groups_without_effect_is_what_chance_makes() -> None:
    """Twenty groups of fair coins differ, and dealing out their names anew tells by how much."""
    chance = np.random.default_rng(1)
    right = chance.random(1000) < 0.8
    of = [str(number % 20) for number in range(1000)]
    expected = gap_by_chance(right, of).value
    assert 0.05 < expected < 0.2
    assert group_gap(right, of, [str(number) for number in range(1000)]).value == pytest.approx(expected, abs=0.06)
