"""Imports memes labelled with genres by eye: `genre/labels.csv` with `path, primary, secondary, confidence`.

Texts come from the HarMeme tables where they have the picture. Near-duplicates share a `group`, so that a split by
group never shows a test picture in training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from inference.labels import GENRES
from training.datasets.pictures import difference_hash, open_picture
from training.datasets.rows import Imported, Sieve, read_table

NEAR_DUPLICATE_BITS: Final = 8
WEIGHT_OF_CONFIDENCE: Final = {"1": 0.3, "2": 0.7, "3": 1.0}


@dataclass(frozen=True, slots=True)
class LabelledMeme:
    """`genres` are one or two of `GENRES`; `text` is None where no table has it; `weight` 0..1 is the certainty."""

    path: Path
    genres: tuple[str, ...]
    weight: float
    text: str | None
    group: int

    def open(self) -> Image.Image:
        return open_picture(self.path)


def read_labelled_memes(data: Path, limit: int | None = None) -> Imported[LabelledMeme]:
    """All usable rows; those with an unknown genre, a missing picture or a path seen before are dropped."""
    texts = _read_texts(data)
    sieve: Sieve[LabelledMeme] = Sieve()
    seen: set[Path] = set()
    table = read_table(data / "genre" / "labels.csv", ("path", "primary", "secondary", "confidence"))
    for row in islice(table, limit):
        meme = _read_row(data, row, texts)
        if isinstance(meme, str):
            sieve.drop(meme)
        elif meme.path in seen:
            sieve.drop("same picture again")
        else:
            seen.add(meme.path)
            sieve.keep(meme)
    memes = sieve.imported()
    return Imported(_with_groups(memes.items), memes.dropped)


def _read_texts(data: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((data / "offence").glob("harmeme_*.csv")):
        texts |= {row["image_name"]: row["sentence"] for row in read_table(path, ("image_name", "sentence"))}
    return texts


def _read_row(data: Path, row: Mapping[str, str], texts: Mapping[str, str]) -> LabelledMeme | str:
    """The meme of a row, or the reason to drop it."""
    genres = tuple(dict.fromkeys(name for name in (row["primary"], row["secondary"]) if name))
    path = _find_picture(data, row["path"])
    if not genres or not set(genres) <= set(GENRES):
        return "unknown genre"
    if row["confidence"] not in WEIGHT_OF_CONFIDENCE:
        return "unknown confidence"
    if path is None:
        return "missing picture"
    return LabelledMeme(path, genres, WEIGHT_OF_CONFIDENCE[row["confidence"]], texts.get(path.name), 0)


def _find_picture(data: Path, name: str) -> Path | None:
    return next((path for path in (data / name, data / "genre" / name) if path.is_file()), None)


def _with_groups(memes: Sequence[LabelledMeme]) -> tuple[LabelledMeme, ...]:
    hashes = np.array([difference_hash(meme.open()) for meme in memes], dtype=np.uint64)
    groups = list(range(len(memes)))
    for index in range(len(memes)):
        near = np.flatnonzero(np.bitwise_count(hashes[:index] ^ hashes[index]) <= NEAR_DUPLICATE_BITS)
        if len(near):
            groups[index] = groups[int(near[0])]
    return tuple(replace(meme, group=group) for meme, group in zip(memes, groups, strict=True))
