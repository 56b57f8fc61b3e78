"""The time of the wire, which a test can move forward, and ids that carry it."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import Final

EPOCH_MS: Final = 1_420_070_400_000


class Clock:
    """Seconds since 1970; `advance` ages tokens, deadlines and file addresses without waiting."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._counter = itertools.count()
        self._last_ms = 0

    def now(self) -> float:
        return time.time() + self._ahead_s

    def advance(self, seconds: float) -> None:
        self._ahead_s += seconds

    def new_id(self) -> int:
        """A snowflake: later ids are larger, and no two share their millisecond, so that guilds spread over shards."""
        self._last_ms = max(self._last_ms + 1, int(self.now() * 1000))
        return ((self._last_ms - EPOCH_MS) << 22) | (next(self._counter) & 0xFFF)

    def stamp(self, seconds: float | None = None) -> str:
        return datetime.fromtimestamp(self.now() if seconds is None else seconds, UTC).isoformat()
