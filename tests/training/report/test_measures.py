"""Fast measures say what scikit-learn's say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from training.report.measures import auroc, f1, macro_f1, precision_at_prevalence


@pytest.mark.parametrize("seed", range(5))
def test_f1_is_scikit_learns(seed: int) -> None:
    """Of one label."""
    chance = np.random.default_rng(seed)
    wanted, said = chance.random(60) < 0.3, chance.random(60) < 0.5
    assert f1(wanted, said) == pytest.approx(f1_score(wanted, said))


@pytest.mark.parametrize("seed", range(5))
def test_macro_f1_is_scikit_learns(seed: int) -> None:
    """With a label that is never called, one that never occurs, and a number between that is no label at all."""
    chance = np.random.default_rng(seed)
    wanted, said = chance.choice([0, 1, 4], 60), chance.choice([0, 1, 5], 60)
    assert macro_f1(wanted, said) == pytest.approx(f1_score(wanted, said, average="macro", zero_division=0.0))


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_scikit_learns(seed: int) -> None:
    """Scores of one decimal have many ties."""
    chance = np.random.default_rng(seed)
    wanted, scores = chance.random(60) < 0.3, chance.random(60).round(1)
    assert auroc(wanted, scores) == pytest.approx(roc_auc_score(wanted, scores))


def test_what_has_no_answer_says_so() -> None:
    """No ranking of one class; no F1 of nothing."""
    assert math.isnan(auroc([1, 1], [0.2, 0.4]))
    assert f1([0, 0], [0, 0]) == 0.0


def test_precision_falls_with_what_there_is_to_find() -> None:
    """Of 100 memes, 2 offend and 1 of them is found, with 9.8 false alarms among 98: one call in 10.8 is right."""
    wanted, said = [1] * 4 + [0] * 10, [1, 1, 0, 0] + [1] + [0] * 9
    assert precision_at_prevalence(wanted, said, 0.02) == pytest.approx(1 / 10.8)
    assert precision_at_prevalence(wanted, said, 4 / 14) == pytest.approx(2 / 3)
    assert math.isnan(precision_at_prevalence(wanted, [0] * 14, 0.02))
