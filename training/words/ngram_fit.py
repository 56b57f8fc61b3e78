"""Fits the n-gram table of a reader: logistic regression over hashed words and letter groups.

Each of `LEANING_SETS` may lean one way; what it leans by is learned beside the table and left out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from torch import Tensor

from inference.models.ngram_table import NgramTable
from inference.models.text import hash_text
from training.words.flag_loss import LEANING_SETS

BUCKETS: Final = 1 << 18
COLUMNS: Final = 256  # numbers that share a scale where the table is stored
MIN_TEXTS: Final = 2
STRENGTH: Final = 1.0  # the inverse of the penalty on large weights
LEANING: Final = 3.0  # a leaning is penalised this much less, squared


def fit_table(texts: Sequence[str], offensive: Sequence[bool], sources: Sequence[str]) -> NgramTable:
    """`texts` are folded; there are offensive ones and others among them."""
    bags = [hash_text(text, BUCKETS).numpy() for text in texts]
    sizes = np.array([len(bag) for bag in bags])
    found = csr_matrix(
        (np.ones(sizes.sum(), np.float32), np.concatenate(bags), np.concatenate([[0], sizes.cumsum()])),
        shape=(len(bags), BUCKETS),
    )
    rarities = _rarities(np.asarray(found.sum(axis=0)).ravel(), len(bags))
    scaled = normalize(found @ diags(rarities))
    leanings = csr_matrix(
        np.array([[LEANING * (source == name) for name in LEANING_SETS] for source in sources], np.float32)
    )
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=100, random_state=0)
    model.fit(hstack([scaled, leanings]).tocsr(), np.asarray(offensive))
    return NgramTable(
        _table(model.coef_[0, :BUCKETS]), _table(rarities), torch.from_numpy(model.intercept_.astype(np.float32))
    )


def _rarities(counts: NDArray[np.float32], texts: int) -> NDArray[np.float32]:
    """Smoothed inverse document frequency, as a share of the largest; 0 for what fewer than `MIN_TEXTS` have."""
    rarities = np.log((1 + texts) / (1 + counts)) / np.log(1 + texts)
    return np.where(counts >= MIN_TEXTS, rarities, 0.0).astype(np.float32)


def _table(numbers: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(numbers.astype(np.float32)).reshape(-1, COLUMNS)
