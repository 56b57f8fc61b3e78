"""Scores with 95 % intervals from single outcomes: Wilson's for plain shares, the percentile bootstrap for the rest.

Items that belong together (near-duplicates, captions of one template) are drawn together, as one group: copies of an
item are no further evidence. Draws are seeded: the same outcomes give the same interval.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import DegenerateDataWarning, binomtest, bootstrap

from training.report.evaluation import Score

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 1000
DRAWN_TOGETHER: Final = 100

Places = npt.NDArray[np.intp]
Measure = Callable[[Places], float]


def share_score(hits: npt.ArrayLike, groups: Sequence[Hashable] | None = None, seed: int = 0) -> Score:
    """The share of true `hits` (N,): Wilson's interval (1927), or the bootstrap over `groups`, one per item.

    Where all hits are alike, draws of them show no spread: then Wilson's over the groups.
    """
    values = np.asarray(hits, dtype=bool)
    _refuse_nothing(len(values))
    if groups is not None and len(np.unique(values)) > 1:
        return mean_score(values, groups, seed)
    units = len(values) if groups is None else len(set(groups))
    found = binomtest(round(values.mean() * units), units).proportion_ci(CONFIDENCE, method="wilson")
    return Score(float(values.mean()), (float(found.low), float(found.high)), len(values))


def mean_score(values: npt.ArrayLike, groups: Sequence[Hashable] | None = None, seed: int = 0) -> Score:
    """The mean of `values` (N,), as if all items were in one list; no interval for fewer than two groups."""
    each = np.asarray(values, dtype=np.float64)
    _refuse_nothing(len(each))
    numbers = np.arange(len(each)) if groups is None else group_numbers(groups)
    sums, sizes = np.bincount(numbers, weights=each), np.bincount(numbers).astype(np.float64)

    def mean(sums: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64], axis: int = -1) -> object:
        return sums.sum(axis=axis) / sizes.sum(axis=axis)

    return _bootstrapped(float(each.mean()), (sums, sizes), mean, len(each), seed)


def bootstrap_score(measure: Measure, groups: Sequence[Hashable], seed: int = 0) -> Score:
    """Whatever `measure` makes of the items at the places it is given, some of them several times.

    `groups` has one entry per item; `range(N)` where each stands alone. Draws for which `measure` answers NaN (it is
    not defined for them) do not count.
    """
    _refuse_nothing(len(groups))
    numbers = group_numbers(groups)
    order, sizes = np.argsort(numbers, kind="stable"), np.bincount(numbers)
    starts = np.cumsum(sizes) - sizes

    def measure_drawn(drawn: Places) -> float:
        """`order` holds each group's items side by side: its own run of each drawn group is picked from there."""
        ends = np.cumsum(sizes[drawn])
        runs = np.repeat(starts[drawn] - ends + sizes[drawn], sizes[drawn])
        return measure(order[runs + np.arange(ends[-1])])

    value = float(measure(np.arange(len(groups))))
    return _bootstrapped(value, (np.arange(len(sizes)),), measure_drawn, len(groups), seed)


def group_numbers(groups: Sequence[Hashable]) -> Places:
    """Int (N,): equal for equal groups, 0, 1 ... in the order of their first appearance."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(group, len(seen)) for group in groups], dtype=np.intp)


def _bootstrapped(
    value: float, data: tuple[npt.NDArray[np.generic], ...], statistic: Callable[..., object], items: int, seed: int
) -> Score:
    """The interval holds the value itself, which draws of a biased measure (a calibration error) may all exceed."""
    if len(data[0]) < 2:
        return Score(value, None, items)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # of draws without an answer, which do not count below
        found = bootstrap(
            data,
            statistic,
            n_resamples=RESAMPLES,
            batch=DRAWN_TOGETHER,
            vectorized=len(data) > 1,
            paired=len(data) > 1,
            method="percentile",
            rng=np.random.default_rng(seed),
        )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(found.bootstrap_distribution, (tail, 1 - tail))
    return Score(value, (min(value, float(low)), max(value, float(high))), items)


def _refuse_nothing(items: int) -> None:
    if not items:
        raise ValueError("A score needs at least one item.")
