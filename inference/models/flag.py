"""Offensive or not: a calibrated probability from a meme's words and picture, with categories and reasons.

Words are read by a small BERT beside a table of n-grams, one pair for Korean and one for everything else, over folded
text; what the picture says is added to the words' logit. Reasons are what the probability falls without: words that
are left out, the whole picture, a part of it that is covered. Knows nothing of thresholds or verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.contract import Box, Reason
from inference.errors import ModelError
from inference.labels import FLAG_CATEGORIES
from inference.manifest import Manifest
from inference.models.encoded import part_of
from inference.models.mixed_reader import MixedReader
from inference.models.text import clean, hangul_share

MODEL_NAME: Final = "flag"
PICTURE: Final = "picture"
WORDS: Final = "words"
KOREAN_FROM: Final = 0.3
MOST_ADDED: Final = 1.5
MAX_REASONS: Final = 3
MIN_REASON_WEIGHT: Final = 0.02
EXPLAINED_FROM: Final = 0.2
MAX_WORDS: Final = 48
FEW_WORDS: Final = 12
SPANS: Final = 8
SEARCHED_SPANS: Final = 2


@dataclass(frozen=True, slots=True)
class FlagInput:
    """`features` are the picture's embedding, (D,) float32, or None where there is no picture."""

    text: str
    features: Tensor | None = None

    def without(self, words: Sequence[str], left_out: range) -> FlagInput:
        """The same picture with some of the text's `words` left out."""
        return FlagInput(" ".join([*words[: left_out.start], *words[left_out.stop :]]), self.features)


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
    """What a picture adds to the words' logit: features (N, D) -> (N,), within `-MOST_ADDED`..`MOST_ADDED`.

    It is bounded, so that no picture excuses plain words and none offends by itself alone.
    """

    def __init__(self, features: int, inner: int = 64, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(features)
        self.inner = nn.Linear(features, inner)
        self.out = nn.Linear(inner, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor) -> Tensor:
        hidden = functional.gelu(self.inner(self.dropout(self.norm(features))))
        added: Tensor = self.out(self.dropout(hidden)).squeeze(1)
        return MOST_ADDED * torch.tanh(added / MOST_ADDED)


class FlagModel:
    """Judges texts and pictures; output 0 of a reader is "offensive", the others are the categories."""

    def __init__(
        self,
        english: MixedReader,
        korean: MixedReader,
        picture: PictureHead | None,
        calibrations: Mapping[str, Calibration],
    ) -> None:
        self.english = english.eval()
        self.korean = korean.eval()
        self.picture = None if picture is None else picture.eval()
        self.calibrations = calibrations

    @classmethod
    def load(cls, manifest: Manifest, device: str = "cpu") -> FlagModel:
        """Raises ModelError where the file is not what it should be."""
        loaded = manifest.load(MODEL_NAME)
        try:
            readers = {
                name: MixedReader.read(loaded.config[name], part_of(loaded.tensors, f"{name}."))
                for name in ("english", "korean")
            }
            picture = None
            if loaded.config["features"]:
                picture = PictureHead(loaded.config["features"])
                picture.load_state_dict(part_of(loaded.tensors, "picture."))
            calibrations = {key: Calibration(*pair) for key, pair in loaded.config["calibrations"].items()}
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise ModelError(f"The weights file {loaded.entry.file} does not fit this version.") from error
        return cls(readers["english"].to(device), readers["korean"].to(device), picture, calibrations)

    def judge(self, items: Sequence[FlagInput]) -> list[FlagScore]:
        """One score per item, in order. An item without text and picture gets the model's low prior."""
        scores, categories = self.probabilities(items)
        return [
            FlagScore(
                score=float(scores[at]),
                categories=dict(zip(FLAG_CATEGORIES, categories[at].tolist(), strict=True)),
                reasons=self._reasons(item, float(scores[at])) if scores[at] >= EXPLAINED_FROM else (),
            )
            for at, item in enumerate(items)
        ]

    @torch.inference_mode()
    def probabilities(self, items: Sequence[FlagInput]) -> tuple[Tensor, Tensor]:
        """Scores (N,) and categories (N, len(FLAG_CATEGORIES)) without reasons: the fast path for many texts."""
        if not items:
            return torch.zeros(0), torch.zeros(0, len(FLAG_CATEGORIES))
        logits, categories = self.logits(items)
        korean = torch.tensor([is_korean(item.text) for item in items])
        scores = torch.where(korean, self._calibrate("ko", logits), self._calibrate("en", logits))
        return scores, torch.sigmoid(categories)

    def logits(self, items: Sequence[FlagInput]) -> tuple[Tensor, Tensor]:
        """Before calibration: offensive (N,) and categories (N, len(FLAG_CATEGORIES))."""
        told = torch.zeros(len(items), 1 + len(FLAG_CATEGORIES))
        korean = {at for at, item in enumerate(items) if is_korean(item.text)}
        for reader, places in ((self.korean, korean), (self.english, set(range(len(items))) - korean)):
            if rows := sorted(places):
                told[rows] = reader([items[at].text for at in rows])
        return told[:, 0] + self._added_by_pictures(items), told[:, 1:]

    def region(self, item: FlagInput, covered: Sequence[tuple[Box, Tensor]]) -> Box | None:
        """The part of the picture without which the score falls most; `covered` are the features (D,) without each.

        None where no part lowers the score by `MIN_REASON_WEIGHT`.
        """
        hidden = [FlagInput(item.text, features) for _, features in covered]
        scores, _ = self.probabilities([item, *hidden])
        drops = (scores[0] - scores[1:]).tolist()
        drop, place = max(zip(drops, range(len(drops)), strict=True), default=(0.0, 0))
        return covered[place][0] if drop >= MIN_REASON_WEIGHT else None

    def _added_by_pictures(self, items: Sequence[FlagInput]) -> Tensor:
        added = torch.zeros(len(items))
        pictures = {at: item.features for at, item in enumerate(items) if item.features is not None}
        if self.picture is not None and pictures:
            added[list(pictures)] = self.picture(torch.stack([value.float() for value in pictures.values()]))
        return added

    def _calibrate(self, language: str, logits: Tensor) -> Tensor:
        return self.calibrations.get(language, Calibration()).apply(logits)

    def _reasons(self, item: FlagInput, score: float) -> tuple[Reason, ...]:
        """The words, and the picture, without which the score would be lower by at least `MIN_REASON_WEIGHT`."""
        words = clean(item.text).split()
        places = self._telling_words(item, words)
        without = [item.without(words, range(at, at + 1)) for at in places]
        texts: list[str | None] = [words[at] for at in places]
        if self.picture is not None and item.features is not None:
            without.append(FlagInput(item.text, None))
            texts.append(None)
        drops = (score - self.probabilities(without)[0]).tolist()
        strongest = sorted(zip(drops, texts, strict=True), key=lambda pair: -pair[0])[:MAX_REASONS]
        return tuple(
            Reason(kind=PICTURE if text is None else WORDS, weight=drop, text=text)
            for drop, text in strongest
            if drop >= MIN_REASON_WEIGHT
        )

    def _telling_words(self, item: FlagInput, words: Sequence[str]) -> list[int]:
        """Which words to leave out one by one: all of a few, otherwise those of the spans that matter most."""
        count = min(len(words), MAX_WORDS)
        if count <= FEW_WORDS:
            return list(range(count))
        size = -(-count // SPANS)
        spans = [range(start, min(start + size, count)) for start in range(0, count, size)]
        scores, _ = self.probabilities([item.without(words, span) for span in spans])
        lowest = scores.argsort()[:SEARCHED_SPANS].tolist()
        return sorted(at for place in lowest for at in spans[place])


def is_korean(text: str) -> bool:
    """Whether the Korean reader is asked."""
    return hangul_share(text) >= KOREAN_FROM


def flag_tensors(model: FlagModel) -> dict[str, Tensor]:
    """The tensors under the names that `FlagModel.load` reads."""
    readers = {"english": model.english, "korean": model.korean}
    tensors = {f"{name}.{key}": value for name, reader in readers.items() for key, value in reader.state_dict().items()}
    if model.picture is not None:
        tensors |= {f"picture.{key}": value for key, value in model.picture.state_dict().items()}
    return tensors


def flag_config(model: FlagModel) -> dict[str, Any]:
    """The configuration that `FlagModel.load` reads."""
    return {
        "english": model.english.config(),
        "korean": model.korean.config(),
        "features": 0 if model.picture is None else model.picture.norm.normalized_shape[0],
        "calibrations": {key: [value.slope, value.offset] for key, value in model.calibrations.items()},
    }
