"""Scores the eight genres of a meme from what the picture shows and how it looks, how its text lies, and what it says.

Any of these may be missing. Several small networks, each trained on other examples, vote by averaging. Knows no
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
from inference.models.look import LOOK_WIDTH
from inference.models.text import Bags, fold, hash_text
from inference.models.text_layout import LAYOUT_WIDTH, layout_features
from inference.models.topics import TOPIC_WIDTH, topic_features

MODEL_NAME: Final = "genre"
PARTS: Final = ("picture", "look", "layout", "words")
LARGEST: Final = 4.0


@dataclass(frozen=True, slots=True)
class GenreInput:
    """`features` float32 (D,) of the backbone, `look` (LOOK_WIDTH,) of `look_features`, `ocr` what was read.

    Each may be None. Sizes are in pixels.
    """

    features: torch.Tensor | None
    ocr: OcrOutput | None
    width: int
    height: int
    look: torch.Tensor | None = None


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
    """`features` (N, D), `look` (N, LOOK_WIDTH), `layout` and `topics` of N texts, `bags` of their words.

    `present` (N, 4) says which there are, in the order of `PARTS`; topics go with the words.
    """

    features: torch.Tensor
    look: torch.Tensor
    layout: torch.Tensor
    topics: torch.Tensor
    bags: Bags
    present: torch.Tensor


class GenreNet(nn.Module):
    """One member: `forward(batch)` -> logits (N, 8).

    Numbers are brought to one scale by `centre` and `spread`, measured in training.
    """

    centre: torch.Tensor
    spread: torch.Tensor

    def __init__(self, config: GenreConfig, dropout: float = 0.0) -> None:
        super().__init__()
        half = config.hidden // 2
        self.widths = (config.feature_width, LOOK_WIDTH, LAYOUT_WIDTH, TOPIC_WIDTH)
        self.register_buffer("centre", torch.zeros(sum(self.widths)))
        self.register_buffer("spread", torch.ones(sum(self.widths)))
        self.picture = nn.Linear(config.feature_width, config.hidden)
        self.look = nn.Linear(LOOK_WIDTH, half)
        self.layout = nn.Linear(LAYOUT_WIDTH, half)
        self.words = nn.EmbeddingBag(config.buckets, config.word_width, mode="mean")
        joined = config.hidden + 2 * half + config.word_width + TOPIC_WIDTH + len(PARTS)
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(joined, config.hidden)
        self.output = nn.Linear(config.hidden + joined, len(GENRES))

    def forward(self, batch: GenreBatch) -> torch.Tensor:
        numbers = torch.cat([batch.features, batch.look, batch.layout, batch.topics], dim=1)
        scaled = ((numbers - self.centre) / self.spread).clamp(-LARGEST, LARGEST)
        features, look, layout, topics = torch.split(self.dropout(scaled), list(self.widths), dim=1)
        has_picture, has_look, has_layout, has_words = torch.split(batch.present, 1, dim=1)
        parts = [
            functional.gelu(self.picture(features)) * has_picture,
            functional.gelu(self.look(look)) * has_look,
            functional.gelu(self.layout(layout)) * has_layout,
            self.words(batch.bags.ids, batch.bags.offsets) * has_words,
            topics * has_words,
            batch.present,
        ]
        joined = self.dropout(torch.cat(parts, dim=1))
        logits: torch.Tensor = self.output(torch.cat([functional.gelu(self.hidden(joined)), joined], dim=1))
        return logits


class GenreModel:
    """The members with one threshold per genre."""

    def __init__(self, members: nn.ModuleList, config: GenreConfig, thresholds: Mapping[str, float]) -> None:
        self.members = members.eval()
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
        return self.members.state_dict(), {"shape": shape, "thresholds": self.thresholds}

    @torch.inference_mode()
    def probabilities(self, inputs: Sequence[GenreInput]) -> torch.Tensor:
        """Float32 (N, 8), the mean of the members' probabilities, in the order of `GENRES`."""
        if not inputs:
            return torch.empty(0, len(GENRES))
        batch = make_batch(inputs, self.config)
        return torch.stack([member(batch).sigmoid() for member in self.members]).mean(dim=0)

    def predict(self, inputs: Sequence[GenreInput]) -> list[GenreOutput]:
        """One answer per input, in order; `template` and `era` are left to the engine."""
        return [self._answer(row) for row in self.probabilities(inputs).tolist()]

    def _answer(self, row: Sequence[float]) -> GenreOutput:
        scores = dict(zip(GENRES, row, strict=True))
        found = [genre for genre in GENRES if scores[genre] >= self.thresholds[genre]]
        return GenreOutput(scores=scores, labels=tuple(sorted(found, key=lambda genre: -scores[genre])))


def make_batch(inputs: Sequence[GenreInput], config: GenreConfig) -> GenreBatch:
    """Missing parts become zeros and are marked absent."""
    texts = [one.ocr.text if one.ocr else "" for one in inputs]
    bags = [hash_text(fold(text), config.buckets) for text in texts]
    present = [
        (one.features is not None, one.look is not None, one.ocr is not None and bool(one.ocr.lines), len(bag) > 0)
        for one, bag in zip(inputs, bags, strict=True)
    ]
    return GenreBatch(
        _stack([one.features for one in inputs], config.feature_width),
        _stack([one.look for one in inputs], LOOK_WIDTH),
        torch.stack([layout_features(one.ocr, one.width, one.height) for one in inputs]),
        torch.tensor([topic_features(text) for text in texts]),
        Bags.of(bags),
        torch.tensor(present, dtype=torch.float32),
    )


def _stack(rows: Sequence[torch.Tensor | None], width: int) -> torch.Tensor:
    return torch.stack([torch.zeros(width) if row is None else row.float() for row in rows])
