"""Exactly one answer: who waits for which job, and until when.

Every job taken in has one future and one timer here; the first answer counts and later ones are ignored, so nothing
else in the pool has to care about races between a worker, a deadline and a caller who left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from inference.answering import TOO_LATE
from inference.batching import Ticket
from inference.contract import Answer, Failure, FailureKind, Job

MAX_TIMEOUT_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _Entry:
    ticket: Ticket
    answer: asyncio.Future[Answer]
    timer: asyncio.TimerHandle


class Ledger:
    """Open jobs by ticket number. `on_late` is told of each ticket whose deadline answered it."""

    def __init__(self, on_late: Callable[[Ticket], None]) -> None:
        self._on_late = on_late
        self._open: dict[int, _Entry] = {}
        self._emptied = asyncio.Event()

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, number: int) -> bool:
        return number in self._open

    def open(self, job: Job) -> Ticket:
        loop = asyncio.get_running_loop()
        ticket = Ticket(job, loop.time() + min(job.timeout_s, MAX_TIMEOUT_S))
        timer = loop.call_at(ticket.deadline, self._expire, ticket)
        self._open[ticket.number] = _Entry(ticket, loop.create_future(), timer)
        self._emptied.clear()
        return ticket

    async def wait(self, ticket: Ticket) -> Answer:
        """The one answer; when the waiting caller is cancelled, the job is forgotten and the cancellation goes on."""
        try:
            return await self._open[ticket.number].answer
        finally:
            self._close(ticket.number)

    def settle(self, number: int, answer: Answer) -> bool:
        """Give the answer; False when the job already has one or nobody waits."""
        entry = self._open.get(number)
        if entry is None:
            return False
        self._close(number)
        if entry.answer.done():
            return False
        entry.answer.set_result(answer)
        return True

    def fail(self, number: int, kind: FailureKind, message: str) -> bool:
        entry = self._open.get(number)
        return entry is not None and self.settle(number, Failure(entry.ticket.job.id, kind, message))

    def fail_all(self, kind: FailureKind, message: str) -> None:
        for number in list(self._open):
            self.fail(number, kind, message)

    async def emptied(self) -> None:
        """Wait until no job is open."""
        if self._open:
            await self._emptied.wait()

    def _expire(self, ticket: Ticket) -> None:
        if self.fail(ticket.number, FailureKind.EXPIRED, TOO_LATE):
            self._on_late(ticket)

    def _close(self, number: int) -> None:
        entry = self._open.pop(number, None)
        if entry:
            entry.timer.cancel()
        if not self._open:
            self._emptied.set()
