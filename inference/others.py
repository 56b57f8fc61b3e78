"""Models of others behind the questions of `inference.experts`. Importing this imports transformers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from inference.contract import CaptionScoreOutput, GenreOutput, OcrOutput
from inference.engine import EngineConfig
from inference.experts import Subject
from inference.models.captioner import Draft
from inference.models.flag import FlagScore
from inference.models.hub import HubCaptioner, HubCondition, HubFlag, HubFlagInput, HubGenre, HubGenreInput
from inference.sight import Frame


def load_others(config: EngineConfig, device: str, wanted: Collection[str]) -> dict[str, Any]:
    """The experts named in `wanted` (flag, genre, captioner), loaded from the places that `config` names."""
    makers: dict[str, Callable[[], Any]] = {
        "flag": lambda: OthersFlag(config.flag_model, device),
        "genre": lambda: OthersGenre(config.genre_model, device),
        "captioner": lambda: OthersCaptioner(config.caption_model, device),
    }
    return {name: make() for name, make in makers.items() if name in wanted}


class OthersFlag:
    """A flag model of others."""

    def __init__(self, name: str, device: str) -> None:
        self._model = HubFlag.load(name, device)

    def judge(self, text: str, frame: Frame | None) -> FlagScore:
        return self._model.judge([HubFlagInput(frame.picture if frame else None, text)])[0]


class OthersGenre:
    """A genre model of others."""

    def __init__(self, name: str, device: str) -> None:
        self._model = HubGenre.load(name, device)

    def predict(self, read: OcrOutput, frame: Frame | None) -> GenreOutput:
        return self._model.predict([HubGenreInput(frame.picture if frame else None, read.text)])[0]


class OthersCaptioner:
    """A caption model of others."""

    def __init__(self, name: str, device: str) -> None:
        self._model = HubCaptioner.load(name, device)
        self.needs_pictures = self._model.sees_pictures

    def write(self, subject: Subject, n: int, seed: int) -> list[Draft]:
        return self._model.write(_to_hub_condition(subject), n, seed)

    def score(self, subject: Subject, boxes: Sequence[str]) -> CaptionScoreOutput:
        return self._model.score(_to_hub_condition(subject), boxes)


def _to_hub_condition(subject: Subject) -> HubCondition:
    picture = subject.frame.picture if subject.frame else None
    return HubCondition(picture, subject.keywords, subject.tone, subject.boxes)
