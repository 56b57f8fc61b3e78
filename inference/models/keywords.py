"""Which words of a prompt or caption carry its subject. Training and inference choose them by the same rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex

from inference.models.text import clean

MAX_KEYWORDS: Final = 4
MIN_LETTERS: Final = 3
MAX_LETTERS: Final = 20

_WORD: Final = regex.compile(r"[a-z][a-z']+[a-z]|[a-z]{3,}")
_FUNCTION_WORD_LIST: Final = (
    "a about after again all am an and another any anyone anything are aren't around as at away be "
    "because been before being but by can can't cant come could couldn't did didn't didnt do does doesn't "
    "doesnt doing don't done dont down each else even ever every everybody everyone everything for from "
    "get gets getting give go goes going gonna got had has hasn't have haven't having he he's her here "
    "hers herself hey him himself his how i'd i'll i'm i've if im in into is isn't isnt it it's its "
    "itself just keep know less let let's like little look make makes many may maybe me might mine more "
    "most much must my myself need never nobody none nor not nothing now off oh okay on once one only "
    "onto or other our ours out over own people please put really said same say says see she she's should "
    "so some somebody someone something still such sure take tell than that that's thats the their them "
    "then there there's theres these they they're thing things think this those though through till time "
    "to too two under until up us use used very wanna want wants was wasn't way we we're well were what "
    "what's whats when where which while who who's whom whose why will with without won't wont would "
    "wouldn't y'all yeah yes yet you you'd you'll you're you've your yours youre yourself picture meme "
    "memes photo image caption funny "
)
_FUNCTION_WORDS: Final = frozenset(_FUNCTION_WORD_LIST.split())


def content_words(text: str) -> list[str]:
    """Distinct words that are no function words, lower case, in order; Latin script only: captions are English."""
    found = (word.strip("'") for word in _WORD.findall(clean(text).lower()))
    return list(dict.fromkeys(w for w in found if MIN_LETTERS <= len(w) <= MAX_LETTERS and w not in _FUNCTION_WORDS))


def mentioned(keywords: Sequence[str], text: str) -> int:
    """How many keywords occur in a caption, plurals and other endings of the same stem counted."""
    there = content_words(text)
    return sum(any(_same(word, keyword) for word in there) for keyword in keywords)


def _same(word: str, keyword: str) -> bool:
    short, long = sorted((word, keyword), key=len)
    return long.startswith(short) and len(long) - len(short) <= 3
