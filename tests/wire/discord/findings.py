"""What the wire holds against a bot, and what it measured of it."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

MAX_REFUSALS_PER_PLACE: Final = 3


class Breach(enum.StrEnum):
    """Ways to do wrong, each with a test of its own."""

    LATE = "first response later than 3 seconds"
    TWICE = "second response to one interaction"
    UNANSWERED = "interaction never responded to"
    WRONG_RESPONSE = "kind of response that this interaction does not take"
    DEFERRAL = "deferral that carries more than the ephemeral flag"
    FOLLOW_UPS = "more than five follow-ups where the app is only user-installed"
    FORM = "payload outside Discord's limits"
    EMPTY = "empty message"
    MENTIONS = "content whose mentions may be parsed"
    TOO_LARGE = "files larger than allowed"
    STUBBORN = "called again and again where it was refused"
    IMPATIENT = "called before the announced wait was over"
    HEARTBEAT = "late heartbeat"
    GATEWAY = "against the gateway's protocol"
    INTENTS = "privileged intents that were not granted"
    TOKEN = "wrong or missing token or user agent"  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach, with what was sent or measured."""

    breach: Breach
    detail: str

    def __str__(self) -> str:
        return f"{self.breach.value}: {self.detail}"


@dataclass
class Findings:
    """`refused` counts answers 401, 403 and 429 by status, `calls` all calls by "METHOD /route"; times are seconds."""

    violations: list[Violation] = field(default_factory=list)
    acknowledged_after_s: list[float] = field(default_factory=list)
    heartbeat_lateness_s: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _refused_at: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, breach: Breach, detail: str) -> None:
        self.violations.append(Violation(breach, detail))

    def take(self, breach: Breach) -> list[Violation]:
        """Take out the violations of one kind: for a test that provokes them."""
        taken = [each for each in self.violations if each.breach is breach]
        self.violations = [each for each in self.violations if each.breach is not breach]
        return taken

    def note_refusal(self, status: int, route: str, place: str) -> None:
        """`place` is the channel, guild or token that the call was about; a bot stops calling where it is refused."""
        self.refused[status] += 1
        if status == 429:
            return
        self._refused_at[route, place] += 1
        if self._refused_at[route, place] > MAX_REFUSALS_PER_PLACE:
            self.add(Breach.STUBBORN, f"{route} for {place} answered {status} {self._refused_at[route, place]} times")

    def acknowledgement_s(self, share: float) -> float:
        """The time within which `share` (0..1) of all first responses came; 0 while there is none."""
        ordered = sorted(self.acknowledged_after_s)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    def latest_heartbeat_s(self) -> float:
        """How late the latest heartbeat was; below 0 when all were early."""
        return max(self.heartbeat_lateness_s, default=0.0)

    def assert_clean(self) -> None:
        listed = "\n".join(f"  - {violation}" for violation in self.violations)
        assert not self.violations, f"Discord would not have it:\n{listed}"
