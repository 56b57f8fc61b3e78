"""Waiting for something to become true in the local Telegram, without sleeping and asking again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Pulse:
    """Beats whenever anything changed; `until` looks again at each beat."""

    def __init__(self) -> None:
        self._next: asyncio.Event = asyncio.Event()

    def beat(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, look: Callable[[], T], timeout_s: float, what: str) -> T:
        """The first true answer of `look`; an AssertionError that names `what` when none comes in time."""
        try:
            async with asyncio.timeout(timeout_s):
                while not (seen := look()):
                    await self._next.wait()
                return seen
        except TimeoutError:
            raise AssertionError(f"waited {timeout_s} s for {what}") from None
