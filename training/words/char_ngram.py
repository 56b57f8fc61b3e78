"""A character n-gram model with Witten-Bell smoothing: the baseline of the captioner's bits per character.

Counts are kept as sorted arrays of n-gram codes, so that millions of characters take seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

ORDER: Final = 6
BITS_PER_CHAR_CODE: Final = 7
OTHER: Final = 127
EDGE: Final = 0
ALPHABET: Final = 128


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts of n-grams of one length: `codes` sorted; `counts` beside them; the same for their contexts."""

    codes: np.ndarray
    counts: np.ndarray
    contexts: np.ndarray
    totals: np.ndarray
    kinds: np.ndarray


class CharNgram:
    """Texts are read with an edge sign before and after; signs outside ASCII count as one."""

    def __init__(self, texts: Sequence[str], order: int = ORDER) -> None:
        self._order = order
        chars = _encoded(texts, order)
        self._tables = [_counted(_codes(chars, length, order)) for length in range(1, order + 1)]

    def bits_per_char(self, texts: Sequence[str]) -> float:
        """Total bits, the end of each text included, over the number of characters."""
        return float(self.bits(texts).sum() / max(1, sum(len(text) for text in texts)))

    def bits(self, texts: Sequence[str]) -> np.ndarray:
        """What each text and its end cost, float64 (N,)."""
        chars = _encoded(texts, self._order)
        probability = np.full(len(_codes(chars, 1, self._order)), 1.0 / ALPHABET)
        for length, table in enumerate(self._tables, start=1):
            codes = _codes(chars, length, self._order)
            counts = _looked_up(table.codes, table.counts, codes)
            contexts = codes >> BITS_PER_CHAR_CODE
            totals = _looked_up(table.contexts, table.totals, contexts)
            kinds = _looked_up(table.contexts, table.kinds, contexts)
            seen = totals > 0
            smoothed = (counts + kinds * probability) / np.maximum(totals + kinds, 1)
            probability = np.where(seen, smoothed, probability)
        ends = np.cumsum(np.array([len(text) + 1 for text in texts], dtype=np.int64))
        return np.diff(np.cumsum(-np.log2(probability))[ends - 1], prepend=0.0)


def _encoded(texts: Sequence[str], order: int) -> np.ndarray:
    """All texts in a row, `order - 1` edges before each and one after the last character."""
    parts: list[bytes] = []
    for text in texts:
        signs = bytes(ord(char) if 0 < ord(char) < OTHER else OTHER for char in text)
        parts.append(bytes(order - 1) + signs + bytes(1))
    return np.frombuffer(b"".join(parts), dtype=np.uint8).astype(np.int64)


def _codes(chars: np.ndarray, length: int, order: int) -> np.ndarray:
    """The code of the n-gram that ends at each predicted character: real characters and one closing edge per text."""
    previous = np.concatenate([[EDGE], chars[:-1]])
    predicted = (chars != EDGE) | (previous != EDGE)
    predicted[: order - 1] = False
    code = np.zeros(len(chars), dtype=np.int64)
    for back in range(length - 1, -1, -1):
        shifted = np.concatenate([np.zeros(back, dtype=np.int64), chars[: len(chars) - back]])
        code = (code << BITS_PER_CHAR_CODE) | shifted
    return np.asarray(code[predicted])


def _counted(codes: np.ndarray) -> _Table:
    distinct, counts = np.unique(codes, return_counts=True)
    contexts, starts, kinds = np.unique(distinct >> BITS_PER_CHAR_CODE, return_index=True, return_counts=True)
    return _Table(distinct, counts, contexts, np.add.reduceat(counts, starts), kinds)


def _looked_up(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
