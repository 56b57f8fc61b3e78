"""What the caption networks share: tokens in, next-token logits out, and a slot for a picture before the first token.

Position 0 of every sequence is the picture: its projected features, or a learned "no picture". One table reads and
writes tokens (Press and Wolf 2017). How a network carries what it has read is its own business. Knows token numbers,
not words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

MAX_TOKENS: Final = 128

# What a network remembers of the tokens read so far: one pair of tensors per layer, of a meaning that it alone knows.
Past = tuple[tuple[Tensor, Tensor], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageConfig:
    """Sizes that every network has; `features` is the length of a picture's embedding."""

    vocabulary: int
    width: int
    features: int


class CaptionNet(nn.Module, ABC):
    """Reads tokens, gives next-token logits. Sequences begin with the picture slot, which takes no token."""

    kind: ClassVar[str]

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocabulary, config.width)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.no_picture = nn.Parameter(torch.zeros(config.width))
        self.picture = nn.Linear(config.features, config.width)

    def read(self, tokens: Tensor, features: Tensor | None) -> tuple[Tensor, Past]:
        """Whole sequences: `tokens` (N, T) int64 -> hidden states (N, T + 1, width), the slot's first, and the past."""
        return self.through(torch.cat([self.picture_slot(features, len(tokens)), self.tokens(tokens)], dim=1), None)

    def step(self, tokens: Tensor, past: Past) -> tuple[Tensor, Past]:
        """One more token each: (N,) -> hidden states (N, width)."""
        hidden, past = self.through(self.tokens(tokens).unsqueeze(1), past)
        return hidden[:, 0], past

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., width) -> (..., vocabulary)."""
        return linear(hidden, self.tokens.weight)

    def picture_slot(self, features: Tensor | None, count: int) -> Tensor:
        """(N, 1, width) for `features` (N, F), rows of NaN meaning "no picture", or for no pictures at all."""
        blank = self.no_picture.expand(count, 1, -1)
        if features is None:
            return blank
        seen = ~features.isnan().any(dim=1)
        projected = self.picture(features.nan_to_num()).unsqueeze(1)
        return torch.where(seen[:, None, None], projected, blank)

    @abstractmethod
    def through(self, x: Tensor, past: Past | None) -> tuple[Tensor, Past]:
        """Embedded tokens (N, T, width) after `past` -> hidden states of the same shape, and the past with them."""

    @abstractmethod
    def matrices(self) -> list[nn.Parameter]:
        """The weights between hidden units, 2-d: neither tables of tokens nor projections of pictures."""
