"""A worker process spoken to over its bare pipe, without a pool in between."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from inference.contract import Failure, FailureKind, FlagRequest, GenreRequest, Job, Request, Result, Task
from inference.engine import EngineConfig, FakeOptions
from inference.worker import Drop, LoadFailed, Ready, Running, Stop, Work, WorkItem, run_worker

SPAWN = multiprocessing.get_context("spawn")


@dataclass
class Line:
    """One end of the pipe to a worker, and the worker."""

    connection: Connection[Any, Any]
    process: Any

    def send(self, *messages: Any) -> None:
        for message in messages:
            self.connection.send(message)

    def receive(self) -> Any:
        assert self.connection.poll(30)
        return self.connection.recv()

    def until_answered(self, count: int) -> tuple[list[Running], dict[int, Any]]:
        """All messages until `count` answers are there."""
        begun: list[Running] = []
        answers: dict[int, Any] = {}
        while len(answers) < count:
            message = self.receive()
            if isinstance(message, Running):
                begun.append(message)
            else:
                answers.update(message.answers)
        return begun, answers


def connect(options: FakeOptions) -> Line:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=run_worker, args=(theirs, EngineConfig(kind="fake", fake=options)), daemon=True)
    process.start()
    theirs.close()
    return Line(ours, process)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    line = connect(FakeOptions(max_batch=3))
    assert line.receive() == Ready(dict.fromkeys(Task, 3))
    yield line
    line.send(Stop())
    line.process.join(30)
    assert line.process.exitcode == 0


def item(number: int, words: str = "x", request: Request | None = None, seconds: float = 60.0) -> WorkItem:
    return WorkItem(number, Job(request or FlagRequest(text=words)), time.monotonic() + seconds)


def test_a_batch_is_what_is_prepared_when_the_model_is_free(line: Line) -> None:
    """While one batch runs the next ones gather, up to the largest size."""
    line.send(Work((item(1, "#sleep=0.3"),)))
    assert line.receive() == Running((1,))
    line.send(Work(tuple(item(number) for number in (2, 3, 4, 5))))
    begun, answers = line.until_answered(5)
    assert [message.numbers for message in begun] == [(2, 3, 4), (5,)]
    assert all(isinstance(answer, Result) for answer in answers.values())


def test_a_dropped_job_is_neither_run_nor_answered(line: Line, tmp_path: Path) -> None:
    """The check stands right before the model, after everything that takes time."""
    ran = tmp_path / "ran"
    line.send(Work((item(1, "#sleep=0.3"),)))
    assert line.receive() == Running((1,))
    line.send(Work((item(2, f"#die-once={ran}"), item(3))), Drop(2))
    _, answers = line.until_answered(2)
    assert set(answers) == {1, 3}
    assert not ran.exists()


def test_an_expired_job_is_answered_without_the_model(line: Line, tmp_path: Path) -> None:
    """Late while waiting behind a batch, or late on arrival: no model time either way."""
    ran = tmp_path / "ran"
    line.send(Work((item(1, "#sleep=0.3"),)))
    assert line.receive() == Running((1,))
    line.send(Work((item(2, f"#die-once={ran}", seconds=0.1), item(3, f"#die-once={ran}", seconds=-1))))
    _, answers = line.until_answered(3)
    assert isinstance(answers[1], Result)
    assert [answers[number].kind for number in (2, 3)] == [FailureKind.EXPIRED, FailureKind.EXPIRED]
    assert not ran.exists()


def test_a_bad_picture_is_answered_before_its_neighbours_run(line: Line) -> None:
    """A refusal needs no model, and costs the others nothing."""
    line.send(Work((item(1, request=GenreRequest(image=b"not a picture")), item(2, request=GenreRequest(text="x")))))
    _, answers = line.until_answered(2)
    assert answers[1].kind is FailureKind.INVALID_IMAGE
    assert isinstance(answers[2], Result)


def test_a_batch_that_raises_is_run_again_one_by_one(line: Line) -> None:
    """Only the guilty job fails, though the model failed the whole batch."""
    line.send(Work((item(1, "#sleep=0.2"),)))
    assert line.receive() == Running((1,))
    line.send(Work((item(2), item(3, "#raise"), item(4))))
    begun, answers = line.until_answered(4)
    assert begun == [Running((2, 3, 4))]
    assert [type(answers[number]) for number in (2, 3, 4)] == [Result, Failure, Result]


def test_loading_that_fails_is_said_before_the_process_ends() -> None:
    """The pool learns the sentence, not just an exit code."""
    line = connect(FakeOptions(needs_file="/nowhere/weights"))
    assert line.receive() == LoadFailed("The file /nowhere/weights is missing.", certain=True)
    line.process.join(30)
    assert line.process.exitcode == 0


def test_a_worker_leaves_when_its_pool_is_gone() -> None:
    """A broken pipe ends it even while the model runs."""
    line = connect(FakeOptions())
    assert isinstance(line.receive(), Ready)
    line.send(Work((item(1, "#sleep=60"),)))
    assert line.receive() == Running((1,))
    line.connection.close()
    line.process.join(30)
    assert line.process.exitcode == 0


def test_an_answer_that_cannot_be_pickled_fails_alone(line: Line) -> None:
    """Its neighbours' answers leave the process."""
    line.send(Work((item(1, "#sleep=0.2"),)))
    assert line.receive() == Running((1,))
    line.send(Work((item(2), item(3, "#unpicklable"))))
    _, answers = line.until_answered(3)
    assert isinstance(answers[2], Result)
    assert answers[3].kind is FailureKind.MODEL_ERROR
