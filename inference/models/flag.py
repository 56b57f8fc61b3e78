"""Offensive or not: a calibrated probability from a meme's words and picture, with categories and reasons.

Words are read by a hashed n-gram network over folded text (English and Korean); what the picture adds is a correction
to its logit, learned on top. Reasons are found by leaving words out and looking how far the probability falls.
Knows nothing of thresholds or verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from inference.contract import Reason
from inference.labels import FLAG_CATEGORIES
from inference.manifest import Manifest
from inference.models.hashed import HashedClassifier, HashedConfig
from inference.models.text import clean, hangul_share

MODEL_NAME: Final = "flag"
KOREAN_FROM: Final = 0.3
MAX_REASONS: Final = 3
MIN_REASON_WEIGHT: Final = 0.02
MAX_OCCLUSIONS: Final = 48


@dataclass(frozen=True, slots=True)
class FlagInput:
    """`features` are the picture's embedding, (D,) float32, or None where there is no picture."""

    text: str
    features: Tensor | None = None


@dataclass(frozen=True, slots=True)
class FlagScore:
    """`score` and `categories` are probabilities; `reasons` come strongest first and may be none."""

    score: float
    categories: Mapping[str, float]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (1999): probability = sigmoid(slope * logit + offset)."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, logits: Tensor) -> Tensor:
        return torch.sigmoid(self.slope * logits + self.offset)


class PictureHead(nn.Module):
    """What a picture adds to the text's logit: (N, features), (N, hidden) -> (N,)."""

    def __init__(self, features: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(features)
        self.inner = nn.Linear(features + hidden, 32)
        self.out = nn.Linear(32, 1)
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, features: Tensor, hidden: Tensor) -> Tensor:
        joined = torch.cat([self.dropout(self.norm(features)), hidden], dim=1)
        added: Tensor = self.out(self.dropout(torch.relu(self.inner(joined)))).squeeze(1)
        return added


class FlagModel:
    """Judges texts and pictures; output 0 of the text network is "offensive", the others are the categories."""

    def __init__(
        self,
        text: HashedClassifier,
        picture: PictureHead | None,
        calibrations: Mapping[str, Calibration],
    ) -> None:
        self.text = text.eval()
        self._picture = None if picture is None else picture.eval()
        self._calibrations = calibrations

    @classmethod
    def load(cls, manifest: Manifest) -> FlagModel:
        loaded = manifest.load(MODEL_NAME)
        text = HashedClassifier(HashedConfig(**loaded.config["text"]))
        text.load_state_dict(_part(loaded.tensors, "text."))
        picture = None
        if loaded.config["features"]:
            picture = PictureHead(loaded.config["features"], text.config.hidden)
            picture.load_state_dict(_part(loaded.tensors, "picture."))
        calibrations = {key: Calibration(*pair) for key, pair in loaded.config["calibrations"].items()}
        return cls(text, picture, calibrations)

    def judge(self, items: Sequence[FlagInput]) -> list[FlagScore]:
        """One score per item, in order. An item without text and picture gets the model's low prior."""
        scores, categories = self.probabilities(items)
        return [
            FlagScore(
                score=float(scores[at]),
                categories=dict(zip(FLAG_CATEGORIES, categories[at].tolist(), strict=True)),
                reasons=self._reasons(item, float(scores[at])),
            )
            for at, item in enumerate(items)
        ]

    @torch.inference_mode()
    def probabilities(self, items: Sequence[FlagInput]) -> tuple[Tensor, Tensor]:
        """Scores (N,) and categories (N, len(FLAG_CATEGORIES)) without reasons: the fast path for many texts."""
        if not items:
            return torch.zeros(0), torch.zeros(0, len(FLAG_CATEGORIES))
        logits, categories = self.logits(items)
        korean = torch.tensor([hangul_share(item.text) >= KOREAN_FROM for item in items])
        scores = torch.where(korean, self._calibrate("ko", logits), self._calibrate("en", logits))
        return scores, torch.sigmoid(categories)

    def logits(self, items: Sequence[FlagInput]) -> tuple[Tensor, Tensor]:
        """Before calibration: offensive (N,) and categories (N, len(FLAG_CATEGORIES))."""
        bags = self.text.bags([item.text for item in items])
        hidden = self.text.encode(bags)
        out = self.text.out(hidden)
        return out[:, 0] + self._added_by_pictures(items, hidden), out[:, 1:]

    def _added_by_pictures(self, items: Sequence[FlagInput], hidden: Tensor) -> Tensor:
        added = torch.zeros(len(items))
        pictures = {at: item.features for at, item in enumerate(items) if item.features is not None}
        if self._picture is not None and pictures:
            features = torch.stack([value.float() for value in pictures.values()])
            added[list(pictures)] = self._picture(features, hidden[list(pictures)])
        return added

    def _calibrate(self, language: str, logits: Tensor) -> Tensor:
        return self._calibrations.get(language, Calibration()).apply(logits)

    def _reasons(self, item: FlagInput, score: float) -> tuple[Reason, ...]:
        """The words, and the picture, without which the score would be lower by at least `MIN_REASON_WEIGHT`."""
        spelt = clean(item.text).split()
        leavable = range(min(len(spelt), MAX_OCCLUSIONS))
        without = [FlagInput(" ".join(spelt[:at] + spelt[at + 1 :]), item.features) for at in leavable]
        texts: list[str | None] = [spelt[at] for at in leavable]
        if self._picture is not None and item.features is not None:
            without.append(FlagInput(item.text, None))
            texts.append(None)
        drops = (score - self.probabilities(without)[0]).tolist()
        strongest = sorted(zip(drops, texts, strict=True), key=lambda pair: -pair[0])[:MAX_REASONS]
        return tuple(
            Reason(kind="picture" if text is None else "words", weight=drop, text=text)
            for drop, text in strongest
            if drop >= MIN_REASON_WEIGHT
        )


def flag_tensors(text: HashedClassifier, picture: PictureHead | None) -> dict[str, Tensor]:
    """The tensors under the names that `FlagModel.load` reads."""
    tensors = {f"text.{key}": value for key, value in text.state_dict().items()}
    if picture is not None:
        tensors |= {f"picture.{key}": value for key, value in picture.state_dict().items()}
    return tensors


def flag_config(
    text: HashedClassifier, picture: PictureHead | None, calibrations: Mapping[str, Calibration]
) -> dict[str, Any]:
    """The configuration that `FlagModel.load` reads."""
    return {
        "text": text.config.to_dict(),
        "features": 0 if picture is None else picture.norm.normalized_shape[0],
        "calibrations": {key: [value.slope, value.offset] for key, value in calibrations.items()},
    }


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
