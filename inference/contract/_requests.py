"""What can be asked: one frozen request per task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from inference.contract._words import Box, Layout, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionRequest:
    """Write `n` (1..8) candidates for a picture, a named template, or, with neither, a template of the model's choice.

    With both, the picture gets the template's kind of joke in the template's text boxes. With a picture and `boxes`
    (at most 12, in reading order), as for a template of a chat's own, each candidate has one line per box and is drawn
    into them.

    `tone` is one of `inference.labels.TONES` or None. `seed` makes the answer repeatable. `title` names the picture in
    the alt text. Candidates that the flag model finds offensive with a probability of `hold_back_from` (0..1) or more
    are held back.
    """

    task: ClassVar[Task] = Task.CAPTION
    image: bytes | None = None
    prompt: str = ""
    template: str | None = None
    tone: str | None = None
    n: int = 4
    seed: int | None = None
    boxes: tuple[Box, ...] = ()
    title: str = ""
    hold_back_from: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreRequest:
    """Score the eight genres of a picture; `text` replaces what OCR would read."""

    task: ClassVar[Task] = Task.GENRE
    image: bytes | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRequest:
    """Judge a picture, a text, or both; `text` replaces what OCR would read.

    `unsure_from` and `offensive_from` (0..1) are the chat's thresholds on the calibrated probability.
    """

    task: ClassVar[Task] = Task.FLAG
    image: bytes | None = None
    text: str | None = None
    unsure_from: float = 0.4
    offensive_from: float = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """Draw `lines` (one per text box) on a picture or on a known template.

    `boxes` are the text boxes of a picture that is no known template; without them its lines go along top and bottom.
    `title` names the picture in the alt text.
    """

    task: ClassVar[Task] = Task.RENDER
    lines: tuple[str, ...]
    image: bytes | None = None
    template: str | None = None
    layout: Layout = Layout.TOP_BOTTOM
    boxes: tuple[Box, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRequest:
    """Recognise which known template a picture shows."""

    task: ClassVar[Task] = Task.TEMPLATE
    image: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionRequest:
    """Find faces and read their expression; `face_is_whole` says that the picture is one cropped face."""

    task: ClassVar[Task] = Task.EXPRESSION
    image: bytes
    face_is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrRequest:
    """Read the text in a picture."""

    task: ClassVar[Task] = Task.OCR
    image: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionScoreRequest:
    """How likely the caption model finds `boxes` (texts, in order) under a picture or a named template."""

    task: ClassVar[Task] = Task.CAPTION_SCORE
    boxes: tuple[str, ...]
    image: bytes | None = None
    template: str | None = None


Request = (
    CaptionRequest
    | GenreRequest
    | FlagRequest
    | RenderRequest
    | TemplateRequest
    | ExpressionRequest
    | OcrRequest
    | CaptionScoreRequest
)
