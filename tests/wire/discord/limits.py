"""Rate limits with real buckets, and trouble that a test orders: refusals, errors, delays."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from tests.wire.discord.findings import Breach, Findings
from tests.wire.discord.refusals import Refused

# Requests per seconds, as Discord announces them today; everything else has the last line's.
BUCKETS: Final = {
    "POST /channels/{channel}/messages": (5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
    "DELETE /channels/{channel}/messages/{message}": (5, 1.0),
    "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me": (1, 0.25),
    "DELETE /channels/{channel}/messages/{message}/reactions/{emoji}/@me": (1, 0.25),
    "POST /webhooks/{app}/{token}": (5, 2.0),
    "PATCH /webhooks/{app}/{token}/messages/{message}": (5, 2.0),
    "DELETE /webhooks/{app}/{token}/messages/{message}": (5, 2.0),
    "POST /channels/{channel}/typing": (5, 5.0),
}
OTHERS: Final = (50, 1.0)
GLOBAL_PER_S: Final = 50
EXEMPT: Final = ("/interactions/", "/webhooks/")


@dataclass
class Bucket:
    """One window; `closed_until` is set by a refusal, and calling before it is over is a breach."""

    limit: int
    window_s: float
    used: int = 0
    opened_at: float = field(default_factory=time.monotonic)
    closed_until: float = 0.0

    def roll(self, now: float) -> None:
        if now >= self.opened_at + self.window_s:
            self.opened_at, self.used = now, 0


@dataclass
class Trouble:
    """What the next `times` calls of a route meet. `status` None lets them pass after the delay."""

    times: int
    status: int | None = None
    code: int = 0
    retry_after_s: float = 0.0
    delay_s: float = 0.0


class Limits:
    """`place` is the channel, guild or token of a call: each has buckets of its own."""

    def __init__(self, findings: Findings) -> None:
        self.troubles: defaultdict[str, list[Trouble]] = defaultdict(list)
        self.windows: dict[str, tuple[int, float]] = dict(BUCKETS)
        self._findings = findings
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._global = Bucket(GLOBAL_PER_S, 1.0)

    async def admit(self, route: str, place: str) -> dict[str, str]:
        """The headers of the answer; raises Refused for 429 and for ordered errors."""
        now = time.monotonic()
        bucket = self._buckets.setdefault((route, place), Bucket(*self.windows.get(route, OTHERS)))
        bucket.roll(now)
        if now < bucket.closed_until:
            self._findings.add(Breach.IMPATIENT, f"{route} {bucket.closed_until - now:.2f} s too early")
            raise self._closed(route, bucket, bucket.closed_until - now)
        await self._meet_trouble(route, bucket)
        self._take_global(route, now)
        if bucket.used >= bucket.limit:
            raise self._close(route, bucket, bucket.opened_at + bucket.window_s - now)
        bucket.used += 1
        return _headers(route, bucket, now)

    async def _meet_trouble(self, route: str, bucket: Bucket) -> None:
        if not self.troubles[route]:
            return
        trouble = self.troubles[route][0]
        trouble.times -= 1
        if trouble.times <= 0:
            self.troubles[route].pop(0)
        await asyncio.sleep(trouble.delay_s)
        if trouble.status == 429:
            raise self._close(route, bucket, trouble.retry_after_s)
        if trouble.status is not None:
            raise Refused(trouble.status, trouble.code, "ordered by a test")

    def _take_global(self, route: str, now: float) -> None:
        if any(name in route for name in EXEMPT):
            return
        self._global.roll(now)
        if self._global.used >= self._global.limit:
            refused = _too_many(self._global.opened_at + 1.0 - now, {"X-RateLimit-Global": "true"})
            refused.body["global"] = True
            raise refused
        self._global.used += 1

    def _close(self, route: str, bucket: Bucket, wait_s: float) -> Refused:
        bucket.closed_until = time.monotonic() + wait_s
        return self._closed(route, bucket, wait_s)

    def _closed(self, route: str, bucket: Bucket, wait_s: float) -> Refused:
        headers = _headers(route, bucket, time.monotonic()) | {"X-RateLimit-Remaining": "0"}
        headers |= {"X-RateLimit-Reset-After": f"{wait_s:.3f}", "X-RateLimit-Scope": "user"}
        return _too_many(wait_s, headers)


def _too_many(wait_s: float, headers: dict[str, str]) -> Refused:
    refused = Refused(429, 0, "You are being rate limited.", retry_after=round(wait_s, 3))
    refused.body["global"] = False
    refused.headers = {**headers, "Retry-After": str(max(1, round(wait_s))), "Via": "1.1 google"}
    return refused


def _headers(route: str, bucket: Bucket, now: float) -> dict[str, str]:
    left_s = max(bucket.opened_at + bucket.window_s - now, 0.0)
    return {
        "X-RateLimit-Limit": str(bucket.limit),
        "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
        "X-RateLimit-Reset": f"{time.time() + left_s:.3f}",
        "X-RateLimit-Reset-After": f"{left_s:.3f}",
        "X-RateLimit-Bucket": hashlib.md5(route.encode(), usedforsecurity=False).hexdigest(),
    }
