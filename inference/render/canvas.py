"""Brings pictures to a size at which text can be read and which chats show without scaling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PIL import Image

MAX_SIDE_PX: Final = 1280
MAX_ANIMATED_SIDE_PX: Final = 640
MIN_SIDE_PX: Final = 640
MIN_ANIMATED_SIDE_PX: Final = 360
_LONGEST_RATIO: Final = 4.0
_GROUND: Final = (16, 16, 16)


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size of the meme before any bar, and where in it the picture lies: all in pixels."""

    size: tuple[int, int]
    picture_size: tuple[int, int]
    offset: tuple[int, int]


def plan_canvas(size: tuple[int, int], *, animated: bool) -> Canvas:
    """Longest side within limits, small pictures enlarged; beyond 4:1 the picture is set on a dark ground of 4:1."""
    most, least = (MAX_ANIMATED_SIDE_PX, MIN_ANIMATED_SIDE_PX) if animated else (MAX_SIDE_PX, MIN_SIDE_PX)
    longest = max(size)
    scale = min(max(longest, least), most) / longest
    width, height = (max(1, round(side * scale)) for side in size)
    shortest = round(max(width, height) / _LONGEST_RATIO)
    canvas = (max(width, shortest), max(height, shortest))
    return Canvas(canvas, (width, height), ((canvas[0] - width) // 2, (canvas[1] - height) // 2))


def put_on_canvas(frame: Image.Image, canvas: Canvas, bar: int) -> Image.Image:
    """A fresh RGB picture: `bar` white pixels high, and below them the frame on its canvas."""
    if frame.size != canvas.picture_size:
        frame = frame.resize(canvas.picture_size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if bar == 0 and canvas.size == canvas.picture_size:
        return frame.copy()
    whole = Image.new("RGB", (canvas.size[0], canvas.size[1] + bar), "white")
    if canvas.size != canvas.picture_size:
        whole.paste(_GROUND, (0, bar, canvas.size[0], bar + canvas.size[1]))
    whole.paste(frame, (canvas.offset[0], canvas.offset[1] + bar))
    return whole
