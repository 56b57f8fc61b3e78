"""The table of features keeps true: every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FEATURES = ROOT / "docs" / "features.md"
NAMED = re.compile(r"\b([a-z_]+)\.([a-z0-9_]{8,})\b")
NONE = {"—", ""}


def rows() -> list[list[str]]:
    lines = FEATURES.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if not set(row[-1]) <= set("-: ") and row[-1] not in {"Telegram", "test"}]


def list_tests(platform: str) -> set[tuple[str, str]]:
    """File and name of every test of a platform, both without "test_"."""
    folder = ROOT / "tests" / "bot" / platform
    found = set()
    for path in folder.glob("test_*.py"):
        for name in re.findall(r"^(?:async )?def test_(\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            found.add((path.stem.removeprefix("test_"), name))
    return found


@pytest.mark.parametrize(("platform", "column"), [("discord", 1), ("telegram", 2)])
def test_every_named_test_is_there(platform: str, column: int) -> None:
    """By file and name, in each platform's column; a cell that names none says so with a dash."""
    cells = [row[column] for row in rows() if len(row) > column]
    named = {found for cell in cells for found in NAMED.findall(cell)}
    assert named - list_tests(platform) == set()
    assert [cell for cell in cells if not NAMED.search(cell) and cell not in NONE] == []
    assert len(named) > 30


def test_no_row_is_without_a_test() -> None:
    """A feature is on at least one platform."""
    assert [row[0] for row in rows() if not any(NAMED.search(cell) for cell in row[1:])] == []
