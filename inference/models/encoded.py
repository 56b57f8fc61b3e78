"""A text encoder with one linear layer on top: the reader of the flag model.

Reads folded texts, long and short ones apart, so that little is computed for padding. Knows logits, not what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import torch
from torch import Tensor, nn

from inference.models.text import fold
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.unigram_pieces import UnigramPieces
from inference.models.word_pieces import PieceBatch, WordPieces

READ_TOGETHER: Final = 64


class Pieces(Protocol):
    """Cuts folded texts, at least one, into numbered pieces."""

    def encode(self, texts: Sequence[str]) -> PieceBatch: ...

    def config(self) -> dict[str, Any]: ...


class EncodedClassifier(nn.Module):
    """`forward(texts)` -> logits (N, outputs); `encode(texts)` -> vectors (N, width). Texts are raw; none is fine."""

    def __init__(self, encoder: TextEncoder, pieces: Pieces, outputs: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = encoder
        self.pieces = pieces
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(encoder.config.width, outputs)

    @property
    def width(self) -> int:
        return self.encoder.config.width

    def encode(self, texts: Sequence[str]) -> Tensor:
        found = torch.zeros(len(texts), self.width)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), READ_TOGETHER):
            places = order[start : start + READ_TOGETHER]
            found[places] = self.encoder(self.pieces.encode([fold(texts[at]) for at in places]).to(self._device)).cpu()
        return found

    def forward(self, texts: Sequence[str]) -> Tensor:
        logits: Tensor = self.out(self.dropout(self.encode(texts)))
        return logits

    def config(self) -> dict[str, Any]:
        """Sizes and pieces, as `read` takes them."""
        return {
            "encoder": self.encoder.config.to_dict(),
            "outputs": self.out.out_features,
            **self.pieces.config(),
        }

    @classmethod
    def read(cls, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> EncodedClassifier:
        """Raises KeyError, TypeError, ValueError or RuntimeError where the two do not belong together."""
        encoder = TextEncoder(EncoderConfig(**config["encoder"]))
        pieces = _read_pieces(config, encoder.config.positions)
        model = cls(encoder, pieces, config["outputs"])
        model.load_state_dict(dict(tensors))
        return model.eval()

    @property
    def _device(self) -> torch.device:
        return self.encoder.pieces.weight.device


def _read_pieces(config: Mapping[str, Any], longest: int) -> Pieces:
    """Pieces with scores are unigrams."""
    if "scores" in config:
        return UnigramPieces(config["vocabulary"], config["scores"], longest)
    return WordPieces(config["vocabulary"], longest)


def part_of(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix`, under what follows it."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
