"""Imports blank template pictures and merges what shows the same picture under several names.

Layout: `templates/index.csv` with columns `source, name, path, dhash` (16 hex digits), paths relative to the data.
Knows nothing of models; the grouping by embedding comes later, in `training.seeing.index`.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.datasets.lexicon import is_crude, read_terms
from training.datasets.pictures import colour_grid, open_picture
from training.datasets.rows import Imported, Sieve, read_table

MAX_DHASH_DISTANCE: Final = 6
MIN_NAMESAKE_CORRELATION: Final = 0.75
HELD_OUT_SHARE: Final = 0.1
CAPTION_SOURCE: Final = "imgflip575k"
MIN_SIDE_PIXELS: Final = 32


@dataclass(frozen=True, slots=True)
class TemplatePicture:
    """One picture file; `dhash` is a 64-bit difference hash, `thumbnail` float32 (16, 16, 3), colours in 0..1."""

    source: str
    name: str
    path: Path
    dhash: int
    thumbnail: NDArray[np.float32]

    def open(self) -> Image.Image:
        return open_picture(self.path)


@dataclass(frozen=True, slots=True)
class Template:
    """Pictures held to be the same template; `name` is the one to show, `aliases` the others."""

    name: str
    aliases: tuple[str, ...]
    pictures: tuple[TemplatePicture, ...]

    @property
    def is_held_out(self) -> bool:
        """A stable tenth of the templates without captions of their own, kept from training to measure new ones."""
        bare = all(picture.source != CAPTION_SOURCE for picture in self.pictures)
        return bare and zlib.crc32(self.name.encode()) % 1000 < HELD_OUT_SHARE * 1000


def read_templates(data: Path) -> Imported[Template]:
    """All usable templates in a stable order; rows with crude names, broken pictures or bad hashes are dropped."""
    lexicon = read_terms(data)
    sieve: Sieve[TemplatePicture] = Sieve()
    for row in read_table(data / "templates" / "index.csv", ("source", "name", "path", "dhash")):
        picture = _read_row(data, row, lexicon)
        if isinstance(picture, str):
            sieve.drop(picture)
        else:
            sieve.keep(picture)
    pictures = sieve.imported()
    return Imported(tuple(merge_pictures(pictures.items)), pictures.dropped)


def merge_pictures(pictures: Sequence[TemplatePicture]) -> list[Template]:
    """Joins pictures with near hashes, and namesakes that also look alike."""
    groups = join(len(pictures), _near_pairs(pictures) + _namesake_pairs(pictures))
    return unique_names([_as_template([pictures[index] for index in group]) for group in groups])


def merge_templates(templates: Sequence[Template], pairs: Sequence[tuple[int, int]]) -> list[Template]:
    """Joins templates that were found to be the same, given as pairs of places in `templates`."""
    merged = []
    for group in join(len(templates), pairs):
        pictures = [picture for index in group for picture in templates[index].pictures]
        merged.append(templates[group[0]] if len(group) == 1 else _as_template(pictures))
    return unique_names(merged)


def join(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Groups of 0 .. count - 1 connected by `pairs`, each in rising order."""
    parent = list(range(count))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for left, right in pairs:
        parent[root(right)] = root(left)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(count):
        groups[root(index)].append(index)
    return list(groups.values())


def unique_names(templates: Sequence[Template]) -> list[Template]:
    """The same templates, each name taken once: a later namesake (another picture) gets a number."""
    taken: set[str] = set()
    named = []
    for template in sorted(templates, key=lambda one: (_rank(one), one.name)):
        name, count = template.name, 1
        while name in taken:
            count += 1
            name = f"{template.name}-{count}"
        taken.add(name)
        named.append(Template(name, template.aliases, template.pictures))
    return named


def plain_name(name: str) -> str:
    """Letters and digits only, lower case: "Y U NO Guy" and "y-u-no-guy" are namesakes."""
    return re.sub(r"[\W_]+", "", name.lower())


def _read_row(data: Path, row: Mapping[str, str], lexicon: frozenset[str]) -> TemplatePicture | str:
    """The picture of a row, or the reason to drop it."""
    if is_crude(row["name"], lexicon):
        return "crude name"
    path = data / row["path"]
    try:
        dhash = int(row["dhash"], 16)
        with Image.open(path) as picture:
            thumbnail = colour_grid(picture)
            side = min(picture.size)
    except (OSError, ValueError):
        return "unreadable picture or hash"
    if side < MIN_SIDE_PIXELS:
        return "too small"
    return TemplatePicture(row["source"], row["name"].strip(), path, dhash, thumbnail)


def _near_pairs(pictures: Sequence[TemplatePicture]) -> list[tuple[int, int]]:
    hashes = np.array([picture.dhash for picture in pictures], dtype=np.uint64)
    pairs = []
    for index in range(len(hashes) - 1):
        distance = np.bitwise_count(hashes[index + 1 :] ^ hashes[index])
        pairs += [(index, index + 1 + int(k)) for k in np.flatnonzero(distance <= MAX_DHASH_DISTANCE)]
    return [pair for pair in pairs if colour_correlation(pictures[pair[0]], pictures[pair[1]]) > 0.5]


def _namesake_pairs(pictures: Sequence[TemplatePicture]) -> list[tuple[int, int]]:
    by_name: dict[str, list[int]] = defaultdict(list)
    for index, picture in enumerate(pictures):
        by_name[plain_name(picture.name)].append(index)
    return [
        (left, right)
        for indices in by_name.values()
        for place, left in enumerate(indices)
        for right in indices[place + 1 :]
        if colour_correlation(pictures[left], pictures[right]) > MIN_NAMESAKE_CORRELATION
    ]


def colour_correlation(left: TemplatePicture, right: TemplatePicture, border: int = 0) -> float:
    """Correlation (-1..1) of the 16 x 16 colours, without `border` cells at each edge."""
    kept = slice(border, 16 - border)
    a, b = left.thumbnail[kept, kept].ravel(), right.thumbnail[kept, kept].ravel()
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-6))


def _as_template(group: Sequence[TemplatePicture]) -> Template:
    ordered = sorted(group, key=lambda picture: (picture.source != CAPTION_SOURCE, picture.source, picture.name))
    name = ordered[0].name
    aliases = {picture.name for picture in ordered} - {name}
    return Template(name, tuple(sorted(aliases)), tuple(ordered))


def _rank(template: Template) -> bool:
    return template.pictures[0].source != CAPTION_SOURCE
