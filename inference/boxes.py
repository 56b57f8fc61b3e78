"""Where text goes on a picture, and how it looks there: data, not code."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from inference.contract import Box


class Align(enum.StrEnum):
    """Which side of its box the lines keep to."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Anchor(enum.StrEnum):
    """Which edge of its box the text keeps to when it needs less height than the box has."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Ink(enum.StrEnum):
    """`outlined`: white with a dark outline, readable on anything; `dark` and `light`: plain, for paper and boards."""

    OUTLINED = "outlined"
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBox:
    """One place for one line of a caption. The text never leaves `box`; `upper` sets it in capitals.

    `largest` caps the text size, in fractions of the picture's mean side (the root of its area), so that a single word
    does not shout louder than the picture; within box and cap the text is as large as it can be.
    """

    box: Box
    align: Align = Align.CENTER
    anchor: Anchor = Anchor.MIDDLE
    ink: Ink = Ink.OUTLINED
    upper: bool = True
    largest: float = 0.13
