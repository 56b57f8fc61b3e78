"""What holds for every test: numbers drawn at random are the same in every run and in every order."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def same_random_numbers() -> None:
    """Seed torch where a test uses it; a test that uses none does not pay for its import."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(0)
