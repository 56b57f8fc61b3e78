"""Genres and checks as people read them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.core import Core
from bot.core.looking import describe_flag, describe_genres, mark_reasons
from bot.core.values import Checked, Genres, Notice
from inference.contract import Box, FailureKind, FlagOutput, GenreOutput, Reason, Verdict
from inference.covering import PARTS
from inference.labels import GENRES
from tests.bot.conftest import Heard, incoming, photo
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool


async def test_genres_come_as_eight_bars_best_first(core: Core) -> None:
    """All eight genres are shown, those above their threshold marked, in words."""
    genres = await core.genre(incoming(picture=photo()), Heard())
    assert isinstance(genres, Genres)
    assert len(genres.bars) == 8
    assert [bar.score for bar in genres.bars] == sorted((bar.score for bar in genres.bars), reverse=True)
    assert [bar.label for bar in genres.bars if bar.chosen] == ["Rage comic", "Image macro"]


@pytest.mark.parametrize(("language", "years"), [("en", "Era: 2008 to 2014"), ("ko", "시기: 2008~2014년")])
def test_the_era_stands_beside_the_genre(language: str, years: str) -> None:
    """Where the years are known they are told, in the asker's language; else nothing is said of them."""
    output = GenreOutput(scores=dict.fromkeys(GENRES, 0.1), labels=("rage_comic",), era=(2008, 2014))
    assert describe_genres(output, language).details == (years,)
    assert describe_genres(replace(output, era=None), language).details == ()


async def test_a_check_shows_verdict_categories_and_the_words_that_carried_it(core: Core) -> None:
    """The flagged words stand out in the text that was judged."""
    checked = await core.check(incoming(text=f"what a {BAD_WORD} you are"), Heard())
    assert isinstance(checked, Checked)
    assert checked.verdict is Verdict.OFFENSIVE
    assert [(span.text, span.weight) for span in checked.spans] == [
        ("what a ", 0.0),
        (BAD_WORD, 0.8),
        (" you are", 0.0),
    ]
    assert len(checked.bars) == 5


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        (None, "The picture itself carried 30%"),
        (PARTS[0], "The picture itself carried 30%, most of all its top left"),
        (PARTS[5], "The picture itself carried 30%, most of all its right side"),
        (PARTS[7], "The picture itself carried 30%, most of all its bottom"),
    ],
)
def test_a_picture_that_offends_is_told_with_its_part(box: Box | None, sentence: str) -> None:
    """Where one part of the picture carried most of it, people read which."""
    reasons = (Reason(kind="picture", weight=0.3, box=box),)
    output = FlagOutput(score=0.8, verdict=Verdict.OFFENSIVE, categories={}, reasons=reasons, text="")
    assert describe_flag(output, "en").reasons == (sentence,)


@pytest.mark.parametrize("kind", list(FailureKind), ids=lambda kind: kind.value)
async def test_a_failed_check_is_unknown_and_never_safe(core: Core, pool: ScriptedPool, kind: FailureKind) -> None:
    """No failure is read as a verdict."""
    pool.failing = {"flag": kind}
    checked = await core.check(incoming(picture=photo()), Heard())
    assert isinstance(checked, Checked)
    assert (checked.verdict, checked.score, checked.bars) == (None, None, ())
    assert "Unknown" in checked.headline


@pytest.mark.parametrize("feature", ["genre", "check"])
async def test_looking_at_nothing_asks_for_something(core: Core, feature: str) -> None:
    """Without picture and text there is a hint instead of a job."""
    answer = await getattr(core, feature)(incoming(text="  "), Heard())
    assert isinstance(answer, Notice)
    assert "picture" in answer.text


@given(text=st.text(max_size=60), needles=st.lists(st.text(min_size=1, max_size=5), max_size=4))
def test_marked_spans_always_join_up_to_the_text(text: str, needles: list[str]) -> None:
    """Highlighting loses and adds no letter, whatever script and case."""
    reasons = tuple(Reason(kind="text", weight=0.5, text=needle) for needle in needles)
    assert "".join(span.text for span in mark_reasons(text, reasons)) == text
