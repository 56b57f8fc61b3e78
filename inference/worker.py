"""The process that owns one engine: it decodes jobs one by one, runs them in batches, and answers each of them.

`run_worker` is the whole life of the process. It knows the pipe to its pool and one engine; it knows no event loop, no
queue policy and no other worker. Four threads share the work, so that the device never waits for a picture or a pipe:

    reader   pool -> `_Desk`       takes jobs in, drops cancelled ones; leaves at once when the pool is gone
    prepare  `_Desk` -> prepared   decodes and checks the next jobs while the model runs
    model    prepared -> answers   (main thread) the next batch is whatever is prepared when the model is free
    writer   answers -> pool       pickles and sends
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from inference.answering import answer_batch, broken, expired, prepare_job
from inference.contract import Answer, Failure, Job, Task
from inference.engine import Engine, EngineConfig, Prepared, load_engine
from inference.errors import InferenceError

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A job as the pool knows it: by number. `deadline` is on the `time.monotonic` clock, which processes share."""

    number: int
    job: Job
    deadline: float


@dataclass(frozen=True, slots=True)
class Work:
    """Pool to worker: do these; all are of one task."""

    items: tuple[WorkItem, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Pool to worker: nobody waits for this any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Pool to worker: leave."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Worker to pool: models are loaded; `max_batch` per task."""

    max_batch: Mapping[Task, int]


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """Worker to pool, its last words: the models cannot be loaded. `certain` when trying again hardly helps."""

    sentence: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Running:
    """Worker to pool: the model has begun these."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """Worker to pool: answers by number."""

    answers: tuple[tuple[int, Answer], ...]


ToWorker = Work | Drop | Stop
FromWorker = Ready | LoadFailed | Running | Answered


def run_worker(
    connection: Connection[Any, Any], config: EngineConfig, on_loaded: Callable[[], None] = lambda: None
) -> None:
    """Load the engine and answer until told to stop or until the pool is gone; the target of a spawned process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the pool decides what it means
    if config.threads:
        os.environ["OMP_NUM_THREADS"] = str(config.threads)  # read once, when torch is imported
    threading.excepthook = _die_with_thread
    desk = _Desk()
    threading.Thread(target=_read, args=(connection, desk), daemon=True, name="reader").start()
    try:
        engine = load_engine(config)
    except Exception as error:
        LOG.exception("the engine did not load")
        connection.send(_load_failed(error))
        return
    on_loaded()
    _Worker(engine, desk, connection).run()


def _die_with_thread(crash: threading.ExceptHookArgs) -> None:
    """A worker with a thread missing would keep callers waiting; a dead one is replaced."""
    LOG.critical("a thread of the worker failed", exc_info=crash.exc_value)
    os._exit(1)


def _load_failed(error: Exception) -> LoadFailed:
    if isinstance(error, InferenceError):
        return LoadFailed(str(error), certain=True)
    return LoadFailed(f"The models could not be loaded ({type(error).__name__}).", certain=False)


def _read(connection: Connection[Any, Any], desk: _Desk) -> None:
    while True:
        try:
            message: ToWorker = connection.recv()
        except (EOFError, OSError):
            os._exit(0)  # the pool is gone: nobody is left to answer, whatever the model is doing
        match message:
            case Work(items):
                desk.take_in(items)
            case Drop(number):
                desk.drop(number)
            case Stop():
                os._exit(0)


class _Desk:
    """What lies in the worker and has not begun: first undecoded, then prepared. Shared by the threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted: set[int] = set()
        self._undecoded: deque[WorkItem] = deque()
        self._prepared: deque[tuple[WorkItem, Prepared]] = deque()

    def take_in(self, items: Sequence[WorkItem]) -> None:
        with self._changed:
            self._wanted.update(item.number for item in items)
            self._undecoded.extend(items)
            self._changed.notify_all()

    def drop(self, number: int) -> None:
        with self._changed:
            self._wanted.discard(number)

    def is_wanted(self, item: WorkItem) -> bool:
        with self._changed:
            return item.number in self._wanted

    def next_undecoded(self) -> WorkItem:
        with self._changed:
            self._changed.wait_for(lambda: self._undecoded)
            return self._undecoded.popleft()

    def put_prepared(self, item: WorkItem, prepared: Prepared) -> None:
        with self._changed:
            self._prepared.append((item, prepared))
            self._changed.notify_all()

    def next_batch(self, max_batch: Mapping[Task, int]) -> list[tuple[WorkItem, Prepared]]:
        """Everything prepared of the oldest item's task, up to its largest batch; may come out empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._prepared)
            task = self._prepared[0][0].job.task
            batch: list[tuple[WorkItem, Prepared]] = []
            while self._prepared and self._prepared[0][0].job.task is task and len(batch) < max_batch[task]:
                item, prepared = self._prepared.popleft()
                if item.number in self._wanted:
                    self._wanted.remove(item.number)
                    batch.append((item, prepared))
            return batch


class _Worker:
    def __init__(self, engine: Engine[Any], desk: _Desk, connection: Connection[Any, Any]) -> None:
        self._engine = engine
        self._desk = desk
        self._connection = connection
        self._outbox: SimpleQueue[FromWorker] = SimpleQueue()
        self._max_batch = {task: max(1, engine.max_batch(task)) for task in Task}

    def run(self) -> None:
        self._outbox.put(Ready(self._max_batch))
        for loop in (self._prepare_forever, self._write_forever):
            threading.Thread(target=loop, daemon=True, name=loop.__name__).start()
        while True:
            self._run_batch(self._desk.next_batch(self._max_batch))

    def _prepare_forever(self) -> None:
        while True:
            item = self._desk.next_undecoded()
            if not self._desk.is_wanted(item):
                continue
            made = expired(item.job) if _is_late(item) else prepare_job(self._engine, item.job)
            if isinstance(made, Failure):
                self._desk.drop(item.number)
                self._outbox.put(Answered(((item.number, made),)))
            else:
                self._desk.put_prepared(item, made)

    def _run_batch(self, batch: Sequence[tuple[WorkItem, Prepared]]) -> None:
        in_time: list[tuple[WorkItem, Prepared]] = []
        for item, prepared in batch:
            if _is_late(item):
                self._outbox.put(Answered(((item.number, expired(item.job)),)))
            else:
                in_time.append((item, prepared))
        if in_time:
            numbers = tuple(item.number for item, _ in in_time)
            self._outbox.put(Running(numbers))
            answers = answer_batch(self._engine, [prepared for _, prepared in in_time])
            self._outbox.put(Answered(tuple(zip(numbers, answers, strict=True))))

    def _write_forever(self) -> None:
        while True:
            message = self._outbox.get()
            if not self._send(message) and isinstance(message, Answered):
                self._send_one_by_one(message)

    def _send_one_by_one(self, message: Answered) -> None:
        for pair in message.answers:
            if not self._send(Answered((pair,))):
                self._send(_unsendable(pair))

    def _send(self, message: FromWorker) -> bool:
        """False when the message cannot be pickled."""
        try:
            self._connection.send(message)
        except OSError:
            os._exit(0)  # the pool is gone
        except Exception:
            LOG.exception("an answer cannot be sent")
            return False
        return True


def _is_late(item: WorkItem) -> bool:
    return time.monotonic() >= item.deadline


def _unsendable(pair: tuple[int, Answer]) -> Answered:
    number, answer = pair
    return Answered(((number, broken(answer.job_id)),))
