"""Probabilities are held against what happened, and labels against the truth."""

from __future__ import annotations

import numpy as np
import pytest

from training.report.judgements import Bin, Confusion, Reliability


def test_honest_probabilities_have_hardly_any_calibration_error() -> None:
    """What is told 30 % happens three times in ten; chance leaves a little."""
    chance = np.random.default_rng(0)
    told = chance.random(20_000)
    reliability = Reliability.measure(told, chance.random(20_000) < told)
    assert reliability.ece < 0.02
    assert len(reliability.bins) == 10


def test_overconfidence_is_its_distance_from_the_truth() -> None:
    """Three quarters right, told as 0.95 right and 0.05 wrong."""
    told = np.array([0.95] * 40 + [0.05] * 40)
    happened = np.array(([1] * 3 + [0]) * 10 + ([0] * 3 + [1]) * 10)
    reliability = Reliability.measure(told, happened)
    assert reliability.ece == pytest.approx(0.2)
    assert reliability.bins == (Bin(pytest.approx(0.05), 0.25, 40), Bin(pytest.approx(0.95), 0.75, 40))


def test_certainty_falls_into_the_last_bin() -> None:
    """1.0 is a probability."""
    assert Reliability.measure([1.0, 0.91], [1, 1]).bins == (Bin(pytest.approx(0.955), 1.0, 2),)


def test_nothing_is_calibrated() -> None:
    """No division by zero where nothing was told."""
    assert Reliability.measure([], []).ece == 0.0


def test_rows_are_the_truth() -> None:
    """Two cats, one of them called dog; a label that never occurs keeps its place."""
    confusion = Confusion.count(("cat", "dog", "owl"), wanted=[0, 0, 1], said=[0, 1, 1], of="pets")
    assert confusion.counts == ((1, 1, 0), (0, 1, 0), (0, 0, 0))
    assert confusion.of == "pets"
