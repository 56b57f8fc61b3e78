"""How fast a bot may post: about thirty messages a second, one a second in a chat, twenty a minute in a group."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from tests.wire.telegram.faults import RateLimited

GRACE_S: Final = 0.3
"""Calls that were on their way when the refusal came are no offence."""


@dataclass
class Bucket:
    """`burst` at once, refilled at `per_s`."""

    burst: float
    per_s: float
    level: float = field(init=False)
    filled_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.burst

    def wait_s(self, now: float) -> float:
        """Seconds until one more fits."""
        self.level = min(self.burst, self.level + (now - self.filled_at) * self.per_s)
        self.filled_at = now
        return max(0.0, (1 - self.level) / self.per_s)

    def take(self) -> None:
        self.level -= 1


@dataclass
class Window:
    """No more than `most` in any `period_s`."""

    most: int
    period_s: float
    times: deque[float] = field(default_factory=deque)

    def wait_s(self, now: float) -> float:
        while self.times and self.times[0] <= now - self.period_s:
            self.times.popleft()
        return 0.0 if len(self.times) < self.most else self.times[-self.most] + self.period_s - now

    def take(self) -> None:
        self.times.append(time.monotonic())


@dataclass(frozen=True)
class FloodLimits:
    """The published numbers; a test may set its own."""

    overall_per_s: float = 30
    chat_per_s: float = 1
    chat_burst: float = 10
    group_per_minute: int = 20


class Floods:
    """Counts posts and remembers which chats the bot was told to leave alone, and until when."""

    def __init__(self, limits: FloodLimits | None = None) -> None:
        self.limits = limits or FloodLimits()
        self._overall = Bucket(self.limits.overall_per_s, self.limits.overall_per_s)
        self._chats: dict[int, list[Bucket | Window]] = {}
        self._silence: dict[str, tuple[float, float]] = {}

    def silence(self, key: str, seconds: float) -> None:
        """From now on calls under `key` are refused for so long."""
        now = time.monotonic()
        self._silence[key] = (now, now + seconds)

    def check_silence(self, key: str) -> tuple[int, bool] | None:
        """Seconds left, and whether the bot had been told long enough ago to know better."""
        told, until = self._silence.get(key, (0.0, 0.0))
        now = time.monotonic()
        return (math.ceil(until - now), now - told > GRACE_S) if now < until else None

    def count(self, chat_id: int, is_group: bool) -> None:
        """One post; raises RateLimited when it is one too many."""
        now = time.monotonic()
        buckets = [self._overall, *self._buckets(chat_id, is_group)]
        wait_s = max(bucket.wait_s(now) for bucket in buckets)
        if wait_s > 0:
            raise RateLimited(math.ceil(wait_s))
        for bucket in buckets:
            bucket.take()

    def _buckets(self, chat_id: int, is_group: bool) -> list[Bucket | Window]:
        if chat_id not in self._chats:
            limits = self.limits
            self._chats[chat_id] = [Bucket(limits.chat_burst, limits.chat_per_s)]
            self._chats[chat_id] += [Window(limits.group_per_minute, 60)] if is_group else []
        return self._chats[chat_id]
