"""The recipe of CLIP-based meme classifiers as a baseline: frozen encoders of words and picture, one linear layer.

CLIP itself is not at hand without a model hub, so the encoders are those that we start from: all-MiniLM-L6-v2 for the
words and the shipped backbone, pretrained on ImageNet, for the picture. They have not learned to agree with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from inference.models.encoded import EncodedClassifier
from inference.models.text import fold
from training.datasets.offence import OffenceItem
from training.words.flag_data import MEME_SETS
from training.words.starting_encoder import read_start

PIECES: Final = 14_000

Numbers = npt.NDArray[np.float64]


class FrozenRecipe:
    """Learns from memes alone; judges texts with their pictures, or without, as a picture of nothing."""

    def __init__(self, known: Sequence[OffenceItem], pictures: Mapping[str, Tensor]) -> None:
        """Raises DataError without the public weights."""
        memes = [item for item in known if item.source in MEME_SETS]
        start = read_start([fold(item.text) for item in memes], PIECES, dropout=0.0)
        self._reader = EncodedClassifier(start.encoder, start.pieces, outputs=1).eval()
        self._width = len(next(iter(pictures.values()))) if pictures else 0
        self._linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
        self._linear.fit(self._vectors(memes, pictures), [item.offensive for item in memes])

    def judge(self, items: Sequence[OffenceItem], pictures: Mapping[str, Tensor]) -> Numbers:
        """Probabilities (N,) of offence."""
        return np.asarray(self._linear.predict_proba(self._vectors(items, pictures))[:, 1])

    @torch.inference_mode()
    def _vectors(self, items: Sequence[OffenceItem], pictures: Mapping[str, Tensor]) -> Numbers:
        words = self._reader.encode([item.text for item in items])
        blank = torch.zeros(self._width)
        seen = torch.stack([pictures.get(item.image or "", blank) for item in items])
        return torch.cat([words, seen], dim=1).double().numpy()
