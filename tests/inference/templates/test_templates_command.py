"""`memesmith templates`, started as a person starts it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from inference.templates.catalogue import Catalogue
from tests.inference.templates.template_api import png, serve_api


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `memesmith templates ...` in a process of its own, in a wide terminal."""
    here = {"PYTHONPATH": str(Path(__file__).parents[3]), "COLUMNS": "160", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "templates", *arguments],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **here, **environment},
        timeout=120,
        check=False,
        text=True,
        encoding="utf-8",
    )


def change_of(one: Path, other: Path) -> float:
    """Mean difference of two pictures in grey levels; what lossy encoding changes is near 1."""
    with Image.open(one) as first, Image.open(other) as second:
        difference = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    return ImageStat.Stat(difference.convert("L")).mean[0]


def failed_in_one_sentence(done: subprocess.CompletedProcess[str]) -> bool:
    lines = done.stderr.strip().splitlines()
    return done.returncode == 1 and len(lines) == 1 and lines[0].startswith("memesmith: ")


def test_list_shows_every_template_and_json_the_same(tmp_path: Path) -> None:
    """A table for people, JSON for programs."""
    shown = start("list", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert all(template.name in shown.stdout for template in Catalogue.load())
    listed = json.loads(start("list", "--json", cwd=tmp_path).stdout)["templates"]
    assert [row["name"] for row in listed] == [template.name for template in Catalogue.load()]


def test_list_searches(tmp_path: Path) -> None:
    """A word narrows the list; a word that nothing matches is an error."""
    listed = json.loads(start("list", "배신", "--json", cwd=tmp_path).stdout)["templates"]
    assert [row["name"] for row in listed] == ["rug-pull"]
    assert failed_in_one_sentence(start("list", "qqqqq", cwd=tmp_path))


def test_preview_draws_the_example_and_blank_leaves_it_out(tmp_path: Path) -> None:
    """The preview differs from the blank picture; the blank one is the template itself."""
    assert start("preview", "two signs", "-o", "a.png", cwd=tmp_path).returncode == 0
    assert start("preview", "two signs", "-o", "b.png", "--blank", cwd=tmp_path).returncode == 0
    template = Catalogue.load().get("two-signs")
    assert template is not None
    assert change_of(template.picture, tmp_path / "a.png") > 4
    assert change_of(template.picture, tmp_path / "b.png") < 2


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("preview", "no such thing"), id="unknown template"),
        pytest.param(("preview", "peeking", "-o", "x.txt"), id="bad ending"),
        pytest.param(("preview", "peeking", "-o", "nowhere/x.png"), id="missing folder"),
        pytest.param(("import", "nowhere", "--into", "mine"), id="no such source"),
        pytest.param(("import", "."), id="nowhere to put them"),
        pytest.param(("import", ".", "--into", "."), id="into itself"),
        pytest.param(("import", ".", "--into", "mine", "--url", "http://127.0.0.1:9"), id="url for a folder"),
        pytest.param(("import", ".", "--into", "mine"), id="an empty folder"),
        pytest.param(("import", "memegen", "--into", "mine", "--url", "http://127.0.0.1:9"), id="no server"),
    ],
)
def test_a_mistake_is_answered_with_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """No traceback, exit code 1, whatever is wrong."""
    done = start(*arguments, cwd=tmp_path, TEMPLATES_DIR="")
    assert failed_in_one_sentence(done), done.stderr


def test_a_broken_user_catalogue_is_one_sentence(tmp_path: Path) -> None:
    """The file at fault is named."""
    (tmp_path / "catalogue.json").write_text("{")
    done = start("list", cwd=tmp_path, TEMPLATES_DIR=str(tmp_path))
    assert failed_in_one_sentence(done), done.stderr
    assert "catalogue.json" in done.stderr


def test_an_imported_folder_is_listed_and_previewed(tmp_path: Path) -> None:
    """From a folder of pictures to a meme base in two commands."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "happy owl.png").write_bytes(png("olive", (320, 240)))
    done = start("import", "pictures", cwd=tmp_path, TEMPLATES_DIR="mine")
    assert done.returncode == 0, done.stderr
    assert "1 imported, 0 unchanged, 0 skipped" in done.stdout
    assert "happy-owl" in start("list", cwd=tmp_path, TEMPLATES_DIR="mine").stdout
    assert start("preview", "Happy Owl", "-o", "owl.png", cwd=tmp_path, TEMPLATES_DIR="mine").returncode == 0


@pytest.mark.parametrize("kind", ["memegen", "imgflip"])
async def test_an_api_is_imported_and_bad_entries_are_reported(tmp_path: Path, kind: str) -> None:
    """`--url` points at a server that speaks the API."""
    async with serve_api() as api:
        api.memegen(api.memegen_row("ow", "Odd Owl"), api.memegen_row("xx", "Lost"))
        api.imgflip(api.imgflip_row("7", "Odd Owl"), api.imgflip_row("8", "Lost"))
        api.files |= {"/images/ow.png": png(), "/7.jpg": png()}
        done = await asyncio.to_thread(
            start, "import", kind, "--url", api.base, "--into", "mine", cwd=tmp_path, TEMPLATES_DIR=""
        )
    assert done.returncode == 0, done.stderr
    assert "1 imported, 0 unchanged, 1 skipped" in done.stdout
    assert "status 404" in done.stderr
    assert Catalogue.load(tmp_path / "mine").get("odd owl") is not None
