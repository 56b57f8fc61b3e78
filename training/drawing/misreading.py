"""Spoils what a perfect reader would say of a drawn picture the way real readers do, so that both look alike."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

from inference.contract import Box, OcrLine, OcrOutput

LOST: Final = 0.08
JOINED: Final = 0.35
SHIFT: Final = 0.006
SLIPS: Final = str.maketrans({"l": "1", "I": "l", "O": "0", "o": "0", "i": "l", "S": "5", "a": "o", "e": "c"})


def misread(read: OcrOutput, rng: random.Random) -> OcrOutput:
    """Lines are lost, words run together, letters slip, boxes shift; a small line is lost more easily."""
    lines = [_spoil(line, rng) for line in read.lines if rng.random() > LOST + 0.2 * (line.box.h < 0.025)]
    return OcrOutput("\n".join(line.text for line in lines), tuple(lines))


def _spoil(line: OcrLine, rng: random.Random) -> OcrLine:
    text = line.text.replace(" ", "") if rng.random() < JOINED else line.text
    if rng.random() < 0.2 and text:
        place = rng.randrange(len(text))
        text = text[:place] + text[place].translate(SLIPS) + text[place + 1 :]
    grown = rng.uniform(0.9, 1.35)
    x = _inside(line.box.x + rng.uniform(-SHIFT, SHIFT))
    y = _inside(line.box.y + rng.uniform(-SHIFT, SHIFT) - line.box.h * (grown - 1) / 2)
    box = Box(x, y, min(1 - x, line.box.w), min(1 - y, line.box.h * grown))
    return replace(line, text=text, box=box, score=rng.uniform(0.7, 1.0))


def _inside(value: float) -> float:
    return min(1.0, max(0.0, value))
