"""The importers of picture sets keep what is usable, count what is not, and merge what is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.picture_sets import picture, write_template_index
from training.datasets.genre import read_labelled_memes
from training.datasets.lexicon import is_crude
from training.datasets.negatives import read_negatives
from training.datasets.templates import plain_name, read_templates


def test_the_same_picture_under_two_names_is_one_template(tmp_path: Path) -> None:
    """Near hashes merge; the name of the captioned source is shown, the other becomes an alias."""
    write_template_index(tmp_path, [("memegen", "Two Doors", picture(1)), ("imgflip575k", "Two-Doors", picture(1, 80))])

    (template,) = read_templates(tmp_path).items

    assert (template.name, template.aliases) == ("Two-Doors", ("Two Doors",))
    assert len(template.pictures) == 2


def test_different_pictures_of_one_name_stay_apart(tmp_path: Path) -> None:
    """Namesakes that look different are two templates with distinct names."""
    write_template_index(tmp_path, [("a", "Dog", picture(1)), ("b", "Dog", picture(2))])

    names = [template.name for template in read_templates(tmp_path).items]

    assert sorted(names) == ["Dog", "Dog-2"]


def test_unusable_template_rows_are_counted_by_reason(tmp_path: Path) -> None:
    """Crude names, missing files and tiny pictures are dropped, each with its reason."""
    rows = [
        ("a", "Fine", picture(1)),
        ("a", "vulgar-dog", picture(2)),
        ("a", "Gone", None),
        ("a", "Tiny", picture(3, 8)),
    ]
    write_template_index(tmp_path, rows)
    (tmp_path / "offence" / "lexicon").mkdir(parents=True)
    (tmp_path / "offence" / "lexicon" / "en.txt").write_text("vulgar\n", encoding="utf-8")

    found = read_templates(tmp_path)

    assert [template.name for template in found.items] == ["Fine"]
    assert found.dropped == {"crude name": 1, "unreadable picture or hash": 1, "too small": 1}


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


def test_a_file_that_is_no_picture_is_no_photograph(tmp_path: Path) -> None:
    """Unreadable negatives are dropped and counted."""
    (tmp_path / "negatives").mkdir()
    picture(1).save(tmp_path / "negatives" / "1.jpg")
    (tmp_path / "negatives" / "2.jpg").write_bytes(b"no picture")

    found = read_negatives(tmp_path)

    assert len(found.items) == 1
    assert found.dropped == {"unreadable picture": 1}


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

    found = read_labelled_memes(tmp_path)

    first, second, third = found.items
    assert first.genres == ("political", "image_macro")
    assert (first.text, second.text) == ("hello", None)
    assert (first.weight, second.weight) == (1.0, 0.3)
    assert first.group == second.group != third.group
    assert found.dropped == {"missing picture": 1, "unknown genre": 1, "unknown confidence": 1}
