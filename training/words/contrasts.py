"""Drawn contrastive sentences: what offends and what does not, in like words, about the same people.

Public sets teach that a group's name means hate, that profanity means hate and that polite hate is fine. Here every
identity group stands equally often in offensive and in calm sentences of like wording, and profanity, violent words
and threats stand in calm ones too. The sentences are put together from the frames and words of `contrast_lines`, by
chance but always the same for the same seed. The held-out part has frames and words of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Final, get_args

from inference.labels import FLAG_CATEGORIES
from inference.models.text import fold
from training.words.contrast_lines import Function, Language, Material, Part, Words, read_material
from training.words.contrast_style import disguise, mend, with_particle, write_down

SPELLING: Final = {True: "spelling", False: "spelling_calm"}
TRIES: Final = 40

_SLOT: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
_GROUP_SLOTS: Final = frozenset({"groups", "one", "adj", "group"})
_PROFANE: Final = re.compile(
    r"fuck|f\*ck|\bshit|bullshit|horseshit|\bcrap\b|\bass\b|asshole|\bdamn|goddamn|bitch|cunt|bastard|dick|\bprick|\bwank"
    r"|\bhell\b|\barse\b|tits|slut|whore|douche|piss|dumbass|bloody hell"
    r"|시발|씨발|ㅅㅂ|ㅆㅂ|병신|ㅂㅅ|존나|좆|지랄|개새끼|새끼|썅|미친년|미친놈|ㅈㄴ|ㅈㄹ|꺼져|개같",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """`categories` has all of FLAG_CATEGORIES; `profanity` tells of the words alone, so calm sentences have it too.

    `function` is what the sentence does, `group` the identity group it speaks of, `language` "en" or "ko". Sentences
    of one `frame` are variations of one sentence: intervals draw them together.
    """

    text: str
    offensive: bool
    categories: Mapping[str, bool]
    function: str
    group: str | None
    language: str
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many sentences: of each group offensive and as many calm; and without a group, each of both."""

    of_group: int
    without: int


COUNTS: Final[Mapping[tuple[Language, Part], Counts]] = {
    ("en", "train"): Counts(of_group=150, without=1200),
    ("en", "held_out"): Counts(of_group=25, without=200),
    ("ko", "train"): Counts(of_group=54, without=440),
    ("ko", "held_out"): Counts(of_group=9, without=75),
}


def draw_contrasts(part: Part, seed: int = 0) -> tuple[Contrast, ...]:
    """All sentences of a part, English then Korean, each in a drawn order; no two are spelt alike but for case."""
    return tuple(drawn for language in get_args(Language) for drawn in _draw_language(language, part, seed))


def _draw_language(language: Language, part: Part, seed: int) -> list[Contrast]:
    chance = Random(f"{seed} {part} {language}")
    draw = _Draw(language, read_material(language, part), chance)
    counts = COUNTS[language, part]
    for offensive in (True, False):
        for group in draw.material.groups:
            draw.add(offensive, group, counts.of_group)
        draw.add(offensive, None, counts.without)
    chance.shuffle(draw.drawn)
    return draw.drawn


class _Draw:
    """The drawing of one language and part; `drawn` grows, and remembers what was said already."""

    def __init__(self, language: Language, material: Material, chance: Random) -> None:
        self.language = language
        self.material = material
        self.chance = chance
        self.drawn: list[Contrast] = []
        self._seen: set[str] = set()
        self._frames = {function.name: self._endless(function.frames) for function in material.functions}

    def add(self, offensive: bool, group: str | None, count: int) -> None:
        """`count` sentences, shared evenly by the functions; every eighth or so is written with a spelling trick."""
        able = [
            function
            for function in self.material.functions
            if function.offensive == offensive
            and function.grouped == (group is not None)
            and (group is None or group in function.of)
        ]
        self.chance.shuffle(able)
        turns = cycle([*able, None])
        for _ in range(count):
            function = next(turns)
            self._add_one(function or self.chance.choice(able), group, tricky=function is None)

    def _add_one(self, function: Function, group: str | None, *, tricky: bool) -> None:
        for _ in range(TRIES):
            frame = next(self._frames[function.name])
            plain, written = self._sentence(frame, group, tricky)
            key = fold(written).rstrip(" .!")
            if key not in self._seen:
                self._seen.add(key)
                name = SPELLING[function.offensive] if tricky else function.name
                categories = _categories(function, plain)
                self.drawn.append(Contrast(written, function.offensive, categories, name, group, self.language, frame))
                return

    def _sentence(self, frame: str, group: str | None, tricky: bool) -> tuple[str, str]:
        """The sentence as it is meant, and as it is written."""
        own: Words = {} if group is None else self.material.groups[group]
        filled = {found[0]: self._fill(found[1], own) for found in _SLOT.finditer(frame)}
        plain = mend(_put(frame, filled))
        shown = mend(_put(frame, self._tricked(filled))) if tricky else plain
        if tricky and shown == plain:
            longest = max(plain.split(), key=len)
            shown = plain.replace(longest, disguise(longest, self.chance), 1)
        return plain, write_down(shown, self.material.openers, self.material.closers, self.chance)

    def _fill(self, slot: str, own: Words) -> str:
        return self.chance.choice(own[slot] if slot in own else self.material.fillers[slot])

    def _tricked(self, filled: Mapping[str, str]) -> dict[str, str]:
        kept = {slot for slot in filled if slot.strip("{}").split(":")[0] in _GROUP_SLOTS}
        return {slot: word if slot in kept else disguise(word, self.chance) for slot, word in filled.items()}

    def _endless(self, frames: Sequence[str]) -> Iterator[str]:
        """All frames in a drawn order, then again in another."""
        while True:
            yield from self.chance.sample(frames, len(frames))


def _put(frame: str, filled: Mapping[str, str]) -> str:
    def word(found: re.Match[str]) -> str:
        value = filled[found[0]]
        return with_particle(value, found[2]) if found[2] else value

    return _SLOT.sub(word, frame)


def _categories(function: Function, text: str) -> dict[str, bool]:
    told = {*function.categories, *(("profanity",) if _PROFANE.search(text) else ())}
    return {category: category in told for category in FLAG_CATEGORIES}
