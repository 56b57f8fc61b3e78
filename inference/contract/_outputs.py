"""What is answered when all goes well: one frozen output per task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from inference.contract._words import Box, Layout, Verdict

BY_A_PERSON: Final = "person"
"""Stands for a model's version where a person wrote the lines, so that learning never takes them for a model's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One caption proposed for one picture. `score` orders candidates of one answer, higher is better."""

    lines: tuple[str, ...]
    template: str | None
    layout: Layout
    tone: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOutput:
    """A finished meme: encoded bytes, their media type, size in pixels, and a sentence for those who cannot see it."""

    picture: bytes
    media_type: str
    width: int
    height: int
    alt_text: str

    @property
    def ending(self) -> str:
        """How a file of this picture's kind is named: ".png", ".jpg", ".webp" or ".gif"."""
        return ".jpg" if self.media_type == "image/jpeg" else "." + self.media_type.removeprefix("image/")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionOutput:
    """Candidates, best first, none of them flagged, and the first one rendered."""

    candidates: tuple[Candidate, ...]
    meme: RenderOutput
    keywords: tuple[str, ...] = ()
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreOutput:
    """`scores` holds all eight genres (0..1); `labels` those above their thresholds, best first."""

    scores: Mapping[str, float]
    labels: tuple[str, ...]
    template: str | None = None
    era: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What carried a flag score: words that were read, or a region. `weight` is the probability it accounts for."""

    kind: str
    weight: float
    text: str | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagOutput:
    """`score` is the calibrated probability that the meme is offensive; `text` is what was judged."""

    score: float
    verdict: Verdict
    categories: Mapping[str, float]
    reasons: tuple[Reason, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A template near a picture; `score` is cosine similarity, 0..1."""

    name: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOutput:
    """`name` is None when nothing is near enough."""

    name: str | None
    aliases: tuple[str, ...]
    score: float
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """A face's box and the probability of each expression of `inference.labels.EXPRESSIONS`."""

    box: Box
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ExpressionOutput:
    """Faces, largest first; none is an answer too."""

    faces: tuple[Face, ...]


@dataclass(frozen=True, slots=True)
class OcrLine:
    """One line of text as read, with its confidence 0..1."""

    text: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class OcrOutput:
    """What was read: the lines in reading order, and the same joined by line breaks."""

    text: str
    lines: tuple[OcrLine, ...]


@dataclass(frozen=True, slots=True)
class CaptionScoreOutput:
    """Log probability (nats) of the whole caption, and its length in characters, separators included."""

    logprob_nats: float
    chars: int


Output = (
    CaptionOutput
    | GenreOutput
    | FlagOutput
    | RenderOutput
    | TemplateOutput
    | ExpressionOutput
    | OcrOutput
    | CaptionScoreOutput
)
