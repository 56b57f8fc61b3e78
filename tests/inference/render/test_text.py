"""Text before it is set: cleaned, bounded, and ordered by direction."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.render.bidi import find_levels, is_rtl, order_runs
from inference.render.clean import ELLIPSIS, MAX_CLUSTERS, MAX_PARAGRAPHS, clean_text, is_emoji, split_clusters


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        pytest.param("  two   spaces ", "two spaces", id="spaces"),
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="all kinds of line breaks"),
        pytest.param("a\n\n \nb", "a\nb", id="empty paragraphs"),
        pytest.param("ab\x00\x1b[31m", "ab[31m", id="control characters"),
        pytest.param("abc\u202edef\u2066", "abcdef", id="direction overrides"),
        pytest.param("soft\u00adhyphen", "softhyphen", id="soft hyphens"),
        pytest.param("e\u0301", "é", id="composed letters"),
        pytest.param("x" + "\u0336" * 50, "x" + "\u0336" * 4, id="piled marks"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="persian non-joiner stays"),
        pytest.param("\ud800lone", "lone", id="lone surrogate"),
    ],
)
def test_text_is_cleaned(raw: str, clean: str) -> None:
    """What is left can be seen, and each space and line break is there once."""
    assert clean_text(raw, upper=False) == clean


def test_overlong_text_ends_in_an_ellipsis() -> None:
    """A text of ten thousand characters costs no more than one of six hundred."""
    cut = clean_text("word " * 2_000, upper=False)
    assert len(split_clusters(cut)) <= MAX_CLUSTERS + 1
    assert cut.endswith("word" + ELLIPSIS)


def test_too_many_lines_end_in_an_ellipsis() -> None:
    """A thousand short lines are cut like a thousand words."""
    cut = clean_text("a\n" * 1_000, upper=False)
    assert cut.count("\n") < MAX_PARAGRAPHS
    assert cut.endswith(ELLIPSIS)


@given(text=st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Clean text is clean."""
    once = clean_text(text, upper=False)
    assert clean_text(once, upper=False) == once
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in once.replace("\n", ""))


@pytest.mark.parametrize("cluster", ["😀", "👨‍👩‍👧‍👦", "🇰🇷", "1️⃣", "❤️", "👍🏽", "🏳️‍🌈"])
def test_an_emoji_is_one_cluster(cluster: str) -> None:
    """Families, flags and key caps are single characters to people."""
    assert split_clusters(f"a{cluster}b") == ["a", cluster, "b"]
    assert is_emoji(cluster)


@pytest.mark.parametrize("cluster", ["a", "1", "#", "©", "❤", "❤\ufe0e", "안", "ب"])
def test_ordinary_signs_are_no_emoji(cluster: str) -> None:
    """A digit or a text heart is set as type."""
    assert not is_emoji(cluster)


@pytest.mark.parametrize(
    ("text", "rtl", "levels"),
    [
        pytest.param("ab 12", False, "00000", id="latin"),
        pytest.param("אב גד", True, "11111", id="hebrew"),
        pytest.param("a אב b", False, "001100", id="hebrew in latin"),
        pytest.param("אב cd", True, "11122", id="latin in hebrew"),
        pytest.param("אב 12.5%", True, "11122222", id="number in hebrew"),
        pytest.param("ab 12 אב", False, "00000011", id="number after latin"),
        pytest.param("אב (cd)", True, "1111221", id="brackets"),
        pytest.param("عن 10:30", True, "11122222", id="time in arabic"),
        pytest.param("אב!", False, "110", id="sign at the end of a latin paragraph"),
    ],
)
def test_levels_follow_the_standard(text: str, rtl: bool, levels: str) -> None:
    """UAX #9, worked out by hand for the cases captions are made of."""
    assert "".join(map(str, find_levels(list(text), rtl=rtl))) == levels


@pytest.mark.parametrize(
    ("levels", "order"),
    [([0, 1, 0], [0, 1, 2]), ([1, 2, 1], [2, 1, 0]), ([0, 1, 2, 1, 0], [0, 3, 2, 1, 4]), ([], [])],
)
def test_runs_are_reversed_level_by_level(levels: list[int], order: list[int]) -> None:
    """Rule L2: what is embedded deeper turns once more."""
    assert order_runs(levels) == order


@pytest.mark.parametrize(("text", "rtl"), [("abc אב", False), ("12 אב c", True), ("!?", False), ("عن abc", True)])
def test_the_first_letter_decides_a_paragraphs_direction(text: str, rtl: bool) -> None:
    """Numbers and signs decide nothing."""
    assert is_rtl(text) is rtl
