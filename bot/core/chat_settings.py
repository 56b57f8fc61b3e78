"""What a chat can set, as typed values over the JSON object that is stored. Knows what settings mean, not who may.

Whatever is stored (an older version's, a typing error in the database), reading it gives usable settings: what cannot
be read counts as not set.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from bot.core.commands import Feature
from bot.core.emoji import DEFAULT_VALUES
from bot.core.texts import TABLES
from bot.core.values import Place

MAX_CANDIDATES: Final = 8

Word = TypeVar("Word", bound=enum.StrEnum)


class Who(enum.StrEnum):
    """Who may use a feature; each includes those after it, but `NOBODY`."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"
    ADMINS = "admins"
    NOBODY = "nobody"


class Strictness(enum.StrEnum):
    """How much doubt about our own captions, and about people's words on them, a chat bears."""

    RELAXED = "relaxed"
    NORMAL = "normal"
    STRICT = "strict"


SHIFTS: Final = {Strictness.RELAXED: 0.1, Strictness.NORMAL: 0.0, Strictness.STRICT: -0.2}
AGE_RESTRICTED_SHIFT: Final = 0.15
MOST_DOUBT: Final = 0.95
LEAST_DOUBT: Final = 0.05
DEFAULT_WHO: Final[Mapping[Feature, Who]] = {
    **dict.fromkeys(Feature, Who.EVERYONE),
    Feature.TEMPLATES: Who.ADMINS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """`language` None: each person's own. `candidates` None: the bot's default. `emoji` maps each to +1 or -1."""

    language: str | None = None
    candidates: int | None = None
    who: Mapping[Feature, Who] = field(default_factory=lambda: DEFAULT_WHO)
    strictness: Strictness = Strictness.NORMAL
    leaderboard: bool = True
    emoji: Mapping[str, int] = field(default_factory=lambda: DEFAULT_VALUES)

    def bear(self, threshold: float, place: Place) -> float:
        """A flag probability from which words are held back, moved by the chat's strictness and its age limit."""
        moved = threshold + SHIFTS[self.strictness] + (AGE_RESTRICTED_SHIFT if place.age_restricted else 0.0)
        return min(max(moved, min(LEAST_DOUBT, threshold)), max(MOST_DOUBT, threshold))


def read_settings(stored: Mapping[str, Any]) -> ChatSettings:
    """Typed settings of a stored object."""
    language, candidates = stored.get("language"), stored.get("candidates")
    known = isinstance(candidates, int) and not isinstance(candidates, bool) and 1 <= candidates <= MAX_CANDIDATES
    return ChatSettings(
        language=language if language in TABLES else None,
        candidates=candidates if known else None,
        who=_read_who(stored.get("who")),
        strictness=_one_of(Strictness, stored.get("strictness"), Strictness.NORMAL),
        leaderboard=stored.get("leaderboard") is not False,
        emoji=_read_emoji(stored.get("emoji")),
    )


def _read_who(stored: object) -> Mapping[Feature, Who]:
    rows = stored if isinstance(stored, dict) else {}
    return {feature: _one_of(Who, rows.get(feature.value), DEFAULT_WHO[feature]) for feature in Feature}


def _read_emoji(stored: object) -> Mapping[str, int]:
    if not isinstance(stored, dict):
        return DEFAULT_VALUES
    return {emoji: value for emoji, value in stored.items() if value in {-1, 1}}


def _one_of(words: type[Word], value: object, default: Word) -> Word:
    try:
        return words(str(value))
    except ValueError:
        return default
