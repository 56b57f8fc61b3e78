"""What a worker process hosts: one engine on one device, answering batches of one task.

This module holds the protocol and the choice by configuration; it imports no model and no picture library, so that
the process which owns the workers stays light. `load_engine` is called in the worker and imports the engine there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from inference.contract import Job, Output, Task
from inference.errors import ConfigurationError, InferenceError

EngineKind = Literal["embedded", "fake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeOptions:
    """How the test engine spends its time; the embedded engine never reads this.

    `load_s`, `prepare_s` (per job), `batch_s` and `item_s` are seconds slept; `work_rounds` is real computing per item,
    one round hashes 1 MiB. Loading fails while the file `needs_file` does not exist, where one is named.
    """

    load_s: float = 0.0
    needs_file: str = ""
    prepare_s: float = 0.0
    batch_s: float = 0.0
    item_s: float = 0.0
    work_rounds: int = 0
    max_batch: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig:
    """Which engine, from which weights, on which device; picklable, because it travels to the worker.

    Each `*_model` is "embedded", a directory, or a Hugging Face id. `device` is "auto", "cpu", "cuda" or "cuda:N"; a
    pool replaces "auto" before an engine sees it. `threads`: cores one engine may use, 0 leaves torch's default.
    `templates_dir` adds imported templates; `weights_dir` None means the shipped weights.
    """

    kind: EngineKind = "embedded"
    caption_model: str = "embedded"
    genre_model: str = "embedded"
    flag_model: str = "embedded"
    device: str = "auto"
    threads: int = 0
    templates_dir: Path | None = None
    weights_dir: Path | None = None
    fake: FakeOptions = field(default_factory=FakeOptions)


class Prepared(Protocol):
    """One decoded, checked job; what else it holds is the engine's own business."""

    @property
    def job(self) -> Job: ...


PreparedT = TypeVar("PreparedT", bound=Prepared)


class Engine(Protocol[PreparedT]):
    """One set of loaded models. `prepare` may run on another thread while `run` runs; neither is called twice at once.

    An implementation names its own `PreparedT`: it is only ever given back what its own `prepare` returned.
    """

    def prepare(self, job: Job) -> PreparedT:
        """Decode and check one job; raises InferenceError with the sentence the asker reads."""
        ...

    def run(self, task: Task, items: Sequence[PreparedT]) -> list[Output | InferenceError]:
        """Answer 1..max_batch(task) items of one task: one entry per item, in order; an error is one item's own."""
        ...

    def version(self, task: Task) -> str:
        """The versions of the models that answer `task`, such as "flag-1"; "" for a task without a model."""
        ...

    def max_batch(self, task: Task) -> int:
        """How many items (>= 1) of `task` one `run` takes on this device."""
        ...


def load_engine(config: EngineConfig, tasks: Iterable[Task] = tuple(Task)) -> Engine[Any]:
    """Load the configured engine's models for `tasks`, which takes seconds; raises InferenceError with a sentence."""
    if config.kind == "fake":
        from inference.fake import FakeEngine  # noqa: PLC0415 - only the chosen engine is imported

        return FakeEngine.load(config)
    if config.kind == "embedded":
        from inference.embedded import EmbeddedEngine  # noqa: PLC0415 - torch belongs to the worker

        return EmbeddedEngine.load(config, tasks)
    raise ConfigurationError(f"There is no engine called {config.kind}; choose embedded or fake.")
