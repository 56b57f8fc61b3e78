"""Covers one part of a picture after another, to see without which of them a model would judge otherwise.

Occlusion as in Zeiler & Fergus 2014. Knows pictures and boxes, no model.
"""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageStat

from inference.contract import Box

SIDE: Final = 3
PARTS: Final = tuple(
    Box(x=column / SIDE, y=row / SIDE, w=1 / SIDE, h=1 / SIDE) for row in range(SIDE) for column in range(SIDE)
)


def covered(picture: Image.Image, part: Box) -> Image.Image:
    """A copy of an RGB picture with `part` in the picture's mean colour."""
    copy = picture.copy()
    width, height = picture.size
    left, top = round(part.x * width), round(part.y * height)
    right, bottom = round((part.x + part.w) * width), round((part.y + part.h) * height)
    mean = tuple(round(value) for value in ImageStat.Stat(picture).mean)
    copy.paste(mean, (left, top, right, bottom))
    return copy
