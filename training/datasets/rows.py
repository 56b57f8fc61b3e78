"""Reading tables and counting what is refused: what every importer of this package shares.

A set is read whole or not at all; single rows that are unusable are dropped and counted by reason.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

from inference.models.text import clean
from training.errors import DataError

Item = TypeVar("Item")

MIN_CHARS: Final = 2


@dataclass(frozen=True, slots=True)
class Imported(Generic[Item]):
    """What a set held, in its own order, and how many rows were dropped by reason."""

    items: tuple[Item, ...]
    dropped: Mapping[str, int] = field(default_factory=dict)


class Sieve(Generic[Item]):
    """Collects rows while counting refused ones."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._dropped: Counter[str] = Counter()

    def keep(self, item: Item) -> None:
        self._items.append(item)

    def drop(self, reason: str) -> None:
        self._dropped[reason] += 1

    def imported(self) -> Imported[Item]:
        return Imported(tuple(self._items), dict(self._dropped))


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[Mapping[str, str]]:
    """Rows of a CSV file, gzipped or not; raises DataError where the file or one of its columns is missing."""
    try:
        with _open(path) as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"{path.name} has no column {', '.join(missing)}.")
            yield from reader
    except OSError as error:
        raise DataError(f"{path} cannot be read; see docs/data.md for where to get it.") from error


def read_lines(path: Path) -> list[str]:
    """The lines of a text file; raises DataError where it is missing."""
    try:
        return path.read_text(encoding="utf-8").strip("\n").split("\n")
    except OSError as error:
        raise DataError(f"{path} cannot be read; see docs/data.md for where to get it.") from error


def usable_text(text: str | None) -> str | None:
    """The cleaned text, or None where nothing is left to learn from."""
    cleaned = clean(text or "")
    return cleaned if len(cleaned) >= MIN_CHARS and any(char.isalpha() for char in cleaned) else None


def split_of(key: str, parts: int = 20) -> int:
    """A stable number 0..parts-1 of a text's group: equal keys always fall on the same side of a split."""
    return zlib.crc32(f"split {key}".encode()) % parts


def _open(path: Path):  # type: ignore[no-untyped-def]
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
