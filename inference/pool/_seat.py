"""One worker's place in the pool: which process sits there, what it was given, and how often its start failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from inference.batching import Ticket
from inference.contract import Priority, Task
from inference.engine import EngineConfig
from inference.pool._config import PoolConfig
from inference.pool._process import News, WorkerProcess
from inference.worker import Drop, Work, WorkItem

LOG = logging.getLogger(__name__)


class Seat:
    """A worker process and its tickets: `ahead` were sent and have not begun, `running` are with the model."""

    def __init__(self, engine: EngineConfig, limits: PoolConfig, on_news: Callable[[Seat, News], None]) -> None:
        self._engine = engine
        self._limits = limits
        self._on_news = on_news
        self._process: WorkerProcess | None = None
        self._hung_timer: asyncio.TimerHandle | None = None
        self.max_batch: Mapping[Task, int] = {}
        self.ahead: dict[int, Ticket] = {}
        self.running: dict[int, Ticket] = {}
        self.failed_starts = 0
        self.empty = asyncio.Event()
        self.empty.set()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_ready(self) -> bool:
        return bool(self.max_batch)

    @property
    def load(self) -> int:
        return len(self.ahead) + len(self.running)

    @property
    def is_idle(self) -> bool:
        return self.is_ready and not self.load

    @property
    def holds_suspect(self) -> bool:
        """A ticket that has already lost a worker travels alone."""
        return any(ticket.lost for ticket in (*self.ahead.values(), *self.running.values()))

    def spawn(self) -> None:
        self.empty.clear()
        self._process = WorkerProcess(self._engine, lambda news: self._on_news(self, news))

    def send(self, tickets: Sequence[Ticket]) -> None:
        if not tickets or self._process is None:
            return
        self.ahead.update((ticket.number, ticket) for ticket in tickets)
        items = tuple(WorkItem(ticket.number, ticket.job, ticket.deadline) for ticket in tickets)
        self._process.tell(Work(items))

    def ahead_of(self) -> tuple[Task, Priority, int]:
        """Task and priority of the batch that has not begun, and how many more it takes; only where there is one."""
        first = next(iter(self.ahead.values())).job
        return first.task, first.priority, self.max_batch[first.task] - len(self.ahead)

    def drop(self, ticket: Ticket) -> None:
        """Tell the worker that nobody waits for a ticket any more; one that is already running finishes unheard."""
        if self._process and self.ahead.pop(ticket.number, None):
            self._process.tell(Drop(ticket.number))

    def begin(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if ticket := self.ahead.pop(number, None):
                self.running[number] = ticket
        self._watch()

    def finish(self, number: int) -> None:
        self.ahead.pop(number, None)
        self.running.pop(number, None)
        if not self.running:
            self._unwatch()

    def vacate(self) -> list[Ticket]:
        """The process is gone: forget it, and return the tickets that were with it."""
        tickets = [*self.running.values(), *self.ahead.values()]
        self.failed_starts = 0 if self.is_ready else self.failed_starts + 1
        self.max_batch, self.ahead, self.running = {}, {}, {}
        self._process = None
        self._unwatch()
        self.empty.set()
        return tickets

    def pause_before_start_s(self) -> float:
        """0 after a worker that had started, then doubling with each failed start."""
        if not self.failed_starts:
            return 0.0
        doubled = self._limits.backoff_s * 2.0 ** min(self.failed_starts - 1, 16)
        return min(self._limits.backoff_limit_s, doubled)

    def stop(self) -> None:
        if self._process:
            self._process.stop()

    def kill(self) -> None:
        if self._process:
            self._process.kill()

    def _watch(self) -> None:
        self._unwatch()
        self._hung_timer = asyncio.get_running_loop().call_later(self._limits.batch_limit_s, self._kill_hung)

    def _unwatch(self) -> None:
        if self._hung_timer:
            self._hung_timer.cancel()
            self._hung_timer = None

    def _kill_hung(self) -> None:
        LOG.error("worker %s ran one batch for %.0f s and is killed", self.pid, self._limits.batch_limit_s)
        self.kill()
