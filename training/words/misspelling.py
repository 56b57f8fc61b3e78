"""Spoils texts the way people and readers of pictures do, so that a network does not rely on perfect spelling."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

NEIGHBOURS: Final = str.maketrans("aeiostlgbu", "4310571968")


def misspell(text: str, chance: random.Random) -> str:
    """One or two slips in a text of two words or more; a text of one word stays as it is."""
    words = text.split()
    if len(words) < 2:
        return text
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(len(words))
        words[place] = chance.choice(_SLIPS)(words[place], chance)
    if chance.random() < 0.3 and len(words) > 2:
        place = chance.randrange(len(words) - 1)
        words[place : place + 2] = [words[place] + words[place + 1]]
    return " ".join(words)


def _drop(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place + 1 :] if len(word) > 3 else word


def _swap(word: str, chance: random.Random) -> str:
    if len(word) < 4:
        return word
    place = chance.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _double(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[: place + 1] + word[place:]


def _sign(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place].translate(NEIGHBOURS) + word[place + 1 :]


def _split(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word)) if len(word) > 3 else 0
    return f"{word[:place]} {word[place:]}".strip()


_SLIPS: Final[tuple[Callable[[str, random.Random], str], ...]] = (_drop, _swap, _double, _sign, _split)
