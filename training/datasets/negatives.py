"""Imports plain photographs, no memes among them: what template recognition must answer "none" to."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from training.datasets.report import ImportReport


def read_negatives(data: Path, limit: int | None = None) -> tuple[list[Image.Image], ImportReport]:
    """RGB photographs of `negatives/*.jpg` in the order of their names; unreadable files are dropped."""
    report = ImportReport("negatives")
    pictures: list[Image.Image] = []
    for path in sorted((data / "negatives").glob("*.jpg"))[:limit]:
        try:
            with Image.open(path) as picture:
                pictures.append(picture.convert("RGB"))
        except OSError:
            report.drop("unreadable picture")
    report.kept = len(pictures)
    return pictures, report
