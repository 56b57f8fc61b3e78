"""Names what a photograph shows in everyday words, and stays silent when unsure.

Reads the backbone's features; knows classes only as rows of a linear layer. Each class has words from special to
general ("cat", "animal"), and the most special one that is sure enough is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch

from inference.manifest import Manifest

MODEL_NAME: Final = "objects"
MAX_WORDS: Final = 3


class ObjectNamer:
    """`weight` float32 (C, D) and `bias` (C,) score the classes; `words[c]` are the words of class c, special first.

    A class without words is never said. `threshold` is the least calibrated probability at which a word is said.
    """

    def __init__(
        self,
        head: tuple[torch.Tensor, torch.Tensor],
        words: Sequence[Sequence[str]],
        temperature: float,
        threshold: float,
    ) -> None:
        self._weight, self._bias = (tensor.float() for tensor in head)
        self._words = tuple(tuple(chain) for chain in words)
        self._vocabulary = tuple(dict.fromkeys(word for chain in self._words for word in chain))
        self._membership = torch.tensor([[float(word in chain) for word in self._vocabulary] for chain in self._words])
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
            "words": [list(chain) for chain in self._words],
            "temperature": self._temperature,
            "threshold": self.threshold,
        }
        return {"weight": self._weight, "bias": self._bias}, config

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return self._vocabulary

    @torch.inference_mode()
    def probabilities(self, features: torch.Tensor) -> torch.Tensor:
        """Calibrated probability of each word of `vocabulary`: float32 (N, D) to (N, V), each 0..1."""
        return self.class_probabilities(features) @ self._membership

    @torch.inference_mode()
    def class_probabilities(self, features: torch.Tensor) -> torch.Tensor:
        """Calibrated probability of each class: float32 (N, D) to (N, C), rows of sum 1."""
        return ((features.float() @ self._weight.T + self._bias) / self._temperature).softmax(dim=-1)

    def name(self, features: torch.Tensor) -> tuple[tuple[str, float], ...]:
        """Words for float32 (D,) features with their probabilities, best first; empty when nothing is sure enough.

        A general word is left out where a more special one of the same classes is said.
        """
        row = self.probabilities(features[None])[0].tolist()
        sure = {word: chance for word, chance in zip(self._vocabulary, row, strict=True) if chance >= self.threshold}
        spoken = {next((word for word in chain if word in sure), None) for chain in self._words}
        covered = {general for chain in self._words for general in _after_first(chain, sure)}
        said = [(word, chance) for word, chance in sure.items() if word in spoken and word not in covered]
        return tuple(sorted(said, key=lambda pair: -pair[1])[:MAX_WORDS])


def _after_first(chain: Sequence[str], sure: Mapping[str, float]) -> list[str]:
    """The general words behind the first one of the chain that is sure."""
    first = next((place for place, word in enumerate(chain) if word in sure), len(chain))
    return list(chain[first + 1 :])
