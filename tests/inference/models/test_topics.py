"""Words of politics and of social media are counted in any spelling a reader leaves them in."""

from __future__ import annotations

import pytest

from inference.models.topics import TOPIC_WIDTH, topic_features

SHARE_PLACE = 6
SOCIAL_PLACE = 7


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Donald Trump wins", id="a name"),
        pytest.param("DONALDTRUMPWINS", id="words run together"),
        pytest.param("the republicans lost the senate", id="institutions"),
        pytest.param("please go and vote", id="a short word"),
        pytest.param("대통령 선거", id="in Korean"),
    ],
)
def test_politics_is_found(text: str) -> None:
    """The share of political words is above zero."""
    assert topic_features(text)[SHARE_PLACE] > 0


@pytest.mark.parametrize("text", ["", "he plays the trumpet", "devoted to my dog", "lawns and bushels", "고양이"])
def test_other_words_are_not_politics(text: str) -> None:
    """Words that merely contain a political one, and texts without words, count nothing."""
    assert topic_features(text)[:SOCIAL_PLACE] == [0.0] * SOCIAL_PLACE
    assert len(topic_features(text)) == TOPIC_WIDTH


def test_more_politics_counts_more() -> None:
    """Two names weigh more than one, and the same name twice is one."""
    one, twice, two = (topic_features(text) for text in ("Obama did it", "Obama Obama did", "Obama and Biden did"))
    assert one[1] == twice[1] < two[1]


def test_the_furniture_of_a_post_is_found() -> None:
    """Counts below a post stand out even where nobody speaks of a platform."""
    assert (
        topic_features("12 Likes 3 Comments, 5 hours ago")[SOCIAL_PLACE] > topic_features("my dog sleeps")[SOCIAL_PLACE]
    )
