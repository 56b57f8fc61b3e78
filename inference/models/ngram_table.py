"""A linear judge of hashed words and letter groups: one number per bucket, summed. Knows buckets, not words.

Such models are hard to beat on words that are bad in themselves (Wang & Manning 2012); what it takes context to see is
left to an encoder beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from inference.models.text import Bags, fold, hash_text


class NgramTable(nn.Module):
    """`forward(texts)` -> logits (N,): `bias` and, over a text's buckets, the sum of weight times rarity, divided by
    the length of the vector of rarities. Buckets of rarity 0 do not count."""

    weights: Tensor
    rarities: Tensor
    bias: Tensor

    def __init__(self, weights: Tensor, rarities: Tensor, bias: Tensor) -> None:
        """`weights` and `rarities` (any, any), read row by row, have a number per bucket; `bias` is (1,); float32."""
        super().__init__()
        self.register_buffer("weights", weights)
        self.register_buffer("rarities", rarities)
        self.register_buffer("bias", bias)

    @property
    def buckets(self) -> int:
        return self.weights.numel()

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Texts are raw; one without known words gets the bias alone."""
        hashed = [hash_text(fold(text), self.buckets) for text in texts]
        counts = torch.tensor([len(bag) for bag in hashed], dtype=torch.int64)
        owners = torch.repeat_interleave(torch.arange(len(hashed)), counts)
        ids = Bags.of(hashed).ids
        rarities = self.rarities.flatten()[ids]
        summed = torch.zeros(len(hashed)).index_add_(0, owners, self.weights.flatten()[ids] * rarities)
        squares = torch.zeros(len(hashed)).index_add_(0, owners, rarities.square())
        logits: Tensor = summed / squares.clamp(min=1e-6).sqrt() + self.bias
        return logits
