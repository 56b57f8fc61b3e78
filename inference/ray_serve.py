"""Engines on several machines: Ray Serve replicas behind the same `Pool` protocol and the same HTTP edge.

`python -m inference.cli.serve_ray` starts (or, with RAY_ADDRESS, joins) Ray, deploys INFERENCE_WORKERS replicas, and
serves what `memesmith serve` serves, so that a bot's `HttpClient` cannot tell. Needs the extra `ray`.

Ray's own HTTP proxy stays off: the only door is `inference.server`, with its token. Ray itself listens on all
interfaces of a machine, and whoever reaches it runs code there, so its token authentication (RAY_AUTH_MODE=token) is
switched on here and must be on in every machine of a cluster. Fairness and priorities end at Ray's queue, which is
first come, first served.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from inference.answering import TOO_LATE, answer_batch, broken, expired, prepare_job
from inference.contract import Answer, Failure, FailureKind, Job, PoolState, PoolStatus, Task
from inference.engine import EngineConfig, Prepared, load_engine
from inference.errors import ConfigurationError

LOG = logging.getLogger(__name__)

APP_NAME: Final = "memesmith"
LARGEST_BATCH: Final = 64
FULL: Final = "Too many people are waiting right now; please try again in a moment."
CLOSING: Final = "The service is shutting down; please try again in a moment."
DIED_TWICE: Final = "The program that was working on this stopped twice, so it was given up."
ATTEMPTS: Final = 2
DRAIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A prepared job in a replica; `deadline` is on this machine's monotonic clock."""

    prepared: Prepared
    deadline: float


class Replica:
    """One engine in one Ray worker process. Decoding and the model have one thread each, off the replica's loop."""

    def __init__(self, config: EngineConfig) -> None:
        self._engine = load_engine(config)
        self._decoder = ThreadPoolExecutor(1)
        self._model = ThreadPoolExecutor(1)

    async def prepare(self, job: Job) -> _Waiting | Failure:
        """Decode one job; its `timeout_s` is what is left of its time now."""
        deadline = time.monotonic() + job.timeout_s
        loop = asyncio.get_running_loop()
        made = await loop.run_in_executor(self._decoder, prepare_job, self._engine, job)
        return made if isinstance(made, Failure) else _Waiting(made, deadline)

    async def run(self, batch: Sequence[_Waiting]) -> list[Answer]:
        """One answer per job, in order. Jobs of one task go to the model together; late ones do not go."""
        loop = asyncio.get_running_loop()
        answers: dict[int, Answer] = {}
        for places in self._chunks(batch):
            made = await loop.run_in_executor(self._model, self._answer, [batch[place] for place in places])
            answers.update(zip(places, made, strict=True))
        return [answers[place] for place in range(len(batch))]

    def _chunks(self, batch: Sequence[_Waiting]) -> Iterator[list[int]]:
        """Places in `batch`, grouped by task, no group larger than the engine takes."""
        by_task: dict[Task, list[int]] = {}
        for place, waiting in enumerate(batch):
            by_task.setdefault(waiting.prepared.job.task, []).append(place)
        for task, places in by_task.items():
            size = max(1, self._engine.max_batch(task))
            yield from (places[start : start + size] for start in range(0, len(places), size))

    def _answer(self, group: Sequence[_Waiting]) -> list[Answer]:
        now = time.monotonic()
        in_time = [waiting.prepared for waiting in group if now < waiting.deadline]
        answered = iter(answer_batch(self._engine, in_time) if in_time else ())
        return [next(answered) if now < waiting.deadline else expired(waiting.prepared.job) for waiting in group]


