"""Reads caption texts to draw over pictures; what is a good caption is not its business."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from training.datasets.report import ImportReport

MAX_CHARS: Final = 160


def read_caption_boxes(data: Path, limit: int, every: int = 16) -> tuple[list[tuple[str, ...]], ImportReport]:
    """Up to `limit` captions, every `every`-th row of the file, each as its text boxes in order."""
    report = ImportReport("captions")
    captions: list[tuple[str, ...]] = []
    with gzip.open(data / "captions" / "imgflip575k.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for boxes in _rows(csv.reader(file), every, report):
            captions.append(boxes)
            if len(captions) == limit:
                break
    report.kept = len(captions)
    return captions, report


def _rows(rows: Iterator[list[str]], every: int, report: ImportReport) -> Iterator[tuple[str, ...]]:
    next(rows, None)
    for number, row in enumerate(rows):
        if number % every:
            continue
        try:
            boxes = tuple(str(box).strip() for box in json.loads(row[3]))
        except (IndexError, ValueError, TypeError):
            report.drop("unreadable row")
            continue
        boxes = tuple(box for box in boxes if box)
        if boxes and sum(map(len, boxes)) <= MAX_CHARS:
            yield boxes
        else:
            report.drop("empty or too long")
