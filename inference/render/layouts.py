"""Where lines go on a picture that has no boxes of its own: along its top and bottom, or in a white bar above it;
and how boxes that a person drew on it hold their text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from inference.boxes import Anchor, Ink, TextBox
from inference.contract import Box, Layout
from inference.render.clean import clean_text, split_clusters
from inference.render.fit import Area, Block, fit_text
from inference.render.fonts import FontBook, Voice
from inference.render.paint import Rectangle, Stamp, make_stamps
from inference.render.setting import Typesetter

_MARGIN: Final = 0.02  # of the picture's width and height
_EDGE_HEIGHT: Final = 0.3
_NEAR_EDGE: Final = 0.05  # of the picture's height
_MOST_EDGE_CLUSTERS: Final = 90
_MOST_EDGE_LINES: Final = 3
_READABLE: Final = 0.042  # of the picture's mean side, see `Area`
_SMALLEST: Final = 0.028
_LEAST_SMALLEST_PX: Final = 10
_MOST_CONTRAST: Final = 1.5
_ALWAYS_ALLOWED: Final = 0.065  # size that no neighbour makes smaller, of the picture's mean side

_BAR_BOX: Final = TextBox(box=Box(0, 0, 1, 1), ink=Ink.DARK, upper=False, anchor=Anchor.TOP)
_BAR_TEXT: Final = 0.062  # size of the bar's text, of the picture's width
_BAR_PADDING: Final = 0.035  # of the picture's width
_BAR_MOST: Final = 0.9  # tallest bar, of the picture's longer side


@dataclass(frozen=True, slots=True)
class Bar:
    """A white strip of `height` pixels to add above a picture, and its text, placed from the strip's top."""

    height: int
    stamps: tuple[Stamp, ...]


def choose_layout(lines: Sequence[str]) -> Layout:
    """Along the edges for short lines; in a bar above for prose, dialogue and whatever would cover the picture."""
    prose = any(len(split_clusters(line)) > _MOST_EDGE_CLUSTERS or "\n" in line.strip() for line in lines)
    return Layout.BAR if prose or len(lines) > _MOST_EDGE_LINES else Layout.TOP_BOTTOM


def top_bottom_boxes(count: int) -> tuple[TextBox, ...]:
    """Boxes for `count` lines on any picture: one below; two above and below; more spread evenly between."""
    if count <= 1:
        return (_edge_box(1 - _MARGIN - _EDGE_HEIGHT, Anchor.BOTTOM),)[:count]
    if count == 2:
        return _edge_box(_MARGIN, Anchor.TOP), _edge_box(1 - _MARGIN - _EDGE_HEIGHT, Anchor.BOTTOM)
    height = (1 - 2 * _MARGIN) / count
    inner = [_edge_box(_MARGIN + index * height, Anchor.MIDDLE, height * 0.94) for index in range(1, count - 1)]
    last = _edge_box(_MARGIN + (count - 1) * height, Anchor.BOTTOM, height)
    return _edge_box(_MARGIN, Anchor.TOP, height * 0.94), *inner, last


def dress_boxes(boxes: Sequence[Box]) -> tuple[TextBox, ...]:
    """Places that a person drew as text boxes: outlined, and kept to the picture's edge where they lie along one."""
    return tuple(TextBox(box=box, anchor=_edge_anchor(box)) for box in boxes)


def place_lines(
    size: tuple[int, int], lines: tuple[str, ...], boxes: tuple[TextBox, ...], book: FontBook
) -> list[Stamp]:
    """Stamps for one line per box on a picture of `size` pixels; empty lines leave their box untouched.

    Lines of one ink differ in size by `_MOST_CONTRAST` at most, so that a short one does not shout down a long one.
    """
    side = round(math.sqrt(size[0] * size[1]))
    pairs = list(zip(lines, boxes, strict=False))
    blocks = [_fit_box(line, box_room(box.box, size), box, (side, book)) for line, box in pairs]
    stamps: list[Stamp] = []
    for (line, box), block in zip(pairs, blocks, strict=True):
        peers = (peer.size for peer, (_, other) in zip(blocks, pairs, strict=True) if peer and other.ink is box.ink)
        loudest = max(_MOST_CONTRAST * min(peers, default=0), _ALWAYS_ALLOWED * side)
        room = box_room(box.box, size)
        calm = block
        if block is not None and block.size > loudest:
            calm = _fit_box(line, room, replace(box, largest=loudest / side), (side, book))
        if calm is not None:
            stamps.extend(make_stamps(calm, room, box))
    return stamps


def place_bar(size: tuple[int, int], lines: tuple[str, ...], book: FontBook) -> Bar | None:
    """A bar as tall as its text needs, for a picture of `size` pixels; None where there is nothing to say."""
    width, height = size
    padding = max(6, round(_BAR_PADDING * width))
    room = Rectangle(padding, padding, width - 2 * padding, round(_BAR_MOST * max(width, height)))
    text = "\n".join(line for line in lines if line.strip())
    block = _fit_box(text, room, replace(_BAR_BOX, largest=_BAR_TEXT), (width, book))
    if block is None:
        return None
    snug = replace(room, height=block.height)
    return Bar(block.height + 2 * padding, tuple(make_stamps(block, snug, _BAR_BOX)))


def box_room(box: Box, size: tuple[int, int]) -> Rectangle:
    """The whole pixels inside a box, clipped to the picture."""
    left, top = max(0, round(box.x * size[0])), max(0, round(box.y * size[1]))
    right, bottom = min(size[0], round((box.x + box.w) * size[0])), min(size[1], round((box.y + box.h) * size[1]))
    return Rectangle(left, top, max(0, right - left), max(0, bottom - top))


def _edge_box(y: float, anchor: Anchor, height: float = _EDGE_HEIGHT) -> TextBox:
    return TextBox(box=Box(_MARGIN, y, 1 - 2 * _MARGIN, height), anchor=anchor)


def _edge_anchor(box: Box) -> Anchor:
    above, below = box.y <= _NEAR_EDGE, box.y + box.h >= 1 - _NEAR_EDGE
    if above is below:
        return Anchor.MIDDLE
    return Anchor.TOP if above else Anchor.BOTTOM


def _fit_box(line: str, room: Rectangle, box: TextBox, scale: tuple[int, FontBook]) -> Block | None:
    """Fit a raw line; `scale` holds the length in pixels that text sizes are fractions of, and the fonts."""
    side, book = scale
    outlined = box.ink is Ink.OUTLINED
    smallest = max(_LEAST_SMALLEST_PX, round(_SMALLEST * side))
    area = Area(
        width=room.width,
        height=room.height,
        largest=max(smallest, round(box.largest * side)),
        readable=max(smallest, round(_READABLE * side)),
        smallest=smallest,
        stroked=outlined,
        tight=box.upper,
    )
    setter = Typesetter(book, Voice.LOUD if outlined else Voice.PLAIN)
    return fit_text(setter.drop_undrawable(clean_text(line, upper=box.upper)), area, setter)
