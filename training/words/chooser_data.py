"""What the template chooser learns from and is measured on: captions, whole and as a few of their content words."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inference.models.keywords import content_words
from training.datasets.captions import Caption
from training.datasets.rows import split_of

PER_TEMPLATE: Final = 500
HELD_OUT_PER_TEMPLATE: Final = 40
PROMPT_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class NamedTexts:
    """Texts and the place of each one's template in a list of names."""

    texts: tuple[str, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Captions kept out of training, whole ("caption") and as words ("words"); `places` of their templates' names."""

    texts: Mapping[str, tuple[str, ...]]
    places: tuple[int, ...]


def prompts(captions: Sequence[Caption], names: Sequence[str], seed: int) -> NamedTexts:
    """Per template its best liked training captions, each once whole and once as one to four of its content words."""
    chance = random.Random(seed)
    texts: list[str] = []
    places: list[int] = []
    groups = _grouped(captions)
    for place, name in enumerate(names):
        for caption in groups[name, False][:PER_TEMPLATE]:
            whole = " ".join(caption.boxes)
            there = content_words(whole) or [whole]
            texts += [whole, " ".join(chance.sample(there, min(len(there), chance.randint(1, 4))))]
            places += [place, place]
    return NamedTexts(tuple(texts), tuple(places))


def held_out(captions: Sequence[Caption], names: Sequence[str], limit: int | None = None) -> HeldOut:
    """The same number per template, where there are so many: `limit` or `HELD_OUT_PER_TEMPLATE`."""
    groups, per_template = _grouped(captions), limit or HELD_OUT_PER_TEMPLATE
    chosen = [(place, caption) for place, name in enumerate(names) for caption in groups[name, True][:per_template]]
    texts = {
        "caption": tuple(" ".join(caption.boxes) for _, caption in chosen),
        "words": tuple(" ".join(content_words(caption.text)[:PROMPT_WORDS]) for _, caption in chosen),
    }
    return HeldOut(texts, tuple(place for place, _ in chosen))


def _grouped(captions: Sequence[Caption]) -> Mapping[tuple[str, bool], list[Caption]]:
    """Captions by template and by whether they are held out, best liked first."""
    groups: defaultdict[tuple[str, bool], list[Caption]] = defaultdict(list)
    for caption in sorted(captions, key=lambda one: -one.appeal):
        groups[caption.template, split_of(caption.key) == 0].append(caption)
    return groups
