"""The tool that drafts the next migration."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.migrations.__main__ import main

ROOT = Path(__file__).parents[2]

NEW_TABLE = """
scans = Table("scans", metadata, Column("id", String, primary_key=True), Column("found", JSON_VALUE), _moment("at"))
"""


def test_a_new_table_becomes_the_next_migration(tmp_path: Path) -> None:
    """A table added to the schema is drafted in our own words for types and clock, and the draft can be applied."""
    shutil.copytree(ROOT / "db", tmp_path / "db", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "db" / "schema.py").open("a") as schema:
        schema.write(NEW_TABLE)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    draft = [sys.executable, "-m", "db.migrations"]
    subprocess.run([*draft, "Adds scans"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    versions = tmp_path / "db/migrations/versions"
    (drafted,) = (path.read_text() for path in versions.glob("v*_adds_scans.py"))
    assert '"""Adds scans."""' in drafted
    assert "sa.Column('found', JSON_VALUE, nullable=True)" in drafted
    assert "sa.Column('at', UtcTime(), server_default=utc_now(), nullable=False)" in drafted
    subprocess.run([*draft, "Adds nothing"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    (nothing,) = (path.read_text() for path in versions.glob("v*_adds_nothing.py"))
    assert "create_table" not in nothing


def test_a_migration_needs_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    """Without one the tool says how it is called and changes nothing."""
    assert main([]) == 2
    assert "MESSAGE" in capsys.readouterr().err
