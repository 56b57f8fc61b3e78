"""Checks what was asked before any work is done: limits and names that can be judged without a model or a picture."""

from __future__ import annotations

from typing import Final

from inference.contract import CaptionRequest, CaptionScoreRequest, FlagRequest, GenreRequest, RenderRequest, Request
from inference.errors import Unsupported
from inference.labels import TONES

MAX_CANDIDATES: Final = 8
MAX_PROMPT_CHARS: Final = 500
MAX_TEXT_CHARS: Final = 10_000
MAX_LINES: Final = 12


def check_request(request: Request) -> None:
    """Raises Unsupported, with a sentence that says what would be accepted."""
    match request:
        case CaptionRequest():
            _check_caption(request)
        case RenderRequest(lines=lines) | CaptionScoreRequest(boxes=lines):
            _check_lines(lines)
            if isinstance(request, RenderRequest) and request.image is None and request.template is None:
                raise Unsupported("A meme needs a picture or the name of a template to write on.")
        case FlagRequest() | GenreRequest():
            _check_judged(request)
        case _:
            pass


def _check_caption(request: CaptionRequest) -> None:
    if not 1 <= request.n <= MAX_CANDIDATES:
        raise Unsupported(f"Between 1 and {MAX_CANDIDATES} candidates can be asked for.")
    if request.tone is not None and request.tone not in TONES:
        raise Unsupported(f'There is no tone called "{request.tone}"; choose one of {", ".join(TONES)}.')
    _check_length(request.prompt, MAX_PROMPT_CHARS)


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
