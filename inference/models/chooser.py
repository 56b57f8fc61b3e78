"""Which caption template people would put a prompt's words on: a probability over template names.

Used when there is a prompt and no picture. Knows names, not pictures.
"""

from __future__ import annotations

from typing import Final

import torch

from inference.manifest import Manifest
from inference.models.hashed import HashedClassifier, HashedConfig

MODEL_NAME: Final = "chooser"


class TemplateChooser:
    """Names are those of the captions the chooser learned from."""

    def __init__(self, network: HashedClassifier, names: tuple[str, ...]) -> None:
        self.network = network.eval()
        self.names = names

    @classmethod
    def load(cls, manifest: Manifest) -> TemplateChooser:
        loaded = manifest.load(MODEL_NAME)
        network = HashedClassifier(HashedConfig(**loaded.config["network"]))
        network.load_state_dict(dict(loaded.tensors))
        return cls(network, tuple(loaded.config["names"]))

    @torch.inference_mode()
    def rank(self, prompt: str) -> dict[str, float]:
        """Probabilities by name, likeliest first, sum 1; a prompt without known words gives nearly equal ones."""
        chances = self.network(self.network.bags([prompt]))[0].softmax(dim=0).tolist()
        return dict(sorted(zip(self.names, chances, strict=True), key=lambda pair: -pair[1]))
