"""How much one person, or one chat, may ask for in a while: a token bucket per key, in memory. Knows no platform."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MAX_KEYS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, refilled evenly at `per_minute`."""

    burst: int = 6
    per_minute: float = 20.0


class Limit:
    """Buckets of the `MAX_KEYS` keys seen last; whoever drops out starts with a full bucket again."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """Use one request up. 0 when it was granted, else the whole seconds to wait."""
        now = self._clock()
        tokens, since = self._buckets.pop(key, (float(self._rate.burst), now))
        per_second = self._rate.per_minute / 60.0
        tokens = min(float(self._rate.burst), tokens + (now - since) * per_second)
        granted = tokens >= 1.0
        self._buckets[key] = (tokens - 1.0 if granted else tokens, now)
        while len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        return 0 if granted else math.ceil(round((1.0 - tokens) / per_second, 6))
