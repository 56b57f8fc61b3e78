"""The words that cross the wall between those who ask (bot, CLI, HTTP) and those who answer (workers).

Standard library only: whoever holds a `Pool` needs nothing heavier than this module. Everything here is
frozen, picklable and free of platform objects. `inference.wire` turns these values into JSON and back.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol


class Task(enum.StrEnum):
    """What a worker can be asked for."""

    CAPTION = "caption"
    GENRE = "genre"
    FLAG = "flag"
    RENDER = "render"
    TEMPLATE = "template"
    EXPRESSION = "expression"
    OCR = "ocr"
    CAPTION_SCORE = "caption-score"


class Priority(enum.IntEnum):
    """Lower goes first: people who wait before the backlog of moderation."""

    INTERACTIVE = 0
    SCAN = 1
    BATCH = 2


class FailureKind(enum.StrEnum):
    """Why a job got no result. None of these means "safe", none means "offensive"."""

    INVALID_IMAGE = "invalid_image"
    UNSUPPORTED = "unsupported"
    OVERLOADED = "overloaded"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    WORKER_DIED = "worker_died"
    MODEL_ERROR = "model_error"


class Verdict(enum.StrEnum):
    """A flag score read against a chat's thresholds."""

    CLEAR = "clear"
    UNSURE = "unsure"
    OFFENSIVE = "offensive"


class Layout(enum.StrEnum):
    """Where the lines of a meme go: the picture's own top and bottom, a template's boxes, or a white bar above."""

    TOP_BOTTOM = "top_bottom"
    TEMPLATE = "template"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions (0..1) of the picture's width and height; `x`, `y` is its top-left corner."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionRequest:
    """Write `n` (1..8) candidates for a picture, a named template, or, with neither, a template of the model's choice.

    `tone` is one of `inference.labels.TONES` or None. `seed` makes the answer repeatable.
    """

    task: ClassVar[Task] = Task.CAPTION
    image: bytes | None = None
    prompt: str = ""
    template: str | None = None
    tone: str | None = None
    n: int = 4
    seed: int | None = None


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
    """Draw `lines` (one per text box) on a picture or on a known template."""

    task: ClassVar[Task] = Task.RENDER
    lines: tuple[str, ...]
    image: bytes | None = None
    template: str | None = None
    layout: Layout = Layout.TOP_BOTTOM


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


@dataclass(frozen=True, slots=True)
class Job:
    """One request on its way to a worker.

    `fairness_key` names whose turn it uses up (a user or a chat); `timeout_s` counts from submission.
    """

    request: Request
    fairness_key: str = ""
    priority: Priority = Priority.INTERACTIVE
    timeout_s: float = 30.0
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def task(self) -> Task:
        return self.request.task


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


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a job that went well. `model` names the versions that made it, such as "flag-1"."""

    job_id: str
    output: Output
    model: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer to a job that did not. `message` is a sentence for the person who asked."""

    job_id: str
    kind: FailureKind
    message: str


Answer = Result | Failure


class PoolState(enum.StrEnum):
    """What health checks report."""

    LOADING = "loading"
    READY = "ready"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStatus:
    """A snapshot of a pool: `queued` jobs wait, `running` ones are with a worker, `restarts` counts replaced ones."""

    state: PoolState
    workers: int
    queued: int
    running: int
    restarts: int = 0


class Pool(Protocol):
    """What everybody who wants inference is given; `LocalPool` and `HttpClient` are the two."""

    async def submit(self, job: Job) -> Answer:
        """Answer by the job's deadline, exactly once, whatever dies; raises only on the caller's own cancellation."""
        ...

    async def status(self) -> PoolStatus: ...

    async def close(self) -> None:
        """Stop taking jobs, answer those inside, and stop the workers."""
        ...
