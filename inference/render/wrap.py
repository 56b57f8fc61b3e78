"""Breaks paragraphs into lines of even length; knows widths only through the function it is given.

Lines are as few as the width allows and, among those, as even as possible (the least squared slack, found by dynamic
programming as in Knuth and Plass, "Breaking Paragraphs into Lines", 1981), so that no word is left alone at the end.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from fontTools.unicodedata import script

from inference.render.clean import split_clusters

Measure = Callable[[str], float]

_NO_SPACE_SCRIPTS: Final = {"Hani", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr"}
_HYPHEN_SCRIPTS: Final = {"Latn", "Grek", "Cyrl"}
_NEVER_FIRST: Final = frozenset("、。，．・：；？！ー」』）】〉》…‥々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%,.!?:;)]}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch that stays on one line. `spaced`: a space goes before it; `hyphen`: it ends a line with a hyphen."""

    text: str
    spaced: bool = True
    hyphen: bool = False


def wrap_paragraph(text: str, width: float, measure: Measure, *, breaking: bool) -> list[str] | None:
    """The lines of one paragraph, none wider than `width`; None where a word is wider and `breaking` is off.

    With `breaking`, a word wider than a line is cut into parts of even length, hyphenated where its script does so.
    """
    units: list[Unit] = []
    for unit in split_units(text):
        if measure(unit.text) <= width:
            units.append(unit)
        elif breaking:
            units.extend(_break_unit(unit, width, measure))
        else:
            return None
    return [_join(units[start:end]) for start, end in _choose_breaks(units, width, measure)]


def split_units(text: str) -> list[Unit]:
    """Words, and within scripts written without spaces, clusters with the signs that must not start a line."""
    units: list[Unit] = []
    for word in text.split(" "):
        first = True
        for part in _split_word(word):
            units.append(Unit(part, spaced=first))
            first = False
    return units


def _split_word(word: str) -> list[str]:
    if not any(script(character) in _NO_SPACE_SCRIPTS for character in word):
        return [word] if word else []
    parts: list[str] = []
    for cluster in split_clusters(word):
        joins = cluster[0] in _NEVER_FIRST or not (_is_unspaced(cluster) or (parts and _is_unspaced(parts[-1])))
        if parts and joins:
            parts[-1] += cluster
        else:
            parts.append(cluster)
    return parts


def _is_unspaced(text: str) -> bool:
    return script(text[-1]) in _NO_SPACE_SCRIPTS or script(text[0]) in _NO_SPACE_SCRIPTS


def _break_unit(unit: Unit, width: float, measure: Measure) -> list[Unit]:
    """`unit` in the fewest parts of even length that fit; single clusters where nothing does."""
    clusters = split_clusters(unit.text)
    hyphen = script(unit.text[0]) in _HYPHEN_SCRIPTS and unicodedata.category(unit.text[0])[0] == "L"
    fewest = max(2, math.ceil(measure(unit.text) / max(width, 1.0)))
    for count in range(fewest, len(clusters)):
        bounds = [round(index * len(clusters) / count) for index in range(count + 1)]
        parts = ["".join(clusters[start:end]) for start, end in pairwise(bounds)]
        if all(measure(part + "-" * hyphen) <= width for part in parts):
            return _mark_parts(unit, parts, hyphen=hyphen)
    return _mark_parts(unit, clusters, hyphen=False)


def _mark_parts(unit: Unit, parts: Sequence[str], *, hyphen: bool) -> list[Unit]:
    last = len(parts) - 1
    return [
        Unit(part, spaced=unit.spaced and index == 0, hyphen=hyphen and index < last)
        for index, part in enumerate(parts)
    ]


def _join(units: Sequence[Unit]) -> str:
    text = "".join(f" {unit.text}" if unit.spaced and index else unit.text for index, unit in enumerate(units))
    return text + "-" if units and units[-1].hyphen else text


def _choose_breaks(units: Sequence[Unit], width: float, measure: Measure) -> list[tuple[int, int]]:
    """(start, end) of each line's units: fewest lines first, least squared slack second."""
    widths = [measure(unit.text) for unit in units]
    space, dash = measure(" "), measure("-")
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # lines, slack, minus the last line's start; for each prefix
    for end in range(1, len(units) + 1):
        options = []
        length = dash * units[end - 1].hyphen - space * units[end - 1].spaced
        for start in range(end - 1, -1, -1):
            length += widths[start] + space * units[start].spaced
            shown = length + space * (units[end - 1].spaced - units[start].spaced)
            if shown > width and start < end - 1:
                break
            lines, slack, _ = best[start]
            options.append((lines + 1, slack + (width - shown) ** 2, -start))
        best.append(min(options))
    breaks, end = [], len(units)
    while end:
        start = -best[end][2]
        breaks.append((start, end))
        end = start
    return breaks[::-1]
