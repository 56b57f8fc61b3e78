"""Tiny made-up pictures and tables of them in the layout that the importers read, so that trainings run in a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.training.word_sets import write_table
from training.datasets.pictures import difference_hash


def picture(seed: int, side: int = 64) -> Image.Image:
    """Smooth noise: pictures of different seeds have far hashes."""
    rough = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((side, side), Image.Resampling.BICUBIC)


def write_template_index(data: Path, rows: list[tuple[str, str, Image.Image | None]]) -> None:
    """`templates/index.csv` with one row per (source, name, picture); None writes no file."""
    (data / "templates").mkdir(parents=True)
    table: list[tuple[object, ...]] = []
    for number, (source, name, one) in enumerate(rows):
        path = f"templates/{number}.png"
        if one is not None:
            one.save(data / path)
        table.append((source, name, path, f"{int(difference_hash(one)) if one else 0:016x}"))
    write_table(data / "templates/index.csv", ("source", "name", "path", "dhash"), table)


def write_photos(folder: Path, count: int, first_seed: int) -> None:
    """`0.jpg`, `1.jpg` ... in a new folder."""
    folder.mkdir(parents=True)
    for number in range(count):
        picture(first_seed + number).save(folder / f"{number}.jpg")
