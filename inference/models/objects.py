"""Names what a photograph shows in everyday words, and stays silent when unsure.

Reads the backbone's features; knows classes only as rows of a linear layer, each belonging to a word ("cat", not its
breed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch

from inference.manifest import Manifest

MODEL_NAME: Final = "objects"
MAX_WORDS: Final = 3


class ObjectNamer:
    """`weight` float32 (C, D) and `bias` (C,) score the classes; `words[c]` is the word of class c, None if never said.

    `threshold` is the least calibrated probability at which a word is said.
    """

    def __init__(
        self,
        head: tuple[torch.Tensor, torch.Tensor],
        words: Sequence[str | None],
        temperature: float,
        threshold: float,
    ) -> None:
        self._weight, self._bias = (tensor.float() for tensor in head)
        self._words = tuple(words)
        self._vocabulary = tuple(dict.fromkeys(word for word in words if word is not None))
        places = {word: place for place, word in enumerate(self._vocabulary)}
        self._membership = torch.zeros(len(words), len(self._vocabulary))
        for row, word in enumerate(words):
            if word is not None:
                self._membership[row, places[word]] = 1.0
        self._temperature = temperature
        self.threshold = threshold

    @classmethod
    def load(cls, manifest: Manifest) -> ObjectNamer:
        """Raises ModelError where the weights are missing or altered."""
        loaded = manifest.load(MODEL_NAME)
        config = loaded.config
        head = (loaded.tensors["weight"], loaded.tensors["bias"])
        return cls(head, config["words"], float(config["temperature"]), float(config["threshold"]))

    def to_tensors(self) -> tuple[dict[str, torch.Tensor], Mapping[str, Any]]:
        """What `load` reads back."""
        config = {
            "words": list(self._words),
            "temperature": self._temperature,
            "threshold": self.threshold,
        }
        return {"weight": self._weight, "bias": self._bias}, config

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return self._vocabulary

    @torch.inference_mode()
    def probabilities(self, features: torch.Tensor) -> torch.Tensor:
        """Calibrated probability of each word of `vocabulary`: float32 (N, D) to (N, V), rows summing to at most 1."""
        logits = (features.float() @ self._weight.T + self._bias) / self._temperature
        return logits.softmax(dim=-1) @ self._membership

    def name(self, features: torch.Tensor) -> tuple[tuple[str, float], ...]:
        """Words for float32 (D,) features with their probabilities, best first; empty when nothing is sure enough."""
        row = self.probabilities(features[None])[0].tolist()
        pairs = zip(self._vocabulary, row, strict=True)
        sure = [(word, chance) for word, chance in pairs if chance >= self.threshold]
        return tuple(sorted(sure, key=lambda pair: -pair[1])[:MAX_WORDS])
