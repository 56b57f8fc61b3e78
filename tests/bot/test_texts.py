"""Sentences in every language."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

import bot
from bot.core.actions import Action
from bot.core.texts import TABLES, TEMPLATES, pick_language, say
from inference.contract import FailureKind, PictureProblem, Verdict
from inference.labels import FLAG_CATEGORIES, GENRES, TONES
from inference.templates.catalogue import Catalogue

CLOSED = (
    "failure.",
    "problem.",
    "genre.",
    "category.",
    "tone.",
    "button.",
    "check.",
    "command.",
    "option.",
    "menu.",
    "right.",
    "part.",
)
# Families whose keys are put together from closed vocabularies of the screens.
SCREENS = (
    "who.",
    "feature.",
    "strictness.",
    "rights.",
    "top.",
    "privacy.",
    "templates.preset_",
    "boxes.example_",
    "settings.emoji_",
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_language_has_every_sentence_with_the_same_blanks(language: str) -> None:
    """A translation lacks no key and fills the same values in, but for the English sentence of a failure."""
    english, other = TABLES["en"], TABLES[language]
    assert set(english) == set(other)
    assert {key for key in english if fields(english[key]) - {"message"} != fields(other[key]) - {"message"}} == set()


def test_every_word_of_the_contract_has_a_sentence() -> None:
    """Each failure, verdict, genre, category, tone and action can be said."""
    keys = [f"failure.{kind.value}" for kind in FailureKind] + [f"check.{verdict.value}" for verdict in Verdict]
    keys += [f"problem.{problem.value}" for problem in PictureProblem]
    keys += [f"genre.{name}" for name in GENRES] + [f"category.{name}" for name in FLAG_CATEGORIES]
    keys += [f"tone.{name}" for name in TONES] + [f"button.{action.value}" for action in Action]
    assert [key for key in keys if key not in TABLES["en"]] == []


@pytest.mark.parametrize("language", sorted(set(TABLES) - {"en"}))
def test_every_language_has_words_for_the_bundled_templates(language: str) -> None:
    """Titles and uses, for all of them and no other."""
    assert set(TEMPLATES[language]) == {template.name for template in Catalogue.load()}
    assert len({title for title, _ in TEMPLATES[language].values()}) == len(TEMPLATES[language])


@pytest.mark.parametrize("language", sorted(set(TABLES) - {"en"}))
def test_no_sentence_was_left_in_english(language: str) -> None:
    """A translation differs from the English one, except where it is a name."""
    names = {"room.title"}
    same = {key for key, text in TABLES[language].items() if text == TABLES["en"][key]}
    assert same - names == set()


def test_korean_is_written_in_hangul() -> None:
    """Every Korean sentence has Korean letters in it."""
    without = {key for key, text in TABLES["ko"].items() if not any("가" <= letter <= "힣" for letter in text)}
    assert without == {"room.title"}


def test_no_sentence_is_left_over() -> None:
    """Each key is named in the code, or belongs to a family of a closed vocabulary."""
    folder = Path(bot.__file__).parent
    files = [path for suffix in ("py", "js", "html") for path in folder.rglob(f"*.{suffix}")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files if path.parent.name != "texts")
    families = (*CLOSED, *SCREENS)
    unused = [
        key
        for key in TABLES["en"]
        if not key.startswith(families)
        and key not in code
        and f"text.{key.removeprefix('room.').removeprefix('boxes.')}" not in code
    ]
    assert unused == []


@pytest.mark.parametrize(("locale", "language"), [("ko-KR", "ko"), ("ko", "ko"), ("en_GB", "en"), ("xx", "en")])
def test_a_locale_finds_its_table(locale: str, language: str) -> None:
    """Regions do not matter, and an unknown language reads English."""
    assert pick_language(locale) == language
    assert say(locale, "room.title") == "Memesmith"
