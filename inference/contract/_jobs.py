"""A request on its way, its one answer, and the pool that gives it."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass, field
from typing import Protocol

from inference.contract._outputs import Output
from inference.contract._requests import Request
from inference.contract._words import FailureKind, PictureProblem, Priority, Task


@dataclass(frozen=True, slots=True)
class Job:
    """One request on its way to a worker.

    `fairness_key` names whose turn it uses up (a user or a chat); `timeout_s` counts from submission.
    """

    request: Request
    fairness_key: str = ""
    priority: Priority = Priority.INTERACTIVE
    timeout_s: float = 30.0
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def task(self) -> Task:
        return self.request.task


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a job that went well. `model` names the versions that made it, such as "flag-1"."""

    job_id: str
    output: Output
    model: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The answer to a job that did not. `message` is a sentence for the person who asked, in English.

    `problem` says of an `invalid_image` what is wrong, so that others can say it in another language.
    """

    job_id: str
    kind: FailureKind
    message: str
    problem: PictureProblem | None = None


Answer = Result | Failure


class PoolState(enum.StrEnum):
    """What health checks report."""

    LOADING = "loading"
    READY = "ready"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStatus:
    """A snapshot of a pool: `queued` jobs wait, `running` ones are with a worker, `restarts` counts replaced ones.

    `problem` is the sentence that says why no worker starts, where none does.
    """

    state: PoolState
    workers: int
    queued: int
    running: int
    restarts: int = 0
    problem: str | None = None


class Pool(Protocol):
    """What everybody who wants inference is given; `LocalPool` and `HttpClient` are the two."""

    async def submit(self, job: Job) -> Answer:
        """Answer by the job's deadline, exactly once, whatever dies; raises only on the caller's own cancellation."""
        ...

    async def status(self) -> PoolStatus: ...

    async def close(self) -> None:
        """Stop taking jobs, answer those inside, and stop the workers."""
        ...
