"""Importers keep what is usable, count what is not, and merge what is the same."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.datasets.captions import read_caption_boxes
from training.datasets.genre import read_labelled_memes
from training.datasets.lexicon import is_crude
from training.datasets.negatives import read_negatives
from training.datasets.templates import plain_name, read_templates
from training.index_scores import difference_hash


def picture(seed: int, side: int = 64) -> Image.Image:
    """Smooth noise: pictures of different seeds have far hashes."""
    rough = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((side, side), Image.Resampling.BICUBIC)


def write_index(data: Path, rows: list[tuple[str, str, Image.Image | None]]) -> None:
    """`templates/index.csv` with one row per (source, name, picture); None writes no file."""
    folder = data / "templates"
    folder.mkdir(parents=True)
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "name", "path", "dhash"])
        for number, (source, name, one) in enumerate(rows):
            path = f"templates/{number}.png"
            if one is not None:
                one.save(data / path)
            writer.writerow([source, name, path, f"{int(difference_hash(one)) if one else 0:016x}"])


def test_the_same_picture_under_two_names_is_one_template(tmp_path: Path) -> None:
    """Near hashes merge; the name of the captioned source is shown, the other becomes an alias."""
    write_index(tmp_path, [("memegen", "Two Doors", picture(1)), ("imgflip575k", "Two-Doors", picture(1, 80))])

    (template,), report = read_templates(tmp_path)

    assert (template.name, template.aliases) == ("Two-Doors", ("Two Doors",))
    assert report.kept == 2


def test_different_pictures_of_one_name_stay_apart(tmp_path: Path) -> None:
    """Namesakes that look different are two templates with distinct names."""
    write_index(tmp_path, [("a", "Dog", picture(1)), ("b", "Dog", picture(2))])

    names = [template.name for template in read_templates(tmp_path)[0]]

    assert sorted(names) == ["Dog", "Dog-2"]


def test_unusable_template_rows_are_counted_by_reason(tmp_path: Path) -> None:
    """Crude names, missing files and tiny pictures are dropped, each with its reason."""
    rows = [
        ("a", "Fine", picture(1)),
        ("a", "vulgar-dog", picture(2)),
        ("a", "Gone", None),
        ("a", "Tiny", picture(3, 8)),
    ]
    write_index(tmp_path, rows)
    (tmp_path / "offence" / "lexicon").mkdir(parents=True)
    (tmp_path / "offence" / "lexicon" / "en.txt").write_text("vulgar\n", encoding="utf-8")

    templates, report = read_templates(tmp_path)

    assert [template.name for template in templates] == ["Fine"]
    assert report.dropped == {"crude name": 1, "unreadable picture or hash": 1, "too small": 1}


@pytest.mark.parametrize(
    ("name", "crude"),
    [
        pytest.param("angry-ass-dog", True, id="a short term as a word"),
        pytest.param("Classy-Bass", False, id="a short term inside words"),
        pytest.param("superbadword2", True, id="a long term inside a word"),
        pytest.param("Nice Dog", False, id="nothing crude"),
    ],
)
def test_crude_names_are_told_from_innocent_ones(name: str, crude: bool) -> None:
    """Short terms count as whole words only, so that innocent words survive."""
    assert is_crude(name, {"ass", "badword"}) is crude


def test_names_are_compared_without_signs_and_case() -> None:
    """Sources spell one name in several ways."""
    assert plain_name("Y U NO Guy") == plain_name("y-u-no-guy")


def test_captions_come_as_boxes_and_broken_rows_are_counted(tmp_path: Path) -> None:
    """Empty boxes vanish; a row whose JSON is broken is dropped."""
    (tmp_path / "captions").mkdir()
    with gzip.open(tmp_path / "captions" / "imgflip575k.csv.gz", "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["template", "votes", "views", "boxes_json"])
        writer.writerow(["A", 1, 2, json.dumps(["top", "", "bottom "])])
        writer.writerow(["A", 1, 2, "not json"])
        writer.writerow(["A", 1, 2, json.dumps([""])])

    captions, report = read_caption_boxes(tmp_path, 10, every=1)

    assert captions == [("top", "bottom")]
    assert report.dropped == {"unreadable row": 1, "empty or too long": 1}


def test_a_file_that_is_no_picture_is_no_photograph(tmp_path: Path) -> None:
    """Unreadable negatives are dropped and counted."""
    (tmp_path / "negatives").mkdir()
    picture(1).save(tmp_path / "negatives" / "1.jpg")
    (tmp_path / "negatives" / "2.jpg").write_bytes(b"no picture")

    photos, report = read_negatives(tmp_path)

    assert len(photos) == 1
    assert report.dropped == {"unreadable picture": 1}


def test_labelled_memes_carry_text_groups_and_certainty(tmp_path: Path) -> None:
    """Near-duplicates share a group, texts come from the tables, unusable rows are dropped with a reason."""
    folder = tmp_path / "offence" / "harmeme_images"
    folder.mkdir(parents=True)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        picture(seed).save(folder / f"{name}.png")
    (tmp_path / "offence" / "harmeme_train.csv").write_text("image_name,sentence\na.png,hello\n", encoding="utf-8")
    (tmp_path / "genre").mkdir()
    rows = [
        "a,political,image_macro,3",
        "b,text_post,,1",
        "c,rage_comic,,2",
        "d,political,,3",
        "a,dance,,3",
        "c,political,,9",
    ]
    table = ["path,primary,secondary,confidence"]
    table += [f"offence/harmeme_images/{row[0]}.png{row[1:]}" for row in rows]
    (tmp_path / "genre" / "labels.csv").write_text("\n".join(table) + "\n", encoding="utf-8")

    (first, second, third), report = read_labelled_memes(tmp_path)

    assert first.genres == ("political", "image_macro")
    assert (first.text, second.text) == ("hello", None)
    assert (first.weight, second.weight) == (1.0, 0.3)
    assert first.group == second.group != third.group
    assert report.dropped == {"missing picture": 1, "unknown genre": 1, "unknown confidence": 1}
