"""Checks what was asked before any work is done: limits and names that can be judged without a model or a picture."""

from __future__ import annotations

from typing import Final

from inference.contract import (
    Box,
    CaptionRequest,
    CaptionScoreRequest,
    FlagRequest,
    GenreRequest,
    RenderRequest,
    Request,
)
from inference.errors import Unsupported
from inference.labels import TONES

MAX_CANDIDATES: Final = 8
MAX_PROMPT_CHARS: Final = 500
MAX_TEXT_CHARS: Final = 10_000
MAX_LINES: Final = 12
MAX_BOXES: Final = MAX_LINES
MAX_TITLE_CHARS: Final = 100
LEAST_BOX_SIDE: Final = 0.01
EDGE_SLACK: Final = 0.001  # of the picture's side: what rounding of a drawn box may overshoot


def check_request(request: Request) -> None:
    """Raises Unsupported, with a sentence that says what would be accepted."""
    match request:
        case CaptionRequest():
            _check_caption(request)
        case RenderRequest():
            _check_lines(request.lines)
            if request.image is None and request.template is None:
                raise Unsupported("A meme needs a picture or the name of a template to write on.")
            _check_boxes(request)
        case CaptionScoreRequest():
            _check_lines(request.boxes)
        case FlagRequest() | GenreRequest():
            _check_judged(request)
        case _:
            pass


def _check_caption(request: CaptionRequest) -> None:
    if not 1 <= request.n <= MAX_CANDIDATES:
        raise Unsupported(f"Between 1 and {MAX_CANDIDATES} candidates can be asked for.")
    if request.tone is not None and request.tone not in TONES:
        raise Unsupported(f'There is no tone called "{request.tone}"; choose one of {", ".join(TONES)}.')
    if not 0 <= request.hold_back_from <= 1:
        raise Unsupported("Candidates are held back from a probability between 0 and 1.")
    _check_length(request.prompt, MAX_PROMPT_CHARS)
    _check_boxes(request)


def _check_boxes(request: CaptionRequest | RenderRequest) -> None:
    _check_length(request.title, MAX_TITLE_CHARS)
    if not request.boxes:
        return
    if request.image is None:
        raise Unsupported("Text boxes lie on a picture; send the picture along.")
    if request.template is not None:
        raise Unsupported("Text boxes are either the template's or your own; send one of the two.")
    if len(request.boxes) > MAX_BOXES:
        raise Unsupported(f"A picture has at most {MAX_BOXES} text boxes.")
    for box in request.boxes:
        _check_box(box)


def _check_box(box: Box) -> None:
    """Written so that a side which is no number is refused, too."""
    if not (box.w >= LEAST_BOX_SIDE and box.h >= LEAST_BOX_SIDE):
        raise Unsupported("A text box is too small to write in; make it larger.")
    starts_inside = box.x >= -EDGE_SLACK and box.y >= -EDGE_SLACK
    if not (starts_inside and box.x + box.w <= 1 + EDGE_SLACK and box.y + box.h <= 1 + EDGE_SLACK):
        raise Unsupported("A text box lies outside the picture; its sides are fractions of the picture, from 0 to 1.")


def _check_lines(lines: tuple[str, ...]) -> None:
    if len(lines) > MAX_LINES:
        raise Unsupported(f"A meme has at most {MAX_LINES} lines.")
    _check_length("".join(lines), MAX_TEXT_CHARS)


def _check_judged(request: FlagRequest | GenreRequest) -> None:
    if request.image is None and request.text is None:
        raise Unsupported("There is nothing to look at: send a picture, a text, or both.")
    _check_length(request.text or "", MAX_TEXT_CHARS)
    if isinstance(request, FlagRequest) and not 0 <= request.unsure_from <= request.offensive_from <= 1:
        raise Unsupported("Thresholds lie between 0 and 1, and unsure begins before offensive.")


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise Unsupported(f"That text has {len(text)} characters; {limit} is the most.")
