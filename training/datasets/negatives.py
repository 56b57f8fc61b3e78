"""Imports plain photographs, no memes among them: what template recognition must answer "none" to.

Every third is learned from, every third sets thresholds, every third measures: `LEARNED`, `FITTED`, `MEASURED`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image

from training.datasets.pictures import open_picture
from training.datasets.rows import Imported, Sieve

LEARNED: Final = slice(0, None, 3)
FITTED: Final = slice(1, None, 3)
MEASURED: Final = slice(2, None, 3)


def read_negatives(data: Path, limit: int | None = None) -> Imported[Image.Image]:
    """RGB photographs of `negatives/*.jpg` in the order of their names; unreadable files are dropped."""
    sieve: Sieve[Image.Image] = Sieve()
    for path in sorted((data / "negatives").glob("*.jpg"))[:limit]:
        try:
            sieve.keep(open_picture(path))
        except OSError:
            sieve.drop("unreadable picture")
    return sieve.imported()
