"""One question, whichever model answers: the embedded one, or one of others named by a setting.

Embedded models are told a picture's features, models of others are shown the picture; here both take a `Frame`. Knows
models and nothing of jobs, templates or rendering.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import torch

from inference.contract import CaptionScoreOutput, GenreOutput, OcrOutput, Task
from inference.engine import EngineConfig
from inference.models.captioner import Condition, Draft
from inference.models.flag import PICTURE, FlagInput, FlagScore
from inference.models.genre import GenreInput
from inference.models.loaded import LoadedModels
from inference.models.look import look_features
from inference.sight import Frame, Sight

EMBEDDED: Final = "embedded"
_NEEDED_BY: Final = {
    "flag": frozenset({Task.FLAG}),
    "genre": frozenset({Task.GENRE}),
    "captioner": frozenset({Task.CAPTION, Task.CAPTION_SCORE}),
}
_SETTINGS: Final = {"flag": "flag_model", "genre": "genre_model", "captioner": "caption_model"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a caption is about: the picture, what an embedded model knows of it (D,), words, tone and text boxes."""

    frame: Frame | None = None
    features: torch.Tensor | None = None
    keywords: tuple[str, ...] = ()
    tone: str | None = None
    boxes: int = 2


class FlagExpert(Protocol):
    """Judges words, a picture, or both."""

    def judge(self, text: str, frame: Frame | None) -> FlagScore: ...


class GenreExpert(Protocol):
    """Scores the genres of what was read and seen."""

    def predict(self, read: OcrOutput, frame: Frame | None) -> GenreOutput: ...


class CaptionExpert(Protocol):
    """Writes captions and says how likely one is; `needs_pictures` asks for a `Subject.frame` even for templates."""

    needs_pictures: bool

    def write(self, subject: Subject, n: int, seed: int) -> list[Draft]: ...

    def score(self, subject: Subject, boxes: Sequence[str]) -> CaptionScoreOutput: ...


class EmbeddedFlag:
    """The shipped flag model."""

    def __init__(self, models: LoadedModels, sight: Sight) -> None:
        self._models = models
        self._sight = sight

    def judge(self, text: str, frame: Frame | None) -> FlagScore:
        features = self._sight.embed(frame).features if frame else None
        item = FlagInput(text, features)
        judged = self._models.flag.judge([item])[0]
        if frame is None or all(reason.kind != PICTURE for reason in judged.reasons):
            return judged
        where = self._models.flag.region(item, self._sight.embed_parts(frame))
        reasons = (replace(reason, box=where) if reason.kind == PICTURE else reason for reason in judged.reasons)
        return replace(judged, reasons=tuple(reasons))

    def score(self, text: str) -> float:
        """The probability alone, without the reasons that `judge` looks for by leaving words out one by one."""
        scores, _ = self._models.flag.probabilities([FlagInput(text)])
        return float(scores[0])


class EmbeddedGenre:
    """The shipped genre model."""

    def __init__(self, models: LoadedModels, sight: Sight) -> None:
        self._models = models
        self._sight = sight

    def predict(self, read: OcrOutput, frame: Frame | None) -> GenreOutput:
        features = self._sight.embed(frame).features if frame else None
        width, height = frame.picture.size if frame else (0, 0)
        look = look_features(frame.picture, read) if frame else None
        return self._models.genre.predict([GenreInput(features, read, width, height, look)])[0]


class EmbeddedCaptioner:
    """The shipped caption model."""

    needs_pictures = False

    def __init__(self, models: LoadedModels) -> None:
        self._models = models

    def write(self, subject: Subject, n: int, seed: int) -> list[Draft]:
        return self._models.captioner.write(_to_condition(subject), n, seed)

    def score(self, subject: Subject, boxes: Sequence[str]) -> CaptionScoreOutput:
        return self._models.captioner.score(_to_condition(subject), boxes)


@dataclass(frozen=True, slots=True)
class Experts:
    """Who answers. `self_check` judges our own captions and is always the embedded flag model: it reads words alone."""

    flag: FlagExpert
    genre: GenreExpert
    captioner: CaptionExpert
    self_check: EmbeddedFlag

    @classmethod
    def choose(cls, config: EngineConfig, models: LoadedModels, sight: Sight, tasks: frozenset[Task]) -> Experts:
        """Take models of others where `config` names them, loading only those that `tasks` need."""
        ours = EmbeddedFlag(models, sight)
        experts = cls(ours, EmbeddedGenre(models, sight), EmbeddedCaptioner(models), ours)
        named = {name for name, needed_by in _NEEDED_BY.items() if _is_named(config, name) and tasks & needed_by}
        if not named:
            return experts
        from inference.others import load_others  # noqa: PLC0415 - transformers takes seconds to import

        return replace(experts, **load_others(config, models.device, named))


def _is_named(config: EngineConfig, expert: str) -> bool:
    return bool(getattr(config, _SETTINGS[expert]) != EMBEDDED)


def _to_condition(subject: Subject) -> Condition:
    return Condition(subject.features, subject.keywords, subject.tone, subject.boxes)
