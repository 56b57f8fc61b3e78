"""How paragraphs break into lines; widths are counted in characters here, which makes cases readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.render.wrap import wrap_paragraph


def _wrap(text: str, width: int, *, breaking: bool = False) -> list[str] | None:
    return wrap_paragraph(text, width, len, breaking=breaking)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        pytest.param("one two", 20, ["one two"], id="fits in one line"),
        pytest.param("aaaa bbbb cccc dddd", 15, ["aaaa bbbb", "cccc dddd"], id="even lines"),
        pytest.param("what is this a", 12, ["what is", "this a"], id="no letter left alone"),
        pytest.param("a bb ccc dddd eeeee", 9, ["a bb ccc", "dddd", "eeeee"], id="fewest lines first"),
        pytest.param("好き。", 2, ["好", "き。"], id="no full stop at a line's start"),
        pytest.param("当你发现今天是", 4, ["当你发现", "今天是"], id="chinese breaks anywhere"),
        pytest.param("월요일 아침에 알람", 8, ["월요일", "아침에 알람"], id="korean breaks at spaces"),
    ],
)
def test_lines_break_where_a_typesetter_would(text: str, width: int, lines: list[str]) -> None:
    """Fewest lines, then the most even ones."""
    assert _wrap(text, width) == lines


def test_a_word_wider_than_the_line_asks_for_smaller_letters() -> None:
    """Without leave to break, the paragraph does not fit."""
    assert _wrap("an incomprehensibility", 10) is None


def test_a_long_word_breaks_into_even_hyphenated_parts() -> None:
    """No part is much shorter than the others, and each but the last ends in a hyphen."""
    lines = _wrap("incomprehensibilities", 12, breaking=True)
    assert lines == ["incomprehe-", "nsibilities"]


def test_a_script_without_hyphens_breaks_without_them() -> None:
    """A hyphen between Hangul syllables would be read as a minus."""
    assert _wrap("가나다라마바사아", 4, breaking=True) == ["가나다라", "마바사아"]


def test_a_family_is_never_torn_apart() -> None:
    """Breaks fall between what people see as characters."""
    family = "👨‍👩‍👧"
    assert _wrap(family * 3, len(family), breaking=True) == [family] * 3


_words = st.lists(st.text("abcdefg", min_size=1, max_size=14), min_size=1, max_size=25)


@given(words=_words, width=st.integers(3, 40))
def test_wrapping_loses_nothing_and_never_overflows(words: list[str], width: int) -> None:
    """All letters come out in order, on lines no wider than asked for."""
    text = " ".join(words)
    lines = _wrap(text, width, breaking=True)
    assert lines is not None
    assert all(len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "").replace("-", "") == text.replace(" ", "")


@given(words=_words, width=st.integers(14, 60))
def test_no_wrapping_with_fewer_lines_exists(words: list[str], width: int) -> None:
    """Balance never costs a line: filling greedily needs as many."""
    greedy, room = 1, -1
    for word in words:
        if room + 1 + len(word) > width:
            greedy, room = greedy + 1, len(word)
        else:
            room += 1 + len(word)
    lines = _wrap(" ".join(words), width)
    assert lines is not None
    assert len(lines) == greedy
