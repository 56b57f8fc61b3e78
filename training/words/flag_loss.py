"""What a reader of offence is wrong about: the loss over offence sets that label different things.

Each set of tweets or comments has a leaning of its own, learned beside the network and left out of it: one set calls
four texts in five offensive, another one in ten, and neither share is that of memes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.labels import FLAG_CATEGORIES
from training.datasets.offence import OffenceItem

OUTPUTS: Final = 1 + len(FLAG_CATEGORIES)
CATEGORY_WEIGHT: Final = 0.5
# Sets that lean; memes, captions and drawn sentences (0) are what the network itself stands for.
LEANING_SETS: Final = ("olid", "davidson", "stormfront", "beep", "kmhas", "curse")


@dataclass(frozen=True, slots=True)
class Targets:
    """`offensive` (N,) 0/1; `categories` (N, C) 0/1 and `known` (N, C) 0/1 for those that are labelled."""

    offensive: Tensor
    categories: Tensor
    known: Tensor

    @classmethod
    def of(cls, items: Sequence[OffenceItem]) -> Targets:
        rows = [[item.categories.get(name) for name in FLAG_CATEGORIES] for item in items]
        return cls(
            torch.tensor([float(item.offensive) for item in items]),
            torch.tensor([[float(bool(value)) for value in row] for row in rows]),
            torch.tensor([[float(value is not None) for value in row] for row in rows]),
        )


class OffenceLoss(nn.Module):
    """`forward(logits, rows)` -> nats per text; `rows` says which of the items the logits (N, OUTPUTS) belong to.

    `weights` by set say how much a text counts (1 where a set is not named).
    """

    def __init__(self, items: Sequence[OffenceItem], weights: Mapping[str, float]) -> None:
        super().__init__()
        self._targets = Targets.of(items)
        self._weights = torch.tensor([weights.get(item.source, 1.0) for item in items])
        named = {name: at for at, name in enumerate(LEANING_SETS, 1)}
        self._sets = torch.tensor([named.get(item.source, 0) for item in items])
        self.leanings = nn.Embedding(1 + len(LEANING_SETS), OUTPUTS)
        nn.init.zeros_(self.leanings.weight)

    def forward(self, logits: Tensor, rows: Tensor) -> Tensor:
        told = logits + self.leanings(self._sets[rows])
        weights, known = self._weights[rows], self._targets.known[rows] * self._weights[rows].unsqueeze(1)
        offensive = (
            binary_cross_entropy_with_logits(told[:, 0], self._targets.offensive[rows], weights, reduction="sum")
            / weights.sum()
        )
        each = binary_cross_entropy_with_logits(told[:, 1:], self._targets.categories[rows], reduction="none")
        loss: Tensor = offensive + CATEGORY_WEIGHT * (each * known).sum() / known.sum().clamp(min=1)
        return loss

    @torch.no_grad()
    def keep_in(self, out: nn.Linear) -> None:
        """What the sets that do not lean have learned to lean by belongs to the network."""
        assert out.bias is not None  # noqa: S101
        out.bias.add_(self.leanings.weight[0].to(out.bias.device))
