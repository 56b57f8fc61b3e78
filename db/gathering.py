"""One transaction for whatever waits: calls that come while one is being written are written together in the next.

A commit costs a sync of the disk however little it holds, so a burst of small writes is as fast as its transactions
are few (group commit). Knows no table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MOST_TOGETHER: Final = 200


class Gathering(Generic[Item, Answer]):
    """`write` stores items together and answers each, in order; it either writes all of them or raises for all."""

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]]) -> None:
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Answer:
        """The answer to one item, once it is written; a caller that leaves does not keep it from being written."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await asyncio.shield(answer)

    async def finish(self) -> None:
        """Wait until nothing is left to write."""
        if self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                await self._write_group(group)
        finally:
            self._writing = None

    async def _write_group(self, group: Sequence[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._write([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer to each of them
            for _, future in group:
                future.set_exception(error)
                future.exception()  # looked at: a caller that left is no reason to complain
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                future.set_result(answer)
