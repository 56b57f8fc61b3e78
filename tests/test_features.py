"""The table of features keeps true: every test that it names is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FEATURES = ROOT / "docs" / "features.md"
NAMED = re.compile(r"\b([a-z_]+)\.([a-z0-9_]{8,})\b")
NONE = {"—", ""}


def tables() -> Iterator[tuple[str, list[str], list[str]]]:
    """Each row with the heading above its table and the names of its columns."""
    heading, columns = "", list[str]()
    for line in FEATURES.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading, columns = line, []
        if not line.startswith("| "):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not columns:
            columns = cells
        elif not set(cells[-1]) <= set("-: "):
            yield heading, columns, cells


def cells_of(platform: str) -> list[str]:
    """What the table says of a platform: its column, or all of a section that is about it."""
    name = platform.title()
    found = []
    for heading, columns, cells in tables():
        if name in columns:
            found.append(cells[columns.index(name)])
        elif name in heading:
            found.append(cells[-1])
    return found


def list_tests(platform: str) -> set[tuple[str, str]]:
    """File and name of every test of a platform, both without "test_"."""
    folder = ROOT / "tests" / "bot" / platform
    found = set()
    for path in folder.glob("test_*.py"):
        for name in re.findall(r"^ *(?:async )?def test_(\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            found.add((path.stem.removeprefix("test_"), name))
    return found


@pytest.mark.parametrize("platform", ["discord", "telegram"])
def test_every_named_test_is_there(platform: str) -> None:
    """By file and name; a cell that names none says so with a dash."""
    cells = cells_of(platform)
    named = {found for cell in cells for found in NAMED.findall(cell)}
    assert named - list_tests(platform) == set()
    assert [cell for cell in cells if not NAMED.search(cell) and cell not in NONE] == []
    assert len(named) > 30


def test_no_row_is_without_a_test() -> None:
    """A feature is on at least one platform."""
    assert [cells[0] for _, _, cells in tables() if not any(NAMED.search(cell) for cell in cells[1:])] == []
