"""A small network over hashed words and letter groups: the text encoder of the flag, the chooser and the tone labels.

The bag-of-n-grams classifier of Joulin et al., "Bag of Tricks for Efficient Text Classification" (2016), with inverse
document frequencies as weights and one hidden layer. Knows buckets, not words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from inference.models.text import Bags, fold, hash_text


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedConfig:
    """Sizes: `buckets` rows of `width` numbers, then `hidden` units, then `outputs` logits."""

    buckets: int
    width: int
    hidden: int
    outputs: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class HashedClassifier(nn.Module):
    """`forward(bags)` -> logits (N, outputs); `encode(bags)` -> hidden vectors (N, hidden)."""

    inverse: Tensor

    def __init__(self, config: HashedConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.table = nn.EmbeddingBag(config.buckets, config.width, mode="sum")
        nn.init.normal_(self.table.weight, std=0.1)
        self.register_buffer("inverse", torch.ones(config.buckets))
        self.hidden = nn.Linear(config.width, config.hidden)
        self.out = nn.Linear(config.hidden, config.outputs)
        self.dropout = nn.Dropout(dropout)

    def encode(self, bags: Bags) -> Tensor:
        weights = self.inverse[bags.ids]
        summed = self.table(bags.ids, bags.offsets, per_sample_weights=weights)
        sizes = torch.zeros(len(bags.offsets)).index_add_(0, _owners(bags), weights.square())
        scaled = summed / sizes.clamp(min=1e-6).sqrt().unsqueeze(1)
        return torch.relu(self.hidden(self.dropout(scaled)))

    def forward(self, bags: Bags) -> Tensor:
        logits: Tensor = self.out(self.dropout(self.encode(bags)))
        return logits

    def bags(self, texts: Sequence[str]) -> Bags:
        """Raw texts, folded and hashed for this model."""
        return Bags.of([hash_text(fold(text), self.config.buckets) for text in texts])


def _owners(bags: Bags) -> Tensor:
    """Which text each flat id belongs to, (len(ids),) int64."""
    ends = torch.cat([bags.offsets[1:], torch.tensor([len(bags.ids)])])
    return torch.repeat_interleave(torch.arange(len(bags.offsets)), ends - bags.offsets)
