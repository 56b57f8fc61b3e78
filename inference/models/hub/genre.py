"""Genres by a model of others. Knows no templates and no years: the engine adds those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inference.contract import GenreOutput
from inference.errors import ModelError
from inference.labels import GENRES
from inference.models.hub.loading import HubSource
from inference.models.hub.prompts import GENRE_PROMPTS
from inference.models.hub.scoring import LabelScorer, Shown, load_scorer, score_shown

HubGenreInput = Shown
THRESHOLD: Final = 0.3


class HubGenre:
    """A head must name all eight genres; thresholds are those of its configuration (`thresholds`), else `THRESHOLD`."""

    def __init__(self, scorer: LabelScorer, thresholds: Mapping[str, float]) -> None:
        self._scorer = scorer
        self._thresholds = {genre: float(thresholds.get(genre, THRESHOLD)) for genre in GENRES}

    @classmethod
    def load(cls, name: str, device: str = "cpu") -> HubGenre:
        """Raises ModelError with a sentence."""
        source = HubSource(name, device)
        config: Any = source.config()
        scorer = load_scorer(source, config, GENRE_PROMPTS)
        lacking = [genre for genre in GENRES if genre not in scorer.labels]
        if lacking:
            raise ModelError(f"The genre model {name} does not know {', '.join(lacking)}.")
        return cls(scorer, getattr(config, "thresholds", None) or {})

    def predict(self, items: Sequence[HubGenreInput]) -> list[GenreOutput]:
        """One answer per item, in order; raises Unsupported where an item shows nothing the model can judge."""
        if not items:
            return []
        columns = [self._scorer.labels.index(genre) for genre in GENRES]
        return [self._answer(row) for row in score_shown(self._scorer, items)[:, columns].tolist()]

    def _answer(self, row: Sequence[float]) -> GenreOutput:
        scores = dict(zip(GENRES, row, strict=True))
        found = [genre for genre in GENRES if scores[genre] >= self._thresholds[genre]]
        return GenreOutput(scores=scores, labels=tuple(sorted(found, key=lambda genre: -scores[genre])))
