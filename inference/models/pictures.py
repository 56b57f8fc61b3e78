"""Turns decoded pictures into the numbers the networks see, the same in training and inference.

The whole picture is squashed into a square: memes carry text at their edges, which a centre crop would cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

MEAN: Final = 0.5
DEVIATION: Final = 0.5


def squash(picture: Image.Image, side: int) -> NDArray[np.uint8]:
    """The picture as uint8 (side, side, 3), RGB, antialiased; transparency is laid over white."""
    return np.asarray(flatten(picture).resize((side, side), Image.Resampling.BILINEAR), dtype=np.uint8)


def flatten(picture: Image.Image) -> Image.Image:
    """The picture in RGB, transparent parts shown on white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    return picture.convert("RGB")


def to_batch(pictures: Sequence[Image.Image], side: int) -> torch.Tensor:
    """Normalised float32 (N, 3, side, side)."""
    if not pictures:
        return torch.empty(0, 3, side, side)
    return normalise(torch.from_numpy(np.stack([squash(picture, side) for picture in pictures])))


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 or float 0..255 (N, H, W, 3) to float32 (N, 3, H, W) in -1..1."""
    scaled = (pixels.permute(0, 3, 1, 2).float() / 255 - MEAN) / DEVIATION
    return scaled.contiguous(memory_format=torch.channels_last)
