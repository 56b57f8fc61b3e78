"""Says which of several captions people would rather like: a small ranker trained on votes.

A weighted sum of how likely a caption is, how much likelier among liked captions than among poor ones, how long it is,
and what a network over hashed words makes of it. Only differences between captions for the same picture mean anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from inference.manifest import Manifest
from inference.models.caption_ranking import Likelihoods
from inference.models.hashed import HashedClassifier, HashedConfig

MODEL_NAME: Final = "caption_ranker"
FEATURES: Final = ("likelihood", "contrast", "words", "words_squared", "wording")


class CaptionRanker:
    """`weights` (len(FEATURES),) are applied to features less `means`, over `scales`; `wording` reads the words."""

    def __init__(self, wording: HashedClassifier, means: Tensor, scales: Tensor, weights: Tensor) -> None:
        self.wording = wording.eval()
        self.means = means
        self.scales = scales
        self.weights = weights

    @classmethod
    def load(cls, manifest: Manifest) -> CaptionRanker:
        loaded = manifest.load(MODEL_NAME)
        tensors = dict(loaded.tensors)
        means, scales, weights = (tensors.pop(name) for name in ("means", "scales", "weights"))
        wording = HashedClassifier(HashedConfig(**loaded.config["wording"]))
        wording.load_state_dict(tensors)
        return cls(wording, means, scales, weights)

    def to_tensors(self) -> dict[str, Tensor]:
        """What `load` reads back."""
        return {
            **self.wording.state_dict(),
            "means": self.means,
            "scales": self.scales,
            "weights": self.weights,
        }

    def rank(self, likelihoods: Likelihoods, captions: Sequence[Sequence[str]]) -> Tensor:
        """(N,): log odds that people prefer a caption (lower-case boxes) to an average one for the same picture."""
        features = read_features(self.wording, likelihoods, captions)
        return ((features - self.means) / self.scales) @ self.weights


@torch.inference_mode()
def read_features(wording: HashedClassifier, likelihoods: Likelihoods, captions: Sequence[Sequence[str]]) -> Tensor:
    """(N, len(FEATURES)), in the order of `FEATURES`; lengths are logarithms of numbers of words."""
    texts = [" ".join(boxes) for boxes in captions]
    words = torch.tensor([math.log(max(1, len(text.split()))) for text in texts])
    wordings = wording(wording.bags(texts))[:, 0]
    contrast = likelihoods.liked - likelihoods.poor
    return torch.stack([likelihoods.liked, contrast, words, words.square(), wordings], dim=1)
