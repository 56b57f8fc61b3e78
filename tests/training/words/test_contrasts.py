"""The drawn contrasts: what the two parts share and do not, and that no group stands for an answer."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random
from typing import Literal

import pytest

from inference.labels import FLAG_CATEGORIES
from inference.models.text import hangul_share
from training.words.contrast_lines import read_material
from training.words.contrast_style import disguise, mend, with_particle
from training.words.contrasts import Contrast, draw_contrasts

LANGUAGES: tuple[Literal["en", "ko"], ...] = ("en", "ko")
PARTS: tuple[Literal["train", "held_out"], ...] = ("train", "held_out")


@cache
def drawn(part: Literal["train", "held_out"]) -> tuple[Contrast, ...]:
    return draw_contrasts(part)


def test_the_parts_have_the_promised_sizes() -> None:
    """About 9,000 English and 3,000 Korean sentences to learn from, 1,500 and 500 to measure with."""
    sizes = {part: Counter(one.language for one in drawn(part)) for part in PARTS}
    assert sizes["train"]["en"] == pytest.approx(9000, rel=0.05)
    assert sizes["train"]["ko"] == pytest.approx(3000, rel=0.05)
    assert sizes["held_out"]["en"] == pytest.approx(1500, rel=0.05)
    assert sizes["held_out"]["ko"] == pytest.approx(500, rel=0.05)


def test_the_same_seed_draws_the_same_sentences() -> None:
    """Drawing depends on the seed alone."""
    assert draw_contrasts("held_out", 3) == draw_contrasts("held_out", 3)
    assert draw_contrasts("held_out", 3) != draw_contrasts("held_out", 4)


def test_no_sentence_is_in_both_parts_or_twice() -> None:
    """A held-out sentence was never learned from."""
    train, held_out = ([one.text.casefold() for one in drawn(part)] for part in PARTS)
    assert not set(train) & set(held_out)
    assert len(set(train)) == len(train)
    assert len(set(held_out)) == len(held_out)


@pytest.mark.parametrize("language", LANGUAGES)
def test_frames_and_words_are_divided_and_groups_shared(language: Literal["en", "ko"]) -> None:
    """Each part has frames and words of its own for everything; the groups are the same."""
    train, held_out = (read_material(language, part) for part in PARTS)
    assert train.groups == held_out.groups
    for known, new in zip(train.functions, held_out.functions, strict=True):
        assert known.name == new.name
        assert new.frames
        assert not set(known.frames) & set(new.frames)
    for name, words in train.fillers.items():
        assert held_out.fillers[name]
        assert not set(words) & set(held_out.fillers[name])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_group_offends_as_often_as_not(part: Literal["train", "held_out"], language: Literal["en", "ko"]) -> None:
    """Neither the mention of a group nor which group it is tells whether a sentence offends."""
    counts = Counter((one.group, one.offensive) for one in drawn(part) if one.language == language and one.group)
    mean = sum(counts.values()) / len(counts)
    assert len(counts) == 2 * len(read_material(language, part).groups)
    assert all(count == pytest.approx(mean, rel=0.1) for count in counts.values())


def test_every_function_of_english_has_enough_frames() -> None:
    """At least 25 sentence frames for each thing that English sentences do."""
    frames = Counter(
        {function.name: len(function.frames) for function in read_material("en", "train").functions}
    ) + Counter({function.name: len(function.frames) for function in read_material("en", "held_out").functions})
    assert min(frames.values()) >= 25


def test_categories_are_those_of_the_model() -> None:
    """All categories are told; what is calm has none but the words of profanity."""
    for one in drawn("held_out"):
        assert tuple(one.categories) == FLAG_CATEGORIES
        if one.offensive:
            assert any(one.categories.values()), one
        else:
            assert not any(told for name, told in one.categories.items() if name != "profanity"), one


def test_every_slot_is_filled_and_languages_are_kept_apart() -> None:
    """No braces are left, and Korean sentences are Korean."""
    for part in PARTS:
        for one in drawn(part):
            assert "{" not in one.text
            assert one.text.strip() == one.text
            assert (hangul_share(one.text) > 0) == (one.language == "ko"), one


def test_profanity_stands_in_calm_sentences_too() -> None:
    """A curse is no answer either."""
    swearing = Counter(one.offensive for one in drawn("train") if one.categories["profanity"])
    assert swearing[False] > 0.3 * swearing[True]


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("여성", "은", "여성은"),
        ("남자", "은", "남자는"),
        ("게이", "이라고", "게이라고"),
        ("무슬림", "이라고", "무슬림이라고"),
        ("오이", "이었다", "오이였다"),
        ("쌀", "으로", "쌀로"),
        ("LGBT", "을", "LGBT를"),
    ],
    ids=["closed", "open", "copula after a vowel", "copula after a consonant", "past copula", "lieul", "latin"],
)
def test_particles_follow_the_last_syllable(word: str, particle: str, expected: str) -> None:
    """Korean particles have two forms."""
    assert with_particle(word, particle) == expected


def test_articles_and_pronouns_are_mended() -> None:
    """`a` becomes `an` before a vowel that is spoken as one; a pronoun stands between a verb and its particle."""
    assert mend("I'll beat up you, not beat up your dog") == "I'll beat you up, not beat up your dog"
    assert mend("a idiot and a useless person saw a old man") == "an idiot and a useless person saw an old man"


def test_disguises_change_a_word() -> None:
    """Some trick or other is seen in most words, and a word of one letter survives."""
    chance = Random(0)
    changed = [disguise("stupid", chance) != "stupid" for _ in range(50)]
    assert sum(changed) > 40
    assert disguise("벌레", chance) != "벌레"
