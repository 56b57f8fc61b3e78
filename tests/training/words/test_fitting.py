"""The loop of the text networks: every row as often as asked, like lengths together, stopped runs go on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from training.run import Run
from training.words.fitting import Course, Learning, learn, orders

WANTED = torch.tensor([[0.0], [1.0], [2.0], [3.0]])


class Stopped(Exception):
    """A kill in the middle of an epoch."""


def learning() -> tuple[nn.Linear, Learning]:
    torch.manual_seed(0)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    return model, Learning(model, optimizer, torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0))


def course_of(model: nn.Linear, epochs: int = 60) -> Course:
    def loss(rows: list[int]) -> Tensor:
        return (model(WANTED[rows]) - 2 * WANTED[rows]).square().mean()

    return Course(rows=[0, 1, 1, 2, 3, 3], loss=loss, epochs=epochs, batch=4, seed=1)


def test_an_epoch_shows_every_row_as_often_as_asked() -> None:
    """Repeats count, no row is lost in the last short batch, epochs differ."""
    model, _ = learning()
    course = course_of(model)
    for epoch in (0, 1):
        assert Counter(row for batch in orders(course, epoch) for row in batch) == Counter(course.rows)
    assert orders(course, 0) == orders(course, 0)
    assert course.steps == 120


def test_rows_of_like_length_share_a_batch() -> None:
    """Little is padded: within a batch lengths differ less than over all rows."""
    lengths = [at % 50 for at in range(200)]
    course = Course(
        rows=range(200), loss=lambda rows: torch.zeros(len(rows)), epochs=1, batch=20, seed=0, lengths=lengths
    )
    spreads = [max(lengths[row] for row in batch) - min(lengths[row] for row in batch) for batch in orders(course, 0)]
    assert max(spreads) <= 10


def test_what_is_asked_is_learned(tmp_path: Path) -> None:
    """The loss falls to nothing, and the parameters end in evaluation mode."""
    model, state = learning()
    learn(state, course_of(model), Run(tmp_path, "line"))
    assert float(model.weight.detach()) == pytest.approx(2.0, abs=0.05)
    assert not model.training


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """A run that was killed in the middle of an epoch ends like one that was not."""
    whole, state = learning()
    learn(state, course_of(whole), Run(tmp_path, "whole"))
    model, state = learning()
    course, run = course_of(model), Run(tmp_path, "parts")
    run.is_due = lambda: True  # type: ignore[method-assign]
    steps = iter(range(7))

    def until_killed(rows: list[int]) -> Tensor:
        if next(steps, None) is None:
            raise Stopped
        return course.loss(rows)

    with pytest.raises(Stopped):
        learn(state, replace(course, loss=until_killed), run)
    again, state = learning()
    learn(state, course_of(again), run)
    assert torch.allclose(again.weight, whole.weight, atol=1e-6)
