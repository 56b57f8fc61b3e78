"""The words that cross the wall between those who ask (bot, CLI, HTTP) and those who answer (workers).

Standard library only: whoever holds a `Pool` needs nothing heavier than this module. Everything here is
frozen, picklable and free of platform objects. `inference.wire` turns these values into JSON and back.
"""

from __future__ import annotations

from inference.contract._jobs import (
    Answer,
    Failure,
    Job,
    Pool,
    PoolState,
    PoolStatus,
    Result,
)
from inference.contract._outputs import (
    BY_A_PERSON,
    Candidate,
    CaptionOutput,
    CaptionScoreOutput,
    ExpressionOutput,
    Face,
    FlagOutput,
    GenreOutput,
    Neighbour,
    OcrLine,
    OcrOutput,
    Output,
    Reason,
    RenderOutput,
    TemplateOutput,
)
from inference.contract._requests import (
    CaptionRequest,
    CaptionScoreRequest,
    ExpressionRequest,
    FlagRequest,
    GenreRequest,
    OcrRequest,
    RenderRequest,
    Request,
    TemplateRequest,
)
from inference.contract._words import (
    Box,
    FailureKind,
    Layout,
    PictureProblem,
    Priority,
    Task,
    Verdict,
)
from inference.labels import EXPRESSIONS, FLAG_CATEGORIES, GENRES, TONES

__all__ = [
    "BY_A_PERSON",
    "EXPRESSIONS",
    "FLAG_CATEGORIES",
    "GENRES",
    "TONES",
    "Answer",
    "Box",
    "Candidate",
    "CaptionOutput",
    "CaptionRequest",
    "CaptionScoreOutput",
    "CaptionScoreRequest",
    "ExpressionOutput",
    "ExpressionRequest",
    "Face",
    "Failure",
    "FailureKind",
    "FlagOutput",
    "FlagRequest",
    "GenreOutput",
    "GenreRequest",
    "Job",
    "Layout",
    "Neighbour",
    "OcrLine",
    "OcrOutput",
    "OcrRequest",
    "Output",
    "PictureProblem",
    "Pool",
    "PoolState",
    "PoolStatus",
    "Priority",
    "Reason",
    "RenderOutput",
    "RenderRequest",
    "Request",
    "Result",
    "Task",
    "TemplateOutput",
    "TemplateRequest",
    "Verdict",
]
