"""Slips of people and readers: few, seeded, and never on a word that stands alone."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

import pytest

from training.words.misspelling import misspell

TEXT = "one does not simply walk into the office on a monday"


def test_a_misspelt_text_is_close_to_the_plain_one() -> None:
    """It differs, and stays readable."""
    spoilt = [misspell(TEXT, random.Random(seed)) for seed in range(50)]
    assert sum(text != TEXT for text in spoilt) > 40
    assert all(SequenceMatcher(None, TEXT, text).ratio() > 0.85 for text in spoilt)


def test_the_same_chance_makes_the_same_slips() -> None:
    """Training can be repeated."""
    assert misspell(TEXT, random.Random(4)) == misspell(TEXT, random.Random(4))


@pytest.mark.parametrize("text", ["", "word", "a b", "안녕 여러분"])
def test_short_texts_keep_words(text: str) -> None:
    """Nothing is lost where there is little, and no script breaks it."""
    spoilt = misspell(text, random.Random(0))
    assert bool(spoilt) == bool(text)
