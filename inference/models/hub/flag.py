"""Offensive or not by a model of others; reasons are found by leaving parts out. Knows no threshold and no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor

from inference.contract import Reason
from inference.errors import ModelError
from inference.labels import FLAG_CATEGORIES
from inference.models.flag import MAX_REASONS, MIN_REASON_WEIGHT, Calibration, FlagScore
from inference.models.hub.loading import HubSource
from inference.models.hub.prompts import CLEAR, FLAG_PROMPTS, OFFENSIVE
from inference.models.hub.scoring import LabelScorer, Shown, load_scorer, score_shown

HubFlagInput = Shown
MAX_OCCLUSIONS: Final = 24
EDGE: Final = 1e-6


class HubFlag:
    """A head must name `offensive` or `clear`; its other labels count where they are flag categories.

    Scores are calibrated by the configuration's `calibration` ([slope, offset] on the logit), where it has one.
    """

    def __init__(self, scorer: LabelScorer, calibration: Calibration) -> None:
        self._scorer = scorer
        self._calibration = calibration

    @classmethod
    def load(cls, name: str, device: str = "cpu") -> HubFlag:
        """Raises ModelError with a sentence."""
        source = HubSource(name, device)
        config: Any = source.config()
        scorer = load_scorer(source, config, FLAG_PROMPTS)
        if not {OFFENSIVE, CLEAR} & set(scorer.labels):
            raise ModelError(f"The flag model {name} has neither a label {OFFENSIVE} nor a label {CLEAR}.")
        return cls(scorer, Calibration(*(getattr(config, "calibration", None) or ())))

    def judge(self, items: Sequence[HubFlagInput]) -> list[FlagScore]:
        """One score per item, in order; raises Unsupported where an item shows nothing the model can judge."""
        if not items:
            return []
        probabilities = score_shown(self._scorer, items)
        scores = self._offence(probabilities).tolist()
        return [
            FlagScore(score=score, categories=self._categories(row), reasons=self._reasons(item, score))
            for item, score, row in zip(items, scores, probabilities, strict=True)
        ]

    def _offence(self, probabilities: Tensor) -> Tensor:
        labels = self._scorer.labels
        if OFFENSIVE in labels:
            raw = probabilities[:, labels.index(OFFENSIVE)]
        else:
            raw = 1 - probabilities[:, labels.index(CLEAR)]
        return self._calibration.apply(raw.clamp(EDGE, 1 - EDGE).logit())

    def _categories(self, row: Tensor) -> dict[str, float]:
        known = {name: float(value) for name, value in zip(self._scorer.labels, row, strict=True)}
        return {name: known.get(name, 0.0) for name in FLAG_CATEGORIES}

    def _reasons(self, item: HubFlagInput, score: float) -> tuple[Reason, ...]:
        """The words, or the picture, without which the score falls by at least `MIN_REASON_WEIGHT`."""
        words = item.text.split()
        if item.picture is not None and not (words and self._scorer.reads_texts):
            return (Reason(kind="picture", weight=score),) if score >= MIN_REASON_WEIGHT else ()
        leavable = range(min(len(words), MAX_OCCLUSIONS) if len(words) > 1 else 0)
        parts = [Shown(item.picture, " ".join(words[:at] + words[at + 1 :])) for at in leavable]
        named: list[str | None] = [words[at] for at in leavable]
        if item.picture is not None:
            parts.append(Shown(None, item.text))
            named.append(None)
        if not parts:
            return (Reason(kind="words", weight=score, text=item.text),) if score >= MIN_REASON_WEIGHT else ()
        drops = score - self._offence(score_shown(self._scorer, parts))
        strongest = torch.argsort(drops, descending=True)[:MAX_REASONS].tolist()
        return tuple(
            Reason(kind="words" if named[at] else "picture", weight=float(drops[at]), text=named[at])
            for at in strongest
            if drops[at] >= MIN_REASON_WEIGHT
        )
