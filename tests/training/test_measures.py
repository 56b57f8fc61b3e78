"""Shares are counted over all items, and a right label counts wherever it stands among the best."""

from __future__ import annotations

import pytest
import torch

from training.measures import share, top_shares


def test_a_share_of_nothing_is_zero() -> None:
    """No division by zero where there was nothing to count."""
    assert share([]) == 0.0
    assert share([True, False, False, True]) == 0.5


def test_a_right_label_counts_at_its_rank() -> None:
    """First of all is in both shares, fifth in one, sixth in none."""
    logits = torch.arange(6, 0, -1, dtype=torch.float32).repeat(3, 1)
    shares = top_shares("word", logits, torch.tensor([0, 4, 5]))
    assert shares == {"word_top1": pytest.approx(1 / 3), "word_top5": pytest.approx(2 / 3)}


def test_fewer_classes_than_five_are_all_among_the_best() -> None:
    """Nothing fails where there are two classes only."""
    assert top_shares("word", torch.eye(2), torch.tensor([1, 0])) == {"word_top1": 0.0, "word_top5": 1.0}
