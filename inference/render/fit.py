"""Finds the largest size at which a text fits its area, to the pixel, outline included."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from inference.render.bidi import is_rtl
from inference.render.clean import shorten, split_clusters
from inference.render.setting import SetLine, Typesetter
from inference.render.wrap import wrap_paragraph

_STROKE: Final = 0.07  # outline on each side, of the text size
_TIGHT_PITCH: Final = 1.02  # least distance of baselines, of the text size: capitals
_LOOSE_PITCH: Final = 1.22  # and ordinary text
_SMALLEST_SIZE: Final = 5
_WRAP_WIDTHS: Final = (1.0, 0.96, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Room for a text, in pixels, and the sizes it may have.

    `readable` is the size below which long words are broken rather than the text made smaller; `smallest` the one
    below which words are left out instead.
    """

    width: int
    height: int
    largest: int
    readable: int
    smallest: int
    stroked: bool
    tight: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Set lines with their baselines, from the top of the block; `width` and `height` hold all ink with its outline."""

    lines: tuple[SetLine, ...]
    baselines: tuple[int, ...]
    size: int
    stroke: int
    width: int
    height: int


def fit_text(text: str, area: Area, setter: Typesetter) -> Block | None:
    """`text` (cleaned, paragraphs parted by newlines) as large as `area` allows; None where nothing fits at all.

    At the size found one step more would overflow, unless it is `area.largest`. Text too long even at
    `area.smallest` loses its end, shown by an ellipsis.
    """
    if not text:
        return None
    for least, breaking in ((area.readable, False), (area.smallest, True)):
        block = _largest_block(text, area, setter, (least, breaking))
        if block is not None:
            return block
    return _shortened_block(text, area, setter)


def lay_out(text: str, size: int, area: Area, setter: Typesetter, *, breaking: bool) -> Block | None:
    """`text` at one size; None where it does not fit.

    Small letters are rounded to whole pixels and may come out wider than they were measured, so a block that is too
    wide is wrapped again, a little narrower.
    """
    for caution in _WRAP_WIDTHS:
        block = _lay_out_within(text, size, (area, caution), setter, breaking=breaking)
        if block is None or block.width <= area.width:
            return block if block is not None and block.height <= area.height else None
    return None


def _lay_out_within(
    text: str, size: int, room: tuple[Area, float], setter: Typesetter, *, breaking: bool
) -> Block | None:
    """`text` wrapped to a share of the area's width; None where a word is too wide or the lines are too many."""
    area, share = room
    stroke = stroke_width(size) if area.stroked else 0
    inside = share * (area.width - 2 * stroke)
    lines: list[SetLine] = []
    for paragraph in text.split("\n"):
        wrapped = wrap_paragraph(paragraph, inside, lambda part: setter.measure(part, size), breaking=breaking)
        if wrapped is None or (len(lines) + len(wrapped) - 1) * size > area.height:
            return None
        rtl = is_rtl(paragraph)
        lines.extend(setter.set_line(line, size, rtl=rtl) for line in wrapped)
    return _stack(lines, size, stroke, pitch=_TIGHT_PITCH if area.tight else _LOOSE_PITCH)


def stroke_width(size: int) -> int:
    """The outline's width on each side, in whole pixels."""
    return max(1, round(size * _STROKE))


def _stack(lines: list[SetLine], size: int, stroke: int, *, pitch: float) -> Block:
    """Baselines at one even distance: the usual one, or more where ink and outlines would touch."""
    gap = 2 * stroke + max(1, round(0.04 * size))
    meetings = pairwise(lines)
    step = max([round(pitch * size), *(upper.extent.bottom - lower.extent.top + gap for upper, lower in meetings)])
    top = stroke - lines[0].extent.top
    baselines = tuple(top + index * step for index in range(len(lines)))
    width = max(line.extent.right - line.extent.left for line in lines) + 2 * stroke
    return Block(tuple(lines), baselines, size, stroke, width, baselines[-1] + lines[-1].extent.bottom + stroke)


def _largest_block(text: str, area: Area, setter: Typesetter, rule: tuple[int, bool]) -> Block | None:
    """The largest block whose size is at least `rule[0]`; `rule[1]` allows breaking words."""
    low, breaking = min(rule[0], area.largest), rule[1]
    best = lay_out(text, low, area, setter, breaking=breaking)
    if best is None:
        return None
    high = area.largest
    while low < high:
        middle = math.ceil((low + high) / 2)
        block = lay_out(text, middle, area, setter, breaking=breaking)
        if block is None:
            high = middle - 1
        else:
            low, best = middle, block
    # Rewrapping makes fitting not quite monotonous; climb until a step really fails.
    while low < area.largest and (block := lay_out(text, low + 1, area, setter, breaking=breaking)):
        low, best = low + 1, block
    return best


def _shortened_block(text: str, area: Area, setter: Typesetter) -> Block | None:
    """As many clusters as fit at the smallest size, by bisection; in tiny areas at smaller sizes still."""
    for size in (min(area.smallest, area.largest), _SMALLEST_SIZE):
        best, low, high = None, 1, len(split_clusters(text))
        while low <= high:
            middle = (low + high) // 2
            block = lay_out(shorten(text, middle), size, area, setter, breaking=True)
            if block is None:
                high = middle - 1
            else:
                best, low = block, middle + 1
        if best is not None:
            return best
    return None
