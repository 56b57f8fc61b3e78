"""How fast the bot calls Telegram: posts spaced as the limits ask, and a chat that said "later" left alone until then.

The library's own limiter counts every call that names a chat as a post (typing, edits, questions about members) and
halts the whole bot while one chat makes it wait. Here only posts count, and one chat's 429 delays that chat alone.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

log = structlog.get_logger(__name__)

POSTS: Final = frozenset({"sendMessage", "sendPhoto", "sendAnimation", "sendDocument", "copyMessage", "forwardMessage"})
MAX_TRIES: Final = 5
MAX_PAUSE_S: Final = 600.0
MARGIN_S: Final = 0.1
CROWDED_S: Final = 10.0
MAX_CHATS: Final = 10_000

Answer = bool | dict[str, Any] | list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Posts in each span of time, a little below what Telegram publishes (30 a second, 1 a second, 20 a minute)."""

    overall: tuple[int, float] = (25, 1.0)
    chat: tuple[int, float] = (6, 6.0)
    group: tuple[int, float] = (18, 60.0)
    extras: tuple[int, float] = (10, 1.0)


@dataclass(slots=True)
class Window:
    """No more than `most` in any span of `period_s`: hands out the moments at which the next ones may go."""

    most: int
    period_s: float
    times: deque[float] = field(default_factory=deque)

    def next_time(self, now: float) -> float:
        while self.times and self.times[0] <= now - self.period_s:
            self.times.popleft()
        return now if len(self.times) < self.most else max(now, self.times[-self.most] + self.period_s)


class Pace(BaseRateLimiter[int]):
    """One for the whole bot, handed to the library, which asks it about every call but `getUpdates`."""

    def __init__(self, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits or Limits()
        self._clock = clock
        self._overall = Window(*self._limits.overall)
        self._extras = Window(*self._limits.extras)
        self._chats: OrderedDict[str, tuple[Window, ...]] = OrderedDict()
        self._paused_until: dict[str, float] = {}

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is kept."""

    async def process_request(  # noqa: PLR0913 - the library's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,  # noqa: ARG002 - the library's signature
    ) -> Answer:
        """Call when it is this call's turn; once more after each "later", until that would take too long."""
        chat = str(data.get("chat_id", ""))
        key = chat or endpoint
        if endpoint in POSTS:
            await self._sleep_until(self._reserve(chat))
        for left in reversed(range(MAX_TRIES)):
            await self._sleep_until(self._paused_until.get(key, 0.0))
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as later:
                pause_s = _seconds(later)
                self._pause(key, pause_s)
                log.warning("telegram.later", endpoint=endpoint, chat=chat, seconds=pause_s)
                if not left or pause_s > MAX_PAUSE_S:
                    raise
        raise AssertionError("the last try returns or raises")

    def is_crowded(self, chat_id: int | str) -> bool:
        """Whether a post to this chat would have to wait long: what can be left unsaid is better left unsaid then."""
        now = self._clock()
        windows = self._chats.get(str(chat_id), ())
        turn = max((window.next_time(now) for window in windows), default=now)
        return max(turn, self._paused_until.get(str(chat_id), 0.0)) - now > CROWDED_S

    def spares_a_call(self) -> bool:
        """Whether there is room now for a call that may as well be left out, such as a sign of life; it takes the room.

        With two hundred people waiting, their signs of life would be all the bot has time for.
        """
        now = self._clock()
        free = self._extras.next_time(now) <= now
        if free:
            self._extras.times.append(now)
        return free

    def _reserve(self, chat: str) -> float:
        """The moment at which a post to this chat may go, which then counts as used."""
        windows = (self._overall, *self._windows(chat))
        moment = max(window.next_time(self._clock()) for window in windows)
        for window in windows:
            window.times.append(moment)
        return moment

    def _windows(self, chat: str) -> tuple[Window, ...]:
        if chat not in self._chats:
            is_group = chat.startswith(("-", "@"))
            spans = (self._limits.chat, self._limits.group) if is_group else (self._limits.chat,)
            self._chats[chat] = tuple(Window(*span) for span in spans)
            while len(self._chats) > MAX_CHATS:
                self._chats.popitem(last=False)
        self._chats.move_to_end(chat)
        return self._chats[chat]

    def _pause(self, key: str, seconds: float) -> None:
        now = self._clock()
        self._paused_until = {each: until for each, until in self._paused_until.items() if until > now}
        self._paused_until[key] = max(self._paused_until.get(key, 0.0), now + seconds + MARGIN_S)

    async def _sleep_until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - self._clock()))


def _seconds(later: RetryAfter) -> float:
    wait = later.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
