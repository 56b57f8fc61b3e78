"""What the genre network is held against: a logistic regression per genre on the same numbers and words."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from inference.labels import GENRES
from training.seeing.genre_learner import Lesson

NUMBER_SCALE: Final = 0.3
WORD_SCALE: Final = 3.0
STRENGTH: Final = 0.1
MAX_STEPS: Final = 200

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def logistic_predictions(memes: Lesson, folds: torch.Tensor) -> torch.Tensor:
    """Float32 (N, 8): each fold predicted by regressions on the other folds; real memes alone, no drawn ones."""
    batch = memes.batch
    numbers = torch.cat([batch.features, batch.look, batch.layout, batch.topics], dim=1).numpy()
    words = _word_rows(memes.bags)
    found = np.zeros(memes.targets.shape, dtype=np.float32)
    for number in sorted(set(folds.tolist())):
        here = (folds == number).numpy()
        if here.all():
            continue
        scale = StandardScaler().fit(numbers[~here])
        seen = TfidfTransformer(sublinear_tf=True).fit(words[~here])
        rows = hstack([csr_matrix(scale.transform(numbers) * NUMBER_SCALE), seen.transform(words) * WORD_SCALE]).tocsr()
        for column in range(len(GENRES)):
            truth = (memes.targets[:, column] == 1).numpy()
            found[here, column] = _regress(rows[~here], truth[~here], rows[here])
    return torch.from_numpy(found)


def _word_rows(bags: Sequence[torch.Tensor]) -> csr_matrix:
    """One row per text, one column per bucket of hashed words and letter groups."""
    ids = np.concatenate([np.zeros(0, dtype=np.int64), *(bag.numpy() for bag in bags)])
    ends = np.cumsum([0, *(len(bag) for bag in bags)])
    return csr_matrix((np.ones(len(ids)), ids, ends), shape=(len(bags), int(ids.max(initial=0)) + 1))


def _regress(rows: csr_matrix, truth: Flags, asked: csr_matrix) -> Numbers:
    if len(set(truth.tolist())) < 2:
        return np.full(asked.shape[0], float(truth.mean()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=STRENGTH, max_iter=MAX_STEPS, solver="liblinear").fit(rows, truth)
    return np.asarray(model.predict_proba(asked)[:, 1])
