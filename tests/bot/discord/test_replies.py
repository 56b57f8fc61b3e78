"""How values of the core are laid out for Discord, at the edges of what it takes."""

from __future__ import annotations

import discord
import pytest

from bot.core.panels import Control, Entry, Field, Form, Item, Menu, Panel, Style
from bot.core.values import Bar, Checked, Genres, Place, Span
from bot.discord_app.replies import (
    checked_body,
    escape,
    genres_body,
    mark_words,
    modal_of,
    panel_body,
    together,
)
from inference.contract import Verdict
from tests.wire.discord.component_rules import check_components, check_modal
from tests.wire.discord.message_rules import check_embeds

HERE = Place("discord", "1", "2")
LONG = "x" * 9_000


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* _it_ ~~no~~ `code` ||spoiler||", r"\*bold\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|"),
        ("> quoted", r"\> quoted"),
        ("@everyone", "@\u200beveryone"),
        ("<@80351110224678912>", "<@\u200b80351110224678912>"),
    ],
    ids=["emphasis", "a quotation", "everybody", "somebody"],
)
def test_text_shows_as_written(written: str, shown: str) -> None:
    """Whatever people or models wrote is neither markup nor a mention."""
    assert escape(written) == shown


def test_everything_fits_however_long_it_is() -> None:
    """Titles, texts, facts, lists, buttons and menus are cut where Discord would refuse them."""
    panel = Panel(
        title=LONG,
        text=LONG[:3_000],
        facts=((LONG, LONG),),
        items=(Item(LONG, "2", "3"),),
        rows=(
            (Control("a", LONG), Control("b", "", emoji="🔥", style=Style.DANGER), Control("c", "c", chosen=True)),
            Menu("m", LONG, tuple(Entry(str(number), LONG, LONG) for number in range(40))),
            (Control("", "Open", url="https://example.org/"),),
        ),
    )
    body = panel_body(panel, HERE)
    check_embeds([each.to_dict() for each in body.embeds])  # type: ignore[misc]
    assert body.view is not None
    check_components(body.view.to_components())


@pytest.mark.parametrize("fields", [1, 4, 5, 12])
def test_a_form_of_any_length_is_a_modal(fields: int) -> None:
    """More lines than a modal has room for become one field with a line for each."""
    form = Form(
        form_id="edit:1",
        title=LONG[:80],
        hint="How to",
        fields=tuple(Field(f"Line {number}", f"word {number}", 160) for number in range(fields)),
    )
    sent = modal_of(form).to_dict()
    check_modal(sent)
    words = str(sent)
    assert all(f"word {number}" in words for number in range(fields))


def test_several_answers_fit_into_one_message() -> None:
    """Each gets its share of six thousand characters."""
    looked = checked_body(Checked(verdict=Verdict.OFFENSIVE, headline="h", explanation=LONG, score=0.9))
    body = together([looked, looked, genres_body(Genres(headline="g", bars=(Bar("a", "A", 0.5),)))])
    check_embeds([each.to_dict() for each in body.embeds])  # type: ignore[misc]


def test_words_that_carried_the_score_are_underlined() -> None:
    """With the spaces around them outside, and their own markup shown as written."""
    spans = (Span("you "), Span("dunder*head ", 0.8), Span("are great"))
    assert mark_words(spans) == r"you __dunder\*head__ are great"


def test_bars_show_shares() -> None:
    """Ten cells, a percentage, and the chosen ones in bold."""
    (embed,) = genres_body(Genres(headline="g", bars=(Bar("a", "A", 1.0, chosen=True), Bar("b", "B", 0.04)))).embeds
    assert embed.description == "`██████████` 100% **A**\n`░░░░░░░░░░`   4% B"


@pytest.mark.parametrize("verdict", [*Verdict, None])
def test_every_verdict_has_a_colour(verdict: Verdict | None) -> None:
    """An unknown one, too, and another than that of the clear ones."""
    (embed,) = checked_body(Checked(verdict=verdict, headline="h", explanation="e")).embeds
    assert isinstance(embed.colour, discord.Colour)
    if verdict is None:
        clear = checked_body(Checked(verdict=Verdict.CLEAR, headline="h", explanation="e")).embeds[0]
        assert embed.colour != clear.colour
