"""How text lies in a picture, as a short row of numbers: a tweet and a caption differ here before a word is read."""

from __future__ import annotations

import math
import re
from statistics import fmean, pstdev
from typing import Final

import torch

from inference.contract import OcrLine, OcrOutput

LAYOUT_WIDTH: Final = 27
_HANDLE: Final = re.compile(r"(?<!\w)@\w{2,}")
_CLOCK: Final = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,3} ?(?:h|hr|hrs|min|mins|m|d)\b", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\b\d{1,2}/\d{1,2}/\d{2}", re.IGNORECASE
)
_SOCIAL: Final = re.compile(
    r"\b(?:retweets?|likes?|repl(?:y|ies)|shares?|comments?|follow|upvote|views?|subscribe)\b", re.IGNORECASE
)
_SITE: Final = re.compile(r"\b\w+\.(?:com|net|org|gov|tv)\b", re.IGNORECASE)


def layout_features(ocr: OcrOutput | None, width: int, height: int) -> torch.Tensor:
    """Float32 (LAYOUT_WIDTH,), each about -2..2; the aspect ratio alone where no line was read."""
    shape = [max(-2.0, min(2.0, math.log(max(1, width) / max(1, height))))]
    if ocr is None or not ocr.lines:
        return torch.tensor(shape + [0.0] * (LAYOUT_WIDTH - 1))
    return torch.tensor(shape + _mass(ocr.lines) + _alignment(ocr.lines) + _letters(ocr))


def _mass(lines: tuple[OcrLine, ...]) -> list[float]:
    """Share of the picture that text covers, and how that area is spread from top to bottom."""
    areas = [line.box.w * line.box.h for line in lines]
    total = max(sum(areas), 1e-6)
    middles = [line.box.y + line.box.h / 2 for line in lines]

    def between(low: float, high: float) -> float:
        return sum(area for area, y in zip(areas, middles, strict=True) if low <= y < high) / total

    bands = [between(low, high) for low, high in ((-1, 0.15), (0.15, 0.33), (0.33, 0.67), (0.67, 0.85), (0.85, 2))]
    gaps = [below - above for above, below in zip(sorted(middles), sorted(middles)[1:], strict=False)]
    return [min(1.0, total), math.sqrt(min(1.0, total)), *bands, max(gaps, default=0.0), min(middles), max(middles)]


def _alignment(lines: tuple[OcrLine, ...]) -> list[float]:
    heights = [line.box.h for line in lines]
    widths = [line.box.w for line in lines]
    lefts = [line.box.x for line in lines]
    centres = [line.box.x + line.box.w / 2 for line in lines]
    return [
        math.log1p(len(lines)) / 2,
        fmean(heights) * 8,
        max(heights) * 5,
        pstdev(heights) * 20,
        fmean(widths),
        pstdev(lefts) * 4,
        pstdev(centres) * 4,
        min(lefts),
    ]


def _letters(ocr: OcrOutput) -> list[float]:
    text = ocr.text
    letters = sum(char.isalpha() for char in text)
    found = [float(bool(pattern.search(text))) for pattern in (_HANDLE, _CLOCK, _DATE, _SITE)]
    return [
        math.log1p(len(text)) / 3,
        sum(char.isupper() for char in text) / max(1, letters),
        sum(char.isdigit() for char in text) / max(1, len(text)) * 3,
        *found,
        min(3, len(_SOCIAL.findall(text))) / 2,
    ]
