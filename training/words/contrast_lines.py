"""The material of the drawn contrasts: identity groups, words to fill in, and sentence frames, in `contrast_lines`.

A frame is a sentence with slots: `{vile}` takes a word of that list, `{groups}`, `{one}`, `{adj}`, `{slur}`, `{slurs}`
and `{own}` the forms of the identity group it is drawn for. Every list of frames and words is divided between the
parts by a hash of the line, so that a sixth of each is only ever seen in the held-out part. Groups are shared.
"""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from training.errors import TrainingError

LINES_DIR: Final = Path(__file__).parent / "contrast_lines"
HELD_OUT_SHARE: Final = 6
MORE: Final = ("en",)  # languages with further frames, all of them learned

Part = Literal["train", "held_out"]
Language = Literal["en", "ko"]
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Function:
    """One thing that sentences do. `of` restricts it to some groups, `grouped` says whether it speaks of any."""

    name: str
    offensive: bool
    categories: tuple[str, ...]
    grouped: bool
    frames: tuple[str, ...]
    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Material:
    """All there is to draw from for one language and one part; `groups` holds each group's own words by slot."""

    functions: tuple[Function, ...]
    fillers: Words
    groups: Mapping[str, Words]
    openers: tuple[str, ...]
    closers: tuple[str, ...]


def read_material(language: Language, part: Part) -> Material:
    """Raises TrainingError where a file is not laid out as the others."""
    try:
        groups = {name: _words(table) for name, table in _table(f"{language}_groups").items()}
        style = _table(f"{language}_style")
        more = _table(f"{language}_more") if part == "train" and language in MORE else {}
        return Material(
            functions=tuple(
                _function(name, table, kind, groups, share_of(table["frames"], part) + tuple(more.get(name, ())))
                for kind in ("hate", "calm", "person", "everyday")
                for name, table in _table(f"{language}_{kind}").items()
            ),
            fillers={name: share_of(lines, part) for name, lines in _table(f"{language}_fillers").items()},
            groups=groups,
            openers=share_of(style["openers"], part),
            closers=share_of(style["closers"], part),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise TrainingError(
            f"The lines of {language} in {LINES_DIR} are not laid out as they should be: {error}."
        ) from error


def share_of(lines: Sequence[str], part: Part) -> tuple[str, ...]:
    """The part's own lines, in the order of their hash; each part gets at least one of two lines."""
    ordered = sorted(set(lines), key=lambda line: (zlib.crc32(line.encode()), line))
    held_out = -(-len(ordered) // HELD_OUT_SHARE)
    return tuple(ordered[:held_out] if part == "held_out" else ordered[held_out:])


def _function(
    name: str, table: Mapping[str, Any], kind: str, groups: Mapping[str, Words], frames: tuple[str, ...]
) -> Function:
    needed = table.get("needs")
    wanted = table.get("groups", groups)
    return Function(
        name=name,
        offensive=kind in ("hate", "person"),
        categories=tuple(table.get("categories", ())),
        grouped=kind in ("hate", "calm"),
        frames=frames,
        of=frozenset(group for group in wanted if needed is None or needed in groups[group]),
    )


def _words(table: Mapping[str, Sequence[str]]) -> Words:
    return {slot: tuple(words) for slot, words in table.items()}


def _table(name: str) -> dict[str, Any]:
    with (LINES_DIR / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
