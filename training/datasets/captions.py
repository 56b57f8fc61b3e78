"""The imgflip captions: text boxes in order, and how much people liked them beyond how often they were shown.

To learn from (`read_captions`), case is dropped: six in seven captions are set in capitals, and rendering decides
capitals. Votes follow views, so `appeal` is what is left of log votes once log views and the template's own mean are
taken out. To draw over pictures (`read_caption_boxes`), a sample of them is read as people typed it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import regex

from inference.models.text import clean
from training.datasets.rows import Imported, Sieve, read_table, split_of
from training.errors import DataError

FILE: Final = "captions/imgflip575k.csv.gz"
COLUMNS: Final = ("template", "votes", "views", "boxes_json")
MAX_DRAWN_CHARS: Final = 160
MAX_BOXES: Final = 6
MAX_CAPTION_CHARS: Final = 220
MIN_LETTERS: Final = 4
HELD_OUT_TEMPLATES: Final = (
    "Confession-Bear",
    "Evil-Kermit",
    "Is-This-A-Pigeon",
    "Jack-Sparrow-Being-Chased",
    "Skeptical-Baby",
    "Yo-Dawg-Heard-You",
)

_LINK: Final = regex.compile(r"https?:|www\.|\.com\b|imgflip")
_BEGGING: Final = regex.compile(r"\b(?:up|down)[ -]?vot|\bfront page\b|\bfeatured\b|\bmeme stream\b")
_LATIN: Final = regex.compile(r"[a-z]")
_FOREIGN: Final = regex.compile(r"[^\x20-\x7e]")
_KEY_JUNK: Final = regex.compile(r"[^a-z0-9]+")
_MASHING: Final = regex.compile(r"(.)\1{4,}|(\b\w+\b)(?: \2){3,}|[bcdfghjklmnpqrstvwxz]{8,}")


@dataclass(frozen=True, slots=True)
class Caption:
    """Lower-case boxes; `appeal` has mean 0 and deviation 1 over the set."""

    template: str
    boxes: tuple[str, ...]
    appeal: float

    @property
    def text(self) -> str:
        return "\n".join(self.boxes)

    @property
    def key(self) -> str:
        return caption_key(self.boxes)


@dataclass(frozen=True, slots=True)
class CaptionSplit:
    """`held_out` shares templates with `train` but no caption; `new_templates` shares neither."""

    train: tuple[Caption, ...]
    held_out: tuple[Caption, ...]
    new_templates: tuple[Caption, ...]


def caption_key(boxes: Sequence[str]) -> str:
    """Equal for captions that differ in case, signs, spacing or box breaks only."""
    return _KEY_JUNK.sub("", "".join(boxes).lower())


def read_captions(data: Path) -> Imported[Caption]:
    """Every usable caption; duplicates within a template are dropped."""
    path = data / FILE
    sieve: Sieve[tuple[str, tuple[str, ...], float, float]] = Sieve()
    seen: set[tuple[str, str]] = set()
    for row in read_table(path, COLUMNS):
        boxes = _boxes(path, row["boxes_json"])
        reason = refusal(boxes)
        key = (row["template"], caption_key(boxes))
        if reason is not None or key in seen:
            sieve.drop(reason or "duplicate")
            continue
        seen.add(key)
        sieve.keep((row["template"], boxes, float(row["votes"]), float(row["views"])))
    rows = sieve.imported()
    return Imported(_with_appeal(rows.items), rows.dropped)


def read_caption_boxes(data: Path, limit: int, every: int = 16) -> Imported[tuple[str, ...]]:
    """Up to `limit` captions, every `every`-th row of the file, each as its text boxes in order."""
    sieve: Sieve[tuple[str, ...]] = Sieve()
    kept = 0
    for row in islice(read_table(data / FILE, COLUMNS), 0, None, every):
        boxes = _typed_boxes(row)
        if boxes is None:
            sieve.drop("unreadable row")
        elif not boxes or sum(map(len, boxes)) > MAX_DRAWN_CHARS:
            sieve.drop("empty or too long")
        else:
            sieve.keep(boxes)
            kept += 1
        if kept == limit:
            break
    return sieve.imported()


def split_captions(captions: tuple[Caption, ...]) -> CaptionSplit:
    """By template, then by caption key, so that near-duplicates never stand on both sides; 1 in 40 is held out."""
    new = tuple(caption for caption in captions if caption.template in HELD_OUT_TEMPLATES)
    kept = [caption for caption in captions if caption.template not in HELD_OUT_TEMPLATES]
    held_out = tuple(caption for caption in kept if _is_held_out(caption))
    taken = {caption.key for caption in held_out} | {caption.key for caption in new}
    train = tuple(caption for caption in kept if not _is_held_out(caption) and caption.key not in taken)
    return CaptionSplit(train, held_out, new)


def draw_captions(captions: Sequence[Caption], count: int, seed: int) -> list[Caption]:
    """`count` of them at most, none twice."""
    return random.Random(seed).sample(list(captions), min(count, len(captions)))


def refusal(boxes: tuple[str, ...]) -> str | None:
    """Why a caption is not worth learning from, or None."""
    text = " ".join(boxes)
    tests = {
        "number of boxes": not 1 <= len(boxes) <= MAX_BOXES,
        "too long": len(text) > MAX_CAPTION_CHARS,
        "few Latin letters": len(_LATIN.findall(text)) < max(MIN_LETTERS, len(text) // 2),
        "other scripts or emoji": len(_FOREIGN.findall(text)) > 1,
        "link": _LINK.search(text),
        "begging for votes": _BEGGING.search(text),
        "mashed keys": _MASHING.search(text),
    }
    return next((reason for reason, found in tests.items() if found), None)


def _boxes(path: Path, raw: str) -> tuple[str, ...]:
    try:
        boxes = [clean(str(box)).lower() for box in json.loads(raw)]
    except ValueError as error:
        raise DataError(f"{path.name} holds boxes that are no JSON: {raw[:60]}.") from error
    return tuple(box for box in boxes if box)


def _typed_boxes(row: Mapping[str, str]) -> tuple[str, ...] | None:
    try:
        boxes = [str(box).strip() for box in json.loads(row["boxes_json"])]
    except (ValueError, TypeError):
        return None
    return tuple(box for box in boxes if box)


def _is_held_out(caption: Caption) -> bool:
    return split_of(caption.key, 40) == 0


def _with_appeal(rows: tuple[tuple[str, tuple[str, ...], float, float], ...]) -> tuple[Caption, ...]:
    if not rows:
        return ()
    votes = np.log1p([row[2] for row in rows])
    views = np.log1p([row[3] for row in rows])
    _, groups = np.unique([row[0] for row in rows], return_inverse=True)
    left = _centred(votes, groups)
    seen = _centred(views, groups)
    slope = float(left @ seen / max(float(seen @ seen), 1e-9))
    residual = left - slope * seen
    residual /= max(float(residual.std()), 1e-9)
    return tuple(Caption(row[0], row[1], float(value)) for row, value in zip(rows, residual, strict=True))


def _centred(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    means = np.bincount(groups, values) / np.bincount(groups)
    return np.asarray(values - means[groups])
