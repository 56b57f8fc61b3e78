"""`LocalPool`: jobs in, exactly one answer each out, whatever happens to the workers.

It joins four parts that know nothing of each other: the queue decides whose turn it is (`inference.batching`), the
ledger holds who waits for an answer, a seat per worker holds what that worker was given, and a process carries it
there. Everything here runs on one event loop and never blocks it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Self

from inference.answering import MODEL_BROKE, TOO_LATE
from inference.batching import JobQueue, Ticket
from inference.contract import Answer, Failure, FailureKind, Job, PoolState, PoolStatus
from inference.engine import EngineConfig
from inference.pool._config import PoolConfig, plan_workers
from inference.pool._ledger import Ledger
from inference.pool._process import Died, News, Undeliverable
from inference.pool._seat import Seat
from inference.worker import Answered, LoadFailed, Ready, Running

LOG = logging.getLogger(__name__)

FULL: Final = "Too many people are waiting right now; please try again in a moment."
CLOSING: Final = "The service is shutting down; please try again in a moment."
DIED_TWICE: Final = "The program that was working on this stopped twice, so it was given up."
NEVER_STARTS: Final = "The models do not start; whoever runs this service finds the reason in its log."
_STOP_S: Final = 2.0


class LocalPool:
    """`contract.Pool` over worker processes of this machine. Use `async with`, or `start` and `close`."""

    def __init__(self, engine: EngineConfig, pool: PoolConfig | None = None) -> None:
        self._engine = engine
        self._limits = pool or PoolConfig()
        self._queue = JobQueue(self._limits.capacity)
        self._suspects: deque[Ticket] = deque()
        self._ledger = Ledger(self._withdraw)
        self._seats: list[Seat] = []
        self._launch: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._spawning = True
        self._restarts = 0
        self._last_words = NEVER_STARTS
        self._dispatch_is_due = False
        self.problem: str | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Begin to start the workers and return; jobs may be submitted at once and wait while models load."""
        if self._launch is None:
            self._launch = asyncio.create_task(self._start_workers())

    async def submit(self, job: Job) -> Answer:
        """See `contract.Pool.submit`. A cancelled caller takes its job along."""
        refusal = self._refusal(job)
        if refusal:
            return refusal
        ticket = self._ledger.open(job)
        self._queue.push(ticket)
        self._dispatch_soon()
        try:
            return await self._ledger.wait(ticket)
        except asyncio.CancelledError:
            self._withdraw(ticket)
            raise

    async def status(self) -> PoolStatus:
        return PoolStatus(
            state=self._state(),
            workers=sum(seat.is_ready for seat in self._seats),
            queued=len(self._queue) + len(self._suspects),
            running=sum(seat.load for seat in self._seats),
            restarts=self._restarts,
            problem=self.problem,
        )

    def place_of(self, job_id: str) -> int | None:
        """How many jobs go before this one (0 is next); None when it does not wait, so runs, is answered or unknown."""
        return self._queue.place_of(job_id)

    def worker_pids(self) -> list[int]:
        """Processes that are alive, in no order; for health reports and for those who test by killing."""
        return [seat.pid for seat in self._seats if seat.pid is not None]

    async def close(self) -> None:
        """Refuse new jobs, let those inside finish for `drain_s`, answer the rest `cancelled`, end all processes."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    def _state(self) -> PoolState:
        if self._closing:
            return PoolState.CLOSED
        return PoolState.READY if any(seat.is_ready for seat in self._seats) else PoolState.LOADING

    def _refusal(self, job: Job) -> Failure | None:
        if self._closing:
            return Failure(job.id, FailureKind.OVERLOADED, CLOSING)
        if not job.timeout_s > 0:  # also when it is no number at all
            return Failure(job.id, FailureKind.EXPIRED, TOO_LATE)
        if self.problem:
            return Failure(job.id, FailureKind.MODEL_ERROR, self.problem)
        if self._queue.is_full:
            return Failure(job.id, FailureKind.OVERLOADED, FULL)
        return None

    async def _start_workers(self) -> None:
        configs = await asyncio.to_thread(plan_workers, self._engine, self._limits.workers)
        if self._spawning:
            self._seats = [Seat(config, self._limits, self._on_news) for config in configs]
            for seat in self._seats:
                seat.spawn()

    def _on_news(self, seat: Seat, news: News) -> None:
        match news:
            case Ready(max_batch):
                seat.max_batch = max_batch
                self.problem = None
            case LoadFailed(sentence, certain):
                self._note_failed_load(seat, sentence, certain=certain)
            case Running(numbers):
                seat.begin(numbers)
            case Answered(answers):
                for number, answer in answers:
                    self._settle(seat, number, answer)
            case Undeliverable(numbers):
                self._give_up(seat, numbers)
            case Died(exit_code):
                self._replace(seat, exit_code)
        self._dispatch_soon()

    def _settle(self, seat: Seat, number: int, answer: Answer) -> None:
        seat.finish(number)
        self._ledger.settle(number, answer)

    def _give_up(self, seat: Seat, numbers: Iterable[int]) -> None:
        for number in numbers:
            seat.finish(number)
            self._ledger.fail(number, FailureKind.MODEL_ERROR, MODEL_BROKE)

    def _note_failed_load(self, seat: Seat, sentence: str, *, certain: bool) -> None:
        LOG.error("a worker could not load its models: %s", sentence)
        if certain:
            seat.failed_starts = max(seat.failed_starts, self._limits.start_attempts - 1)
        self._last_words = sentence

    def _replace(self, seat: Seat, exit_code: int | None) -> None:
        for ticket in seat.vacate():
            self._retry(ticket)
        if not self._spawning:
            return
        LOG.warning("a worker ended with %s and is replaced", exit_code)
        self._look_for_problem()
        asyncio.get_running_loop().call_later(seat.pause_before_start_s(), self._respawn, seat)

    def _respawn(self, seat: Seat) -> None:
        if self._spawning:
            self._restarts += 1
            seat.spawn()

    def _look_for_problem(self) -> None:
        """When no worker runs and none comes up after several attempts, nobody is left waiting for it."""
        attempts = self._limits.start_attempts
        if all(not seat.is_ready and seat.failed_starts >= attempts for seat in self._seats):
            self.problem = self._last_words
            self._fail_all(FailureKind.MODEL_ERROR, self.problem)

    def _fail_all(self, kind: FailureKind, message: str) -> None:
        self._ledger.fail_all(kind, message)
        self._queue.drop_all()
        self._suspects.clear()

    def _retry(self, ticket: Ticket) -> None:
        if ticket.number not in self._ledger:
            return
        if ticket.lost:
            self._ledger.fail(ticket.number, FailureKind.WORKER_DIED, DIED_TWICE)
        else:
            self._suspects.append(replace(ticket, lost=1))

    def _withdraw(self, ticket: Ticket) -> None:
        """Nobody waits for this ticket any more, wherever it is."""
        if not self._queue.remove(ticket):
            self._suspects = deque(other for other in self._suspects if other.number != ticket.number)
            for seat in self._seats:
                seat.drop(ticket)
        self._dispatch_soon()

    def _dispatch_soon(self) -> None:
        """Once per turn of the loop, so that jobs submitted together travel together."""
        if not self._dispatch_is_due:
            self._dispatch_is_due = True
            asyncio.get_running_loop().call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._dispatch_is_due = False
        ready = sorted((seat for seat in self._seats if seat.is_ready), key=lambda seat: seat.load)
        idle = sum(seat.is_idle for seat in ready)
        for seat in ready:
            self._feed(seat, idle)
            idle -= 1

    def _feed(self, seat: Seat, idle: int) -> None:
        """One batch beyond the one that runs; several idle workers share what waits.

        A suspect is given to an idle worker, and nothing is sent behind it or while one waits: should it kill again, it
        takes no other job along.
        """
        if seat.holds_suspect:
            return
        if self._suspects:
            if seat.is_idle:
                seat.send([self._suspects.popleft()])
            return
        if seat.ahead:
            task, priority, room = seat.ahead_of()
            seat.send(self._queue.top_up(task, priority, room))
            return
        share = -(-len(self._queue) // max(1, idle))
        seat.send(self._queue.next_batch(lambda task: min(seat.max_batch[task], share)))

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(self._limits.drain_s):
                await self._ledger.emptied()
        except TimeoutError:
            self._fail_all(FailureKind.CANCELLED, CLOSING)
        self._spawning = False
        if self._launch:
            self._launch.cancel()
        for seat in self._seats:
            seat.stop()
        await self._wait_for_empty_seats(_STOP_S)
        for seat in self._seats:
            seat.kill()
        await self._wait_for_empty_seats(None)

    async def _wait_for_empty_seats(self, timeout_s: float | None) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                for seat in self._seats:
                    await seat.empty.wait()
        except TimeoutError:
            LOG.warning("a worker does not stop by itself and is killed")
