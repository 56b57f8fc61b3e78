"""A small decoder-only transformer over caption tokens.

Pre-norm blocks with rotary positions (Su et al. 2021) and squared ReLU (So et al. 2021). Knows token numbers,
not words.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from inference.models.language import MAX_TOKENS, CaptionNet, LanguageConfig, Past


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerConfig(LanguageConfig):
    """`heads` divides `width`, and each head's width is even."""

    layers: int
    heads: int


class CaptionTransformer(CaptionNet):
    """Its past holds keys and values per layer, each (N, heads, T, width / heads)."""

    kind = "transformer"
    cos: Tensor
    sin: Tensor

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.layers))
        self.last = nn.RMSNorm(config.width)
        half = config.width // config.heads // 2
        angles = torch.outer(torch.arange(MAX_TOKENS).float(), 10_000 ** (-torch.arange(half) / half))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def through(self, x: Tensor, past: Past | None) -> tuple[Tensor, Past]:
        start = 0 if past is None else past[0][0].shape[2]
        turns = (self.cos[start : start + x.shape[1]], self.sin[start : start + x.shape[1]])
        kept: list[tuple[Tensor, Tensor]] = []
        for at, block in enumerate(self.blocks):
            x, pair = block(x, turns, None if past is None else past[at])
            kept.append(pair)
        return self.last(x), tuple(kept)

    def matrices(self) -> list[nn.Parameter]:
        return [value for value in self.blocks.parameters() if value.ndim == 2]


class _Block(nn.Module):
    def __init__(self, config: TransformerConfig) -> None:
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


def _turned(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate pairs of numbers by their position's angle: x is (N, heads, T, 2 * half)."""
    cos, sin = turns
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1).to(x.dtype)
