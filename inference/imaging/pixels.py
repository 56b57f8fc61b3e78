"""Turns whatever modes and orientations files hold into upright 8-bit RGB, and nothing else."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

_ORIENTATION_TAG: Final = 0x0112
# EXIF 2.32, 4.6.4: what has to be done to a stored picture to see it as it was meant.
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_orientation(image: Image.Image) -> Image.Transpose | None:
    """The turn that sets a picture upright; None where there is none to make or its metadata cannot be read."""
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION_TAG, 1))
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, AttributeError):
        return None  # broken metadata is no reason to refuse a sound picture


def turn_size(size: tuple[int, int], turn: Image.Transpose | None) -> tuple[int, int]:
    """(width, height) after `turn`."""
    swaps = {
        Image.Transpose.TRANSPOSE,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_270,
    }
    return (size[1], size[0]) if turn in swaps else size


def to_rgb(image: Image.Image) -> Image.Image:
    """An 8-bit RGB copy without metadata; 16 bits are scaled down, see-through parts lie on white."""
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    if image.has_transparency_data:
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        rgb = Image.new("RGB", layer.size, "white")
        rgb.paste(layer, mask=layer.getchannel("A"))
    else:
        rgb = image.convert("RGB")
    rgb.info = {}
    return rgb


def shrink_to(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """`image` at `size` (width, height); the very same object where it has that size already."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit grey (Pillow's `I;16` and `I`) as 8-bit grey."""
    values = np.asarray(image)
    return Image.fromarray((np.clip(values, 0, 65_535) >> 8).astype(np.uint8))
