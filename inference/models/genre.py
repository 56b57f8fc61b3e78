"""Scores the eight genres of a meme from what the picture shows, how its text is laid out, and what the text says.

Any of the three may be missing. Several small networks, each trained on other examples, vote by averaging. Knows no
templates and no years: the engine adds those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import nn
from torch.nn import functional

from inference.contract import GenreOutput, OcrOutput
from inference.labels import GENRES
from inference.manifest import Manifest
from inference.models.text import Bags, fold, hash_text
from inference.models.text_layout import LAYOUT_WIDTH, layout_features

MODEL_NAME: Final = "genre"


@dataclass(frozen=True, slots=True)
class GenreInput:
    """`features` float32 (D,) of the backbone, `ocr` what was read; either may be None. Sizes are in pixels."""

    features: torch.Tensor | None
    ocr: OcrOutput | None
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreConfig:
    """`members` networks of the same shape; `feature_width` is the backbone's D."""

    feature_width: int = 256
    buckets: int = 4096
    word_width: int = 16
    hidden: int = 48
    members: int = 5


@dataclass(frozen=True, slots=True)
class GenreBatch:
    """`features` (N, D), `layout` (N, L), `bags` of N texts, and `present` (N, 3): which of the three there are."""

    features: torch.Tensor
    layout: torch.Tensor
    bags: Bags
    present: torch.Tensor


class GenreNet(nn.Module):
    """One member: `forward(batch)` -> logits (N, 8)."""

    def __init__(self, config: GenreConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.picture = nn.Linear(config.feature_width, config.hidden)
        self.layout = nn.Linear(LAYOUT_WIDTH, config.hidden // 2)
        self.words = nn.EmbeddingBag(config.buckets, config.word_width, mode="mean")
        joined = config.hidden + config.hidden // 2 + config.word_width + 3
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(joined, config.hidden)
        self.output = nn.Linear(config.hidden + joined, len(GENRES))

    def forward(self, batch: GenreBatch) -> torch.Tensor:
        picture, layout, words = torch.split(batch.present, 1, dim=1)
        parts = [
            functional.gelu(self.picture(self.dropout(batch.features))) * picture,
            functional.gelu(self.layout(batch.layout)) * layout,
            self.words(batch.bags.ids, batch.bags.offsets) * words,
            batch.present,
        ]
        joined = self.dropout(torch.cat(parts, dim=1))
        logits: torch.Tensor = self.output(torch.cat([functional.gelu(self.hidden(joined)), joined], dim=1))
        return logits


class GenreModel:
    """The members with one threshold per genre."""

    def __init__(self, members: nn.ModuleList, config: GenreConfig, thresholds: Mapping[str, float]) -> None:
        self._members = members.eval()
        self.config = config
        self.thresholds = dict(thresholds)

    @classmethod
    def load(cls, manifest: Manifest) -> GenreModel:
        """Raises ModelError where the weights are missing or altered."""
        loaded = manifest.load(MODEL_NAME)
        config = GenreConfig(**loaded.config["shape"])
        members = nn.ModuleList(GenreNet(config) for _ in range(config.members))
        members.load_state_dict(dict(loaded.tensors))
        return cls(members, config, loaded.config["thresholds"])

    def to_tensors(self) -> tuple[dict[str, torch.Tensor], Mapping[str, Any]]:
        """What `load` reads back."""
        shape = {name: getattr(self.config, name) for name in GenreConfig.__dataclass_fields__}
        return self._members.state_dict(), {"shape": shape, "thresholds": self.thresholds}

    @torch.inference_mode()
    def probabilities(self, inputs: Sequence[GenreInput]) -> torch.Tensor:
        """Float32 (N, 8), the mean of the members' probabilities, in the order of `GENRES`."""
        if not inputs:
            return torch.empty(0, len(GENRES))
        batch = make_batch(inputs, self.config)
        return torch.stack([member(batch).sigmoid() for member in self._members]).mean(dim=0)

    def predict(self, inputs: Sequence[GenreInput]) -> list[GenreOutput]:
        """One answer per input, in order; `template` and `era` are left to the engine."""
        return [self._answer(row) for row in self.probabilities(inputs).tolist()]

    def _answer(self, row: Sequence[float]) -> GenreOutput:
        scores = dict(zip(GENRES, row, strict=True))
        found = [genre for genre in GENRES if scores[genre] >= self.thresholds[genre]]
        return GenreOutput(scores=scores, labels=tuple(sorted(found, key=lambda genre: -scores[genre])))


def make_batch(inputs: Sequence[GenreInput], config: GenreConfig) -> GenreBatch:
    """Missing parts become zeros and are marked absent."""
    empty = torch.zeros(config.feature_width)
    texts = [one.ocr.text if one.ocr else "" for one in inputs]
    bags = [hash_text(fold(text), config.buckets) for text in texts]
    present = [
        (one.features is not None, one.ocr is not None and bool(one.ocr.lines), len(bag) > 0)
        for one, bag in zip(inputs, bags, strict=True)
    ]
    return GenreBatch(
        torch.stack([empty if one.features is None else one.features.float() for one in inputs]),
        torch.stack([layout_features(one.ocr, one.width, one.height) for one in inputs]),
        Bags.of(bags),
        torch.tensor(present, dtype=torch.float32),
    )
