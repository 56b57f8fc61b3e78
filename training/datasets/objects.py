"""Imports the small everyday pictures (Tiny ImageNet packed as `objects/tiny_imagenet_{train,valid}.npz`)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.datasets.rows import Sieve

SIDE_PIXELS: Final = 64


@dataclass(frozen=True, slots=True)
class ObjectPictures:
    """`pixels` uint8 (N, 64, 64, 3), `labels` int64 (N,) into `names`; `dropped` counts refused rows by reason."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)


def read_objects(data: Path, split: str, limit: int | None = None) -> ObjectPictures:
    """`split` is "train" or "valid"; pictures that do not decode or have no known class are dropped."""
    with np.load(data / "objects" / f"tiny_imagenet_{split}.npz", allow_pickle=False) as packed:
        blob, offsets = packed["blob"], packed["offsets"]
        all_labels, names = packed["labels"], tuple(str(name) for name in packed["names"])
    count = min(len(all_labels), limit or len(all_labels))
    pixels = np.empty((count, SIDE_PIXELS, SIDE_PIXELS, 3), dtype=np.uint8)
    sieve: Sieve[int] = Sieve()
    kept = 0
    for index in range(count):
        if all_labels[index] >= len(names):
            sieve.drop("unknown class")
        elif (array := _decode(blob[offsets[index] : offsets[index + 1]].tobytes())) is None:
            sieve.drop("unreadable picture")
        else:
            pixels[kept] = array
            kept += 1
            sieve.keep(int(all_labels[index]))
    labels = sieve.imported()
    return ObjectPictures(pixels[:kept], np.array(labels.items, dtype=np.int64), names, labels.dropped)


def _decode(data: bytes) -> NDArray[np.uint8] | None:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            small = picture.convert("RGB").resize((SIDE_PIXELS, SIDE_PIXELS), Image.Resampling.BILINEAR)
    except (OSError, ValueError):
        return None
    return np.asarray(small, dtype=np.uint8)
