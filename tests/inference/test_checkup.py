"""What a machine has to make memes with, told without loading a model."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inference.checkup import ModelPlace, check_fonts, check_weights, place_model, reads_korean
from inference.errors import ModelError
from inference.manifest import WEIGHTS_DIR


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with two small files and their manifest."""
    rows = json.loads((WEIGHTS_DIR / "manifest.json").read_text())["files"]
    small = [row for row in rows if (WEIGHTS_DIR / row["file"]).stat().st_size < 200_000]
    assert len(small) >= 2
    for row in small:
        shutil.copy(WEIGHTS_DIR / row["file"], tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"files": small}))
    return tmp_path


def test_shipped_weights_are_whole() -> None:
    """Every file is there with the hash of the manifest, and together they keep to their budget."""
    state = check_weights(None)
    assert state.troubles == ()
    assert state.files >= 8
    assert 10**7 < state.total_bytes < 48 * 2**20


def test_each_file_that_is_missing_or_altered_is_named(weights: Path) -> None:
    """One sentence per file, and the others are still counted."""
    first, second = sorted(path for path in weights.iterdir() if path.name != "manifest.json")[:2]
    first.unlink()
    second.write_bytes(second.read_bytes() + b"x")
    troubles = check_weights(weights).troubles
    assert len(troubles) == 2
    assert any(first.name in trouble and "missing" in trouble for trouble in troubles)
    assert any(second.name in trouble for trouble in troubles)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"manifest\.json"):
        check_weights(tmp_path)


def test_a_model_of_others_is_found_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole folder, half a folder, an id, and what is neither; nothing is fetched to find out."""
    whole, half = tmp_path / "whole", tmp_path / "half"
    for folder in (whole, half):
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    (whole / "model.safetensors").touch()
    assert place_model(str(whole)) is ModelPlace.FOLDER
    assert place_model(str(half)) is ModelPlace.INCOMPLETE
    assert place_model("somebody/some-model-that-nobody-has") is ModelPlace.DOWNLOAD
    assert place_model("no such//thing") is ModelPlace.NOWHERE


def test_korean_is_read_where_tesseract_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program alone is not enough: it must list the language."""
    program = tmp_path / "tesseract"
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    for languages, expected in (("eng", False), ("eng\nkor", True)):
        program.write_text(f"#!/bin/sh\necho 'List of available languages:\n{languages}'\n")
        program.chmod(0o755)
        assert reads_korean() is expected
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert reads_korean() is False


def test_letters_always_have_a_font() -> None:
    """Latin and Korean come with packages, whatever the system has."""
    state = check_fonts()
    assert state.latin
    assert state.korean


def test_looking_waits_for_no_torch() -> None:
    """The look is quick because nothing heavy is imported for it."""
    code = "import sys, inference.checkup as c; c.check_weights(None); sys.exit('torch' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False, timeout=60).returncode == 0
