"""Whom a text mentions, whether it sounds like African-American English, and the rates of a model on some items.

Both findings are by lists of words: who mentions women is not a woman, and who writes "finna" need not be Black.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from training.report.evaluation import Score
from training.report.intervals import share_score
from training.words.contrast_lines import Language, read_material

OFFENSIVE_FROM: Final = 0.5
UNSURE_FROM: Final = 0.4
MEASURES: Final = {
    "flagged": "calm, called offensive",
    "unsure": "calm, called at least unsure",
    "missed": "offensive, not called so",
    "right": "right in all",
}
# Words of the groups that mean something else at least as often.
AMBIGUOUS: Final = frozenset(
    "guys guy old white black fat foreign blind bi retired natives traveller travellers".split()  # noqa: SIM905
)
AFRICAN_AMERICAN_ENGLISH: Final = re.compile(
    r"\b(?:finna|tryna|gon|imma|ain'?t|y'?all|boutta|talmbout|dey|dem|dat|wit|errbody|erybody)\b"
    r"|\b(?:i|he|she|it|we|you|u|they|people|girls|boys) be \w+(?:in'?|ing)\b"
    r"|\b(?:talk|go|do|noth|someth|trip+|look|mak|gett|say|act|try|fuck|wil+d|com|liv)in'?\b(?!g)"
    r"|\b(?:don'?t|can'?t|won'?t|never) \w+ (?:no|nothin'?|nobody)\b"
    r"|\b(?:done|been) (?:told|said|had|got|knew)\b",
    re.IGNORECASE,
)

_ARTICLE: Final = re.compile(r"^an? ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """Of N items: whether each offends (N,) bool, the probability told (N,), and what is drawn together (N names)."""

    offensive: npt.NDArray[np.bool_]
    told: npt.NDArray[np.float64]
    units: Sequence[str]

    def at(self, places: Iterable[int]) -> Told:
        chosen = np.array(list(places), dtype=np.intp)
        return Told(self.offensive[chosen], self.told[chosen], [self.units[place] for place in chosen])

    def rates(self) -> dict[str, Score]:
        """By the names of `MEASURES`; without those that no item is there for."""
        calm, offending = np.flatnonzero(~self.offensive), np.flatnonzero(self.offensive)
        called = self.told >= OFFENSIVE_FROM
        found = {
            "flagged": self._share(called, calm),
            "unsure": self._share(self.told >= UNSURE_FROM, calm),
            "missed": self._share(~called, offending),
            "right": self._share(called == self.offensive, np.arange(len(called))),
        }
        return {name: score for name, score in found.items() if score is not None}

    def _share(self, hits: npt.NDArray[np.bool_], places: npt.NDArray[np.intp]) -> Score | None:
        if not len(places):
            return None
        units = [self.units[place] for place in places]
        return share_score(hits[places], units if len(set(units)) < len(units) else None)


class Mentions:
    """Finds the identity groups that a text names, by the groups' own words (not by words of abuse)."""

    def __init__(self, language: Language) -> None:
        groups = read_material(language, "held_out").groups
        self._patterns = {
            name: _pattern([*words["groups"], *words["one"], *words.get("adj", ())], language)
            for name, words in groups.items()
        }

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self._patterns)

    def of(self, text: str) -> set[str]:
        return {name for name, pattern in self._patterns.items() if pattern.search(text)}


def sounds_african_american(text: str) -> bool:
    """A proxy by a list of words and of one construction (habitual "be"); many of them are Southern or just young."""
    return AFRICAN_AMERICAN_ENGLISH.search(text.replace("’", "'")) is not None


def _pattern(words: Iterable[str], language: Language) -> re.Pattern[str]:
    bare = {_ARTICLE.sub("", word) for word in words}
    kept = sorted((re.escape(word) for word in bare if word.casefold() not in AMBIGUOUS), key=len, reverse=True)
    edges = (r"(?<!\w)", r"(?!\w)") if language == "en" else ("", "")
    return re.compile(f"{edges[0]}(?:{'|'.join(kept)}){edges[1]}", re.IGNORECASE)
