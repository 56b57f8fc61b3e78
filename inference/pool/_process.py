"""One worker process seen from the pool: start it, talk to it, learn of its death; never on the event loop.

Two threads per worker do what may block: one starts the process, receives and reaps; the other pickles and sends. News
reach the loop by `call_soon_threadsafe`, in order, and the last of them is always `Died`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Final

from inference.engine import EngineConfig
from inference.worker import FromWorker, Stop, ToWorker, Work, run_worker

LOG = logging.getLogger(__name__)
NICENESS: Final = 5

_SPAWN: Final = multiprocessing.get_context("spawn")
_STARTING: Final = threading.Lock()  # Process.start looks after all children of this process; one at a time


@dataclass(frozen=True, slots=True)
class Died:
    """The process is gone and reaped. `exit_code` is negative for a signal, None when it never started."""

    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """These jobs could not be pickled."""

    numbers: tuple[int, ...]


News = FromWorker | Died | Undeliverable


def _run_behind(connection: Connection[Any, Any], config: EngineConfig) -> None:
    """A worker that lets whoever talks to people go first: a busy model must not make the program around it late."""
    run_worker(connection, config, on_loaded=_give_way)


def _give_way() -> None:
    if hasattr(os, "nice"):
        os.nice(NICENESS)


class WorkerProcess:
    """A spawned worker. `tell` and `kill` may be called on the loop: neither waits."""

    def __init__(self, config: EngineConfig, on_news: Callable[[News], None]) -> None:
        self._config = config
        self._on_news = on_news
        self._loop = asyncio.get_running_loop()
        self._outbox: SimpleQueue[ToWorker | None] = SimpleQueue()
        self._connection, self._far_end = _SPAWN.Pipe(duplex=True)
        self._process = _SPAWN.Process(target=_run_behind, args=(self._far_end, config), daemon=True)
        self._killed = threading.Event()
        self._writer = threading.Thread(target=self._write, daemon=True, name="worker-writer")
        threading.Thread(target=self._live, daemon=True, name="worker-reader").start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def tell(self, message: ToWorker) -> None:
        self._outbox.put(message)

    def stop(self) -> None:
        self.tell(Stop())

    def kill(self) -> None:
        self._killed.set()
        if self._process.pid is not None:
            self._process.kill()

    def _live(self) -> None:
        exit_code = None
        try:
            with _STARTING:
                self._process.start()
            self._far_end.close()
            self._writer.start()
            self._receive()
        except Exception:
            LOG.exception("a worker is lost")
        finally:
            exit_code = self._reap()
            self._report(Died(exit_code))

    def _receive(self) -> None:
        connection: Connection[Any, Any] = self._connection
        with contextlib.suppress(EOFError, OSError):
            while not self._killed.is_set():
                self._report(connection.recv())

    def _reap(self) -> int | None:
        """End what is left of the process, wait for it, and close everything."""
        self._outbox.put(None)
        self._far_end.close()
        if self._process.pid is None:
            self._connection.close()
            return None
        self._process.kill()
        self._process.join()
        if self._writer.ident is not None:
            self._writer.join()  # before the descriptor it writes to is given back
        self._connection.close()
        return self._process.exitcode

    def _write(self) -> None:
        while (message := self._outbox.get()) is not None:
            try:
                self._connection.send(message)
            except OSError:
                return  # the process is gone; the reader says so
            except Exception:
                LOG.exception("a job cannot be sent to a worker")
                if isinstance(message, Work):
                    self._report(Undeliverable(tuple(item.number for item in message.items)))

    def _report(self, news: News) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to tell
            self._loop.call_soon_threadsafe(self._on_news, news)
