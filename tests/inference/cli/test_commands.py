"""The shell commands, started as a person starts them, with the test engine chosen by configuration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image


def memesmith(*arguments: str, cwd: Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the console script's entry point in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        capture_output=True,
        cwd=cwd,
        env=os.environ | {"ENGINE": "fake", "PYTHONPATH": str(Path(__file__).parents[3])},
        input=stdin,
        timeout=120,
        check=False,
    )


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.new("RGB", (64, 48), "orange").save(path)
    return path


@pytest.mark.parametrize(
    ("command", "field"), [("genre", "scores"), ("flag", "score"), ("template", "neighbours")], ids=str
)
def test_json_answers_are_json_and_nothing_else(picture: Path, command: str, field: str) -> None:
    """Standard output holds exactly the result object."""
    done = memesmith(command, str(picture), "--json", cwd=picture.parent)
    assert done.returncode == 0, done.stderr.decode()
    assert field in json.loads(done.stdout)


def test_the_era_is_told_below_the_genres(picture: Path) -> None:
    """A person reads the years after the scores."""
    done = memesmith("genre", str(picture), cwd=picture.parent)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().splitlines()[-1] == "Era: 2010 to 2020"


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif"])
def test_the_ending_of_the_file_decides_its_format(picture: Path, ending: str) -> None:
    """`-o meme.gif` writes a GIF."""
    target = picture.with_name(f"meme.{ending}")
    done = memesmith("caption", str(picture), "--json", "-o", str(target), cwd=picture.parent)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["picture"] == str(target)
    with Image.open(target) as image:
        assert image.format == {"jpg": "JPEG"}.get(ending, ending.upper())


def test_a_second_meme_overwrites_nothing(picture: Path) -> None:
    """Without -o each meme gets a name that is still free."""
    names = {json.loads(memesmith("caption", "--prompt", "tea", "--json", cwd=picture.parent).stdout)["picture"]}
    names |= {json.loads(memesmith("caption", "--prompt", "tea", "--json", cwd=picture.parent).stdout)["picture"]}
    assert len(names) == 2
    assert all((picture.parent / name).exists() for name in names)


def test_a_picture_can_come_from_a_pipe(picture: Path) -> None:
    """ "-" reads standard input."""
    done = memesmith("genre", "-", "--json", cwd=picture.parent, stdin=picture.read_bytes())
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["genre", "nowhere.jpg"], "no file"),
        (["genre", "."], "folder"),
        (["flag", "text.txt"], ""),
        (["caption", "photo.png", "-o", "meme.exe"], ".png"),
        (["caption", "photo.png", "-o", "nowhere/meme.png"], "no folder"),
        (["batch", "--task", "flag", "--in", "nowhere.jsonl", "--out", "out.jsonl"], "nowhere.jsonl"),
        (["templates", "preview", "no-such-template"], "no-such-template"),
        (["train", "juggling", "--data", "."], "juggling"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_ends_in_one_sentence(picture: Path, arguments: list[str], told: str) -> None:
    """Exit code 1, something to read on standard error, no traceback, nothing on standard output."""
    picture.with_name("text.txt").write_text("just words", encoding="utf-8")
    done = memesmith(*arguments, cwd=picture.parent)
    said = done.stderr.decode()
    assert done.returncode == 1
    assert told in said
    assert said.strip()
    assert "Traceback" not in said
    assert done.stdout == b""


def test_unknown_commands_and_options_are_misuse(tmp_path: Path) -> None:
    """Exit code 2, as for every command line."""
    assert memesmith("dance", cwd=tmp_path).returncode == 2
    assert memesmith("genre", "--louder", cwd=tmp_path).returncode == 2


def test_the_version_can_be_asked_for(tmp_path: Path) -> None:
    """One line, exit code 0."""
    done = memesmith("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode().split()[0]) == (0, "memesmith")


def test_help_names_every_command(tmp_path: Path) -> None:
    """A first-time reader finds all commands in one place."""
    said = memesmith("--help", cwd=tmp_path).stdout.decode()
    for command in ("run", "caption", "genre", "flag", "template", "batch", "serve", "templates", "train", "evaluate"):
        assert command in said
