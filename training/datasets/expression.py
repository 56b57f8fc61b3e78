"""Imports faces with votes on their expression (FER2013 with FER+ votes, `expression/ferplus_{train,valid}.npz`)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.labels import EXPRESSIONS
from inference.models.expression import grey_square
from training.datasets.rows import Sieve
from training.errors import DataError

COLUMNS: Final = len(EXPRESSIONS) + 2  # the last two: unknown, not a face
LEAST_VOTES: Final = 3


@dataclass(frozen=True, slots=True)
class Faces:
    """`pixels` uint8 (N, 48, 48); `targets` float32 (N, 8), the share of votes; `dropped` counts rows by reason."""

    pixels: NDArray[np.uint8]
    targets: NDArray[np.float32]
    dropped: Mapping[str, int] = field(default_factory=dict)


def read_faces(data: Path, split: str, limit: int | None = None) -> Faces:
    """`split` is "train" or "valid". Pictures that most voters took for no face, or could not tell, are dropped.

    A single vote for an expression counts as a slip and is taken out, as by the makers of FER+ (Barsoum et al. 2016).
    """
    try:
        with np.load(data / "expression" / f"ferplus_{split}.npz", allow_pickle=False) as packed:
            blob, offsets, votes = packed["blob"], packed["offsets"], packed["votes"]
    except OSError as error:
        raise DataError(f"{data}/expression cannot be read; see docs/data.md for where to get it.") from error
    if votes.ndim != 2 or votes.shape[1] != COLUMNS:
        raise DataError(f"The votes of {split} have the shape {votes.shape} instead of (N, {COLUMNS}).")
    sieve: Sieve[tuple[NDArray[np.uint8], NDArray[np.float32]]] = Sieve()
    for index in range(min(len(votes), limit or len(votes))):
        told = np.where(votes[index, :-2] > 1, votes[index, :-2], 0).astype(np.float32)
        if told.sum() < LEAST_VOTES or votes[index, -2:].max() >= told.max():
            sieve.drop("no clear expression")
        elif (face := _decode(blob[offsets[index] : offsets[index + 1]].tobytes())) is None:
            sieve.drop("unreadable picture")
        else:
            sieve.keep((face, told / told.sum()))
    kept = sieve.imported()
    if not kept.items:
        raise DataError(f"The set {split} holds no usable face.")
    pixels, targets = zip(*kept.items, strict=True)
    return Faces(np.stack(pixels), np.stack(targets), kept.dropped)


def _decode(data: bytes) -> NDArray[np.uint8] | None:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return grey_square(picture)
    except (OSError, ValueError):
        return None
