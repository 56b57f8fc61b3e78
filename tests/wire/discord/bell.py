"""Waiting for something to become true, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    """Rung whenever anything changed; whoever waits looks again."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, look: Callable[[], Found], timeout_s: float, what: str) -> Found:
        """The first truthy value of `look`; AssertionError naming `what` after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                while not (found := look()):
                    future = asyncio.get_running_loop().create_future()
                    self._waiting.add(future)
                    await future
                return found
        except TimeoutError:
            raise AssertionError(f"not within {timeout_s} s: {what}") from None
