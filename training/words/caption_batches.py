"""Turns prepared captions into training batches: conditions drawn at random, captions of like length together.

Pictures are few (one per template) and photographs are none of them, so their embeddings are blurred with noise.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from inference.models.caption_tokens import CaptionTokens, Condition
from inference.models.keywords import content_words
from training.words.caption_data import PreparedCaption, padded
from training.words.fitting import like_lengths_together

KEEP_PICTURE: Final = 0.8
PICTURE_NOISE: Final = 0.25
KEEP_BOXES: Final = 0.85
KEEP_TONE: Final = 0.4
KEEP_APPEAL: Final = 0.7
KEEP_KEYWORDS: Final = 0.6
MAX_DRAWN_KEYWORDS: Final = 3


@dataclass(frozen=True, slots=True)
class CaptionBatch:
    """`tokens` (N, T) with the picture slot not counted; `targets` (N, T + 1), -1 where nothing is to be learned;
    `features` (N, F) with NaN rows for "no picture", or None; `weights` (N,)."""

    tokens: Tensor
    targets: Tensor
    features: Tensor | None
    weights: Tensor

    def without_pictures(self) -> CaptionBatch:
        return replace(self, features=None)

    def on(self, device: str) -> CaptionBatch:
        features = None if self.features is None else self.features.to(device)
        return CaptionBatch(self.tokens.to(device), self.targets.to(device), features, self.weights.to(device))


class BatchMaker:
    """`pictures` maps template names to embeddings (F,); templates that are not in it stay without a picture."""

    def __init__(
        self, tokens: CaptionTokens, items: Sequence[PreparedCaption], pictures: Mapping[str, Tensor], size: int
    ) -> None:
        self._tokens = tokens
        self._items = items
        self._pictures = pictures
        self._size = size

    def __len__(self) -> int:
        return len(range(0, len(self._items), self._size))

    def epoch(self, seed: int, skip: int = 0) -> Iterator[CaptionBatch]:
        """Every caption once; order and conditions depend on `seed` alone. The first `skip` batches are left out."""
        for at, rows in enumerate(self._orders(random.Random(seed))):
            if at >= skip:
                yield self._batch([self._items[row] for row in rows], random.Random(f"{seed} {at}"))

    def _orders(self, chance: random.Random) -> list[list[int]]:
        rows = list(range(len(self._items)))
        chance.shuffle(rows)
        lengths = [len(item.tokens) for item in self._items]
        return like_lengths_together(rows, lengths, self._size, chance)

    def _batch(self, items: Sequence[PreparedCaption], chance: random.Random) -> CaptionBatch:
        prefixes = [self._prefix(item, chance) for item in items]
        rows = [[*prefix, *item.tokens[:-1]] for prefix, item in zip(prefixes, items, strict=True)]
        wanted = [[-1] * len(prefix) + list(item.tokens) for prefix, item in zip(prefixes, items, strict=True)]
        return CaptionBatch(
            tokens=padded(rows, self._tokens.pad),
            targets=padded(wanted, -1),
            features=self._features(items, chance),
            weights=torch.tensor([item.weight for item in items]),
        )

    def _prefix(self, item: PreparedCaption, chance: random.Random) -> list[int]:
        condition = Condition(
            keywords=_drawn_keywords(item, chance) if chance.random() < KEEP_KEYWORDS else (),
            tone=item.tone if chance.random() < KEEP_TONE else None,
            boxes=len(item.caption.boxes),
        )
        appeal = item.appeal if chance.random() < KEEP_APPEAL else None
        return self._tokens.prefix(condition, appeal, any_boxes=chance.random() >= KEEP_BOXES)

    def _features(self, items: Sequence[PreparedCaption], chance: random.Random) -> Tensor | None:
        if not self._pictures:
            return None
        blank = torch.full_like(next(iter(self._pictures.values())), torch.nan)
        shown = [chance.random() < KEEP_PICTURE for _ in items]
        rows = [
            self._pictures.get(item.caption.template, blank) if seen else blank
            for item, seen in zip(items, shown, strict=True)
        ]
        noise = torch.Generator().manual_seed(chance.getrandbits(32))
        return torch.stack(rows) + PICTURE_NOISE * torch.randn(len(rows), len(blank), generator=noise)


def _drawn_keywords(item: PreparedCaption, chance: random.Random) -> tuple[str, ...]:
    there = content_words(" ".join(item.caption.boxes))
    return tuple(chance.sample(there, min(len(there), chance.randint(1, MAX_DRAWN_KEYWORDS))))
