"""Imports memes labelled with genres by eye: `genre/labels.csv` with `path, primary, secondary, confidence`.

Texts come from the HarMeme tables where they have the picture. Near-duplicates share a `group`, so that a split by
group never shows a test picture in training.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from inference.labels import GENRES
from training.datasets.report import ImportReport
from training.index_scores import difference_hash

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
        with Image.open(self.path) as picture:
            return picture.convert("RGB")


def read_labelled_memes(data: Path, limit: int | None = None) -> tuple[list[LabelledMeme], ImportReport]:
    """All usable rows; those with an unknown genre, a missing picture or a path seen before are dropped."""
    report = ImportReport("genre")
    texts = _read_texts(data)
    memes: dict[Path, LabelledMeme] = {}
    with (data / "genre" / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in list(csv.DictReader(file))[:limit]:
            meme = _read_row(data, row, texts, report)
            if meme is not None and meme.path in memes:
                report.drop("same picture again")
            elif meme is not None:
                memes[meme.path] = meme
    report.kept = len(memes)
    return _with_groups(list(memes.values())), report


def _read_texts(data: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((data / "offence").glob("harmeme_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            texts |= {row["image_name"]: row["sentence"] for row in csv.DictReader(file)}
    return texts


def _read_row(
    data: Path, row: Mapping[str, str], texts: Mapping[str, str], report: ImportReport
) -> LabelledMeme | None:
    genres = tuple(dict.fromkeys(name for name in (row["primary"], row["secondary"]) if name))
    path = _find_picture(data, row["path"])
    if not genres or not set(genres) <= set(GENRES):
        report.drop("unknown genre")
    elif row["confidence"] not in WEIGHT_OF_CONFIDENCE:
        report.drop("unknown confidence")
    elif path is None:
        report.drop("missing picture")
    else:
        return LabelledMeme(path, genres, WEIGHT_OF_CONFIDENCE[row["confidence"]], texts.get(path.name), 0)
    return None


def _find_picture(data: Path, name: str) -> Path | None:
    return next((path for path in (data / name, data / "genre" / name) if path.is_file()), None)


def _with_groups(memes: Sequence[LabelledMeme]) -> list[LabelledMeme]:
    hashes = np.array([difference_hash(meme.open()) for meme in memes], dtype=np.uint64)
    groups = list(range(len(memes)))
    for index in range(len(memes)):
        near = np.flatnonzero(np.bitwise_count(hashes[:index] ^ hashes[index]) <= NEAR_DUPLICATE_BITS)
        if len(near):
            groups[index] = groups[int(near[0])]
    return [replace(meme, group=group) for meme, group in zip(memes, groups, strict=True)]
