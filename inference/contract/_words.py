"""The closed vocabularies of the contract, and a place in a picture."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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


class PictureProblem(enum.StrEnum):
    """What is wrong with a picture that cannot be used, for whoever says it in words of their own."""

    EMPTY = "empty"
    UNKNOWN_KIND = "unknown_kind"
    TOO_HEAVY = "too_heavy"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    BROKEN = "broken"


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
