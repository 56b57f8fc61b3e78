"""Chooses captions that are good and not alike: nobody wants to be offered one joke twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex

from inference.models.keywords import content_words

TWIN_OVERLAP: Final = 0.5
SAME_SUBJECTS: Final = 0.6
SAME_OPENING_WORDS: Final = 3
OVERLAP_COST: Final = 0.5

_WORD: Final = regex.compile(r"[\p{L}\p{N}']+")


def choose_varied(scores: Sequence[float], captions: Sequence[Sequence[str]], n: int) -> list[int]:
    """Places of at most `n` captions, best first; fewer where the rest are twins of these.

    Each choice weighs the score against words shared with what is chosen already (maximal marginal relevance,
    Carbonell and Goldstein 1998).
    """
    left = dict(enumerate(scores))
    chosen: list[int] = []
    while left and len(chosen) < n:
        best = max(left, key=left.__getitem__)
        del left[best]
        if any(are_twins(captions[best], captions[other]) for other in chosen):
            continue
        chosen.append(best)
        for place in left:
            worth = scores[place] - OVERLAP_COST * max(overlap(captions[place], captions[other]) for other in chosen)
            left[place] = worth
    return sorted(chosen, key=lambda place: -scores[place])


def are_twins(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two captions begin alike, or share most of their words or most of their subjects."""
    first, second = _words(one), _words(other)
    if first[:SAME_OPENING_WORDS] == second[:SAME_OPENING_WORDS]:
        return True
    subjects = (set(content_words(" ".join(words))) for words in (first, second))
    return overlap(one, other) > TWIN_OVERLAP or _share(*subjects) > SAME_SUBJECTS


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """Words in both captions over words in either, 0..1 (Jaccard)."""
    return _share(set(_words(one)), set(_words(other)))


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _words(boxes: Sequence[str]) -> list[str]:
    return _WORD.findall(" ".join(boxes).lower())
