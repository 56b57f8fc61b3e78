"""Numbers about a running service: answers, seconds, queue, workers and the event loop's lag, for Prometheus.

Knows the contract and prometheus-client; holds no global registry, so that two services in one process stay apart.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from types import TracebackType
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from inference.contract import Answer, Failure, PoolStatus, Task

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
_LAG_SAMPLES: Final = 20_000


class ServiceMetrics:
    """Counts answers as they are given; reads the pool when it is asked."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter("memesmith_answers", "Answers given", ["task", "outcome"], registry=self._registry)
        self._seconds = Histogram(
            "memesmith_answer_seconds", "Time to an answer", ["task"], buckets=_SECONDS, registry=self._registry
        )
        self._queued = self._gauge("memesmith_queued_jobs", "Jobs that wait")
        self._running = self._gauge("memesmith_running_jobs", "Jobs with a worker")
        self._workers = self._gauge("memesmith_ready_workers", "Workers whose models are loaded")
        self._restarts = self._gauge("memesmith_worker_restarts", "Workers replaced since the start")
        self._lag = self._gauge("memesmith_loop_lag_p99_seconds", "99th percentile of the event loop's lag")

    def observe(self, task: Task, answer: Answer, seconds: float) -> None:
        outcome = answer.kind.value if isinstance(answer, Failure) else "result"
        self._answers.labels(task.value, outcome).inc()
        self._seconds.labels(task.value).observe(seconds)

    def render(self, status: PoolStatus, lag_p99_s: float) -> bytes:
        """The exposition text, of media type `CONTENT_TYPE`."""
        self._queued.set(status.queued)
        self._running.set(status.running)
        self._workers.set(status.workers)
        self._restarts.set(status.restarts)
        self._lag.set(lag_p99_s)
        return generate_latest(self._registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self._registry)


class LoopLag:
    """How late the event loop wakes a sleeper, sampled while inside `async with`; keeps the latest samples."""

    def __init__(self, every_s: float = 0.01) -> None:
        self._every_s = every_s
        self._samples: deque[float] = deque(maxlen=_LAG_SAMPLES)
        self._sampler: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sampler = asyncio.create_task(self._sample())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sampler:
            self._sampler.cancel()
            await asyncio.wait([self._sampler])

    def quantile_s(self, share: float) -> float:
        """The lag in seconds that `share` (0..1) of the samples stay under; 0 before the first sample."""
        ordered = sorted(self._samples)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    async def _sample(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(self._every_s)
            self._samples.append(max(0.0, time.perf_counter() - began - self._every_s))
