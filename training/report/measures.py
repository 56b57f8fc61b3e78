"""Measures of many answers, as fast as a thousand draws of the bootstrap need them.

scikit-learn's, which the tests hold them to, check their arguments for longer than they count.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata


def f1(wanted: npt.ArrayLike, said: npt.ArrayLike) -> float:
    """2 TP / (2 TP + FP + FN) of two lists of 0/1 (N,); 0 where nothing is there and nothing was said."""
    true, told = np.asarray(wanted, dtype=bool), np.asarray(said, dtype=bool)
    return 2 * float((true & told).sum()) / max(1.0, float(true.sum() + told.sum()))


def macro_f1(wanted: npt.ArrayLike, said: npt.ArrayLike) -> float:
    """The mean F1 of all labels that occur in `wanted` or `said` (N,), which hold labels as whole numbers from 0."""
    true, told = np.asarray(wanted, dtype=np.intp), np.asarray(said, dtype=np.intp)
    labels = int(max(true.max(), told.max())) + 1
    hits = np.bincount(true[true == told], minlength=labels)
    sums = np.bincount(true, minlength=labels) + np.bincount(told, minlength=labels)
    return float((2 * hits[sums > 0] / sums[sums > 0]).mean())


def auroc(wanted: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """How often a true item is scored above a false one, ties counting half (Mann-Whitney); NaN without both."""
    true = np.asarray(wanted, dtype=bool)
    positives, negatives = int(true.sum()), int((~true).sum())
    if not positives or not negatives:
        return math.nan
    above = rankdata(scores)[true].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def precision_at_prevalence(wanted: npt.ArrayLike, said: npt.ArrayLike, prevalence: float) -> float:
    """The precision that the same hits and false alarms come to where `prevalence` (0..1) of the items are true.

    NaN where one of the classes is missing, or where nothing was said.
    """
    true, told = np.asarray(wanted, dtype=bool), np.asarray(said, dtype=bool)
    if true.all() or not true.any() or not told.any():
        return math.nan
    hits = prevalence * float(told[true].mean())
    return hits / (hits + (1 - prevalence) * float(told[~true].mean()))
