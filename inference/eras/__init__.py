"""Says which years a template or a genre belongs to. Knows names and years; no picture and no score."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from inference.eras._facts import GENRE_FACTS, TEMPLATE_FACTS, Fact

__all__ = ["Era", "era_of_genres", "era_of_template"]

Era = tuple[int, int]

_COPY: Final = re.compile(r"[-_ ]\d{1,2}$")


def era_of_template(names: Iterable[str]) -> Era | None:
    """First and last year of the first of these names that is known; a second picture's name ("doge-2") counts, too."""
    for name in names:
        fact = _TEMPLATES.get(_key(name)) or _TEMPLATES.get(_key(_COPY.sub("", name)))
        if fact is not None:
            return fact.first, fact.last
    return None


def era_of_genres(labels: Iterable[str]) -> Era | None:
    """The years of the first label that has any: `experimental` belongs to no time."""
    return next(((fact.first, fact.last) for label in labels if (fact := _GENRES.get(label))), None)


def _key(name: str) -> str:
    """A name without case, accents, punctuation, and "the" in front."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum() or char in " -_")
    return "".join(plain.removeprefix("the ").removeprefix("the-").split()).replace("-", "").replace("_", "")


def _by_name(facts: Iterable[Fact]) -> dict[str, Fact]:
    return {_key(name): fact for fact in facts for name in fact.names}


_TEMPLATES: Final = _by_name(TEMPLATE_FACTS)
_GENRES: Final = {name: fact for fact in GENRE_FACTS for name in fact.names}
