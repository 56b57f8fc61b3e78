"""A small decoder-only transformer over caption tokens, with a slot for a picture.

Pre-norm blocks with rotary positions (Su et al. 2021), squared ReLU (So et al. 2021) and one table for reading and
writing tokens. Position 0 of every sequence is the picture: its projected features, or a learned "no picture".
Knows token numbers, not words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention

MAX_TOKENS: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageConfig:
    """Sizes; `features` is the length of a picture's embedding."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    features: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Past:
    """Keys and values of the tokens read so far, per layer (N, heads, T, width / heads)."""

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]

    @property
    def length(self) -> int:
        return self.keys[0].shape[2]

    def of_rows(self, rows: Tensor) -> Past:
        """The same past for a choice of rows, repeats allowed."""
        return Past(tuple(key[rows] for key in self.keys), tuple(value[rows] for value in self.values))


class _Block(nn.Module):
    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.before = nn.RMSNorm(config.width)
        self.mixed = nn.Linear(config.width, 3 * config.width, bias=False)
        self.joined = nn.Linear(config.width, config.width, bias=False)
        self.between = nn.RMSNorm(config.width)
        self.wide = nn.Linear(config.width, 4 * config.width, bias=False)
        self.narrow = nn.Linear(4 * config.width, config.width, bias=False)
        nn.init.zeros_(self.joined.weight)
        nn.init.zeros_(self.narrow.weight)

    def forward(
        self, x: Tensor, turns: tuple[Tensor, Tensor], past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        count, length, width = x.shape
        split = self.mixed(self.before(x)).view(count, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        query, key = _turned(query, turns), _turned(key, turns)
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        seen = scaled_dot_product_attention(query, key, value, is_causal=past is None)
        x = x + self.joined(seen.transpose(1, 2).reshape(count, length, width))
        return x + self.narrow(torch.relu(self.wide(self.between(x))).square()), (key, value)


class CaptionNet(nn.Module):
    """Reads tokens, gives next-token logits. Sequences begin with the picture slot, which takes no token."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocabulary, config.width)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.no_picture = nn.Parameter(torch.zeros(config.width))
        self.picture = nn.Linear(config.features, config.width)
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.layers))
        self.last = nn.RMSNorm(config.width)
        half = config.width // config.heads // 2
        angles = torch.outer(torch.arange(MAX_TOKENS).float(), 10_000 ** (-torch.arange(half) / half))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def picture_slot(self, features: Tensor | None, count: int) -> Tensor:
        """(N, 1, width) for `features` (N, F), rows of NaN meaning "no picture", or for no pictures at all."""
        blank = self.no_picture.expand(count, 1, -1)
        if features is None:
            return blank
        seen = ~features.isnan().any(dim=1)
        projected = self.picture(features.nan_to_num()).unsqueeze(1)
        return torch.where(seen[:, None, None], projected, blank)

    def read(self, tokens: Tensor, features: Tensor | None) -> tuple[Tensor, Past]:
        """Whole sequences: `tokens` (N, T) int64 -> hidden states (N, T + 1, width), the slot's first, and the past."""
        x = torch.cat([self.picture_slot(features, len(tokens)), self.tokens(tokens)], dim=1)
        return self._through(x, None)

    def step(self, tokens: Tensor, past: Past) -> tuple[Tensor, Past]:
        """One more token each: (N,) -> hidden states (N, width)."""
        hidden, past = self._through(self.tokens(tokens).unsqueeze(1), past)
        return hidden[:, 0], past

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., width) -> (..., vocabulary)."""
        return linear(hidden, self.tokens.weight)

    def _through(self, x: Tensor, past: Past | None) -> tuple[Tensor, Past]:
        start = 0 if past is None else past.length
        turns = (self.cos[start : start + x.shape[1]], self.sin[start : start + x.shape[1]])
        keys: list[Tensor] = []
        values: list[Tensor] = []
        for at, block in enumerate(self.blocks):
            x, (key, value) = block(x, turns, None if past is None else (past.keys[at], past.values[at]))
            keys.append(key)
            values.append(value)
        return self.last(x), Past(tuple(keys), tuple(values))


def _turned(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate pairs of numbers by their position's angle: x is (N, heads, T, 2 * half)."""
    cos, sin = turns
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1).to(x.dtype)
