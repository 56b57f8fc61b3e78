"""Picture files and how alike two pictures look, by plain pixels; what every importer of pictures shares."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def open_picture(path: Path) -> Image.Image:
    """The picture as RGB; raises OSError where the file is missing or no picture."""
    with Image.open(path) as picture:
        return picture.convert("RGB")


def difference_hash(picture: Image.Image) -> np.uint64:
    """64 bits: whether each cell of a 9 x 8 grey grid is brighter than its left neighbour."""
    grey = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return np.uint64(int.from_bytes(np.packbits(bits).tobytes(), "big"))


def colour_grid(picture: Image.Image) -> NDArray[np.float32]:
    """float32 (16, 16, 3): the mean colours of a 16 x 16 grid, 0..1."""
    small = picture.convert("RGB").resize((16, 16), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / np.float32(255)
