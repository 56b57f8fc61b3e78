"""What single answers add up to: which labels are taken for which, and whether probabilities are honest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Confusion:
    """`counts[row][column]`: how many items of the true label `row` were called `column`; `of` says which items."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    of: str = ""

    @classmethod
    def count(cls, labels: Sequence[str], wanted: npt.ArrayLike, said: npt.ArrayLike, of: str = "") -> Confusion:
        """`wanted` and `said` (N,) are places in `labels`."""
        counts = np.zeros((len(labels), len(labels)), dtype=int)
        np.add.at(counts, (np.asarray(wanted, dtype=int), np.asarray(said, dtype=int)), 1)
        return cls(tuple(labels), tuple(tuple(row) for row in counts.tolist()), of)


@dataclass(frozen=True, slots=True)
class Bin:
    """Items whose probability is near `confidence`, their mean; `share` of these `items` turned out true."""

    confidence: float
    share: float
    items: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins of equal width, lowest first, empty ones left out; `of` says which items."""

    bins: tuple[Bin, ...]
    of: str = ""

    @classmethod
    def measure(cls, probabilities: npt.ArrayLike, outcomes: npt.ArrayLike, of: str = "") -> Reliability:
        """`probabilities` (N,) in 0..1 that something is so, `outcomes` (N,) 0/1 whether it was."""
        said, true = np.asarray(probabilities, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
        places = np.minimum((said * BINS).astype(int), BINS - 1)
        items, confidences, shares = (
            np.bincount(places, weights=weights, minlength=BINS) for weights in (np.ones_like(said), said, true)
        )
        filled = [place for place in range(BINS) if items[place]]
        bins = (
            Bin(float(confidences[place] / items[place]), float(shares[place] / items[place]), int(items[place]))
            for place in filled
        )
        return cls(tuple(bins), of)

    @property
    def ece(self) -> float:
        """Expected calibration error (Naeini et al. 2015): distance of confidence and share, weighted by items."""
        gaps = sum(abs(each.confidence - each.share) * each.items for each in self.bins)
        return gaps / max(1, sum(each.items for each in self.bins))