class RayPool:
    """`contract.Pool` over a deployment of `Replica`s. Use `async with`."""

    def __init__(self, engine: EngineConfig, replicas: int = 1, capacity: int = 512) -> None:
        self._engine = engine
        self._replicas = max(1, replicas)
        self._capacity = capacity
        self._handle: Any = None
        self._inside = 0
        self._emptied = asyncio.Event()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        """Start or join Ray and wait until the replicas have loaded their models."""
        self._handle = await asyncio.to_thread(self._deploy)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def submit(self, job: Job) -> Answer:
        """See `contract.Pool.submit`."""
        if self._is_closed or self._inside >= self._capacity:
            return Failure(job.id, FailureKind.OVERLOADED, CLOSING if self._is_closed else FULL)
        self._inside += 1
        try:
            async with asyncio.timeout(job.timeout_s):
                return await self._ask(job)
        except TimeoutError:
            return Failure(job.id, FailureKind.EXPIRED, TOO_LATE)
        finally:
            self._inside -= 1
            if not self._inside:
                self._emptied.set()

    async def status(self) -> PoolStatus:
        """What this door knows: Ray keeps the queue."""
        state = PoolState.CLOSED if self._is_closed else PoolState.READY if self._handle else PoolState.LOADING
        workers = self._replicas if state is PoolState.READY else 0
        return PoolStatus(state=state, workers=workers, queued=0, running=self._inside)

    async def close(self) -> None:
        """Refuse new jobs, wait up to `DRAIN_S` for those inside, and take the deployment down."""
        if self._is_closed:
            return
        self._is_closed = True
        self._emptied.clear()
        if self._inside:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), DRAIN_S)
        await asyncio.to_thread(_take_down)

    async def _ask(self, job: Job) -> Answer:
        """Ask a replica, and once more when it died; a job that two replicas died of is given up."""
        deadline = time.monotonic() + job.timeout_s
        for _ in range(ATTEMPTS):
            call = self._handle.answer.remote(replace(job, timeout_s=deadline - time.monotonic()))
            try:
                answer: Answer = await call
            except asyncio.CancelledError:
                call.cancel()
                raise
            except Exception as error:
                LOG.exception("Ray did not answer job %s", job.id)
                if isinstance(error, _ray().exceptions.RayTaskError):
                    return broken(job.id)
            else:
                return answer
        return Failure(job.id, FailureKind.WORKER_DIED, DIED_TWICE)

    def _deploy(self) -> Any:
        ray = _ray()
        if not os.environ.get("RAY_ADDRESS"):
            ray.init(include_dashboard=False, ignore_reinit_error=True)
        ray.serve.start(proxy_location="Disabled")
        application = _application(ray.serve, self._engine, self._replicas)
        return ray.serve.run(application, name=APP_NAME, route_prefix=None)


def _take_down() -> None:
    """Remove the deployment; a Ray that was started here ends, a cluster that was joined stays."""
    ray = _ray()
    ray.serve.delete(APP_NAME)
    if not os.environ.get("RAY_ADDRESS"):
        ray.serve.shutdown()
    ray.shutdown()


def _application(serve: Any, engine: EngineConfig, replicas: int) -> Any:
    """The deployment: Ray batches whatever waits in a replica while its model is busy."""

    class Host(Replica):
        run = serve.batch(max_batch_size=LARGEST_BATCH, batch_wait_timeout_s=0.0)(Replica.run)

        async def answer(self, job: Job) -> Answer:
            made = await self.prepare(job)
            return made if isinstance(made, Failure) else await self.run(made)

    needs_gpu = engine.kind != "fake" and engine.device.startswith("cuda")
    deployment = serve.deployment(
        Host,
        name="engine",
        num_replicas=replicas,
        max_ongoing_requests=2 * LARGEST_BATCH,
        logging_config={"enable_access_log": False},
        ray_actor_options={"num_gpus": 1 if needs_gpu else 0},
    )
    return deployment.bind(replace(engine, device="cuda" if needs_gpu else "cpu"))


def _ray() -> Any:
    """The ray package, with token authentication on before it is first used."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    try:
        import ray.serve  # noqa: PLC0415 - an extra, and a heavy one
    except ImportError:
        raise ConfigurationError("Ray is not installed; install memesmith with its extra called ray.") from None
    return ray
