"""Years of templates and genres: found under any spelling, sensible, and with their source."""

from __future__ import annotations

import pytest

from inference.eras import era_of_genres, era_of_template
from inference.eras._facts import GENRE_FACTS, OPEN, TEMPLATE_FACTS, Fact
from inference.labels import GENRES

FIRST_PICTURE_MEMES = 2000
FACTS = (*GENRE_FACTS, *TEMPLATE_FACTS)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Bad-Luck-Brian", id="as in the index"),
        pytest.param("bad luck brian", id="in small letters"),
        pytest.param("BAD_LUCK__BRIAN!", id="with other signs"),
        pytest.param("Bad Luck Brian-2", id="a second picture"),
    ],
)
def test_a_template_is_found_however_it_is_spelt(name: str) -> None:
    """Case, punctuation and the number of a second picture do not matter."""
    assert era_of_template([name]) == (2012, 2016)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Y U No", "y-u-no-guy"),
        ("Two Buttons", "daily struggle"),
        ("10 Guy", "[10] Guy"),
        ("Rent is too damn high",) * 2,
    ],
)
def test_other_names_have_the_same_years(alias: str, name: str) -> None:
    """An alias, or a name without its article, is as good as the name."""
    assert era_of_template([alias]) == era_of_template([name]) is not None


def test_the_first_known_name_counts() -> None:
    """Unknown names are passed over; without a known one nothing is said."""
    assert era_of_template(["nobody-knows-this", "Doge", "Drakeposting"]) == era_of_template(["doge"])
    assert era_of_template(["nobody-knows-this", "42", "-", ""]) is None


def test_genres_have_years_but_for_experiments() -> None:
    """Seven of eight; a label without years gives way to the next."""
    assert [genre for genre in GENRES if era_of_genres([genre]) is None] == ["experimental"]
    assert era_of_genres(["experimental", "rage_comic", "political"]) == (2008, 2013)
    assert era_of_genres([]) is None


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.names[0])
def test_every_fact_is_possible_and_names_its_source(fact: Fact) -> None:
    """Years in order, none in the future of the table, and a publication with an entry."""
    assert FIRST_PICTURE_MEMES < fact.first <= fact.last <= OPEN
    assert ":" in fact.source


def test_no_name_has_two_eras() -> None:
    """A name that stands in two facts would hide one of them."""
    for fact in TEMPLATE_FACTS:
        for name in fact.names:
            assert era_of_template([name]) == (fact.first, fact.last), name
