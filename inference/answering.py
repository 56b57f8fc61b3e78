"""From jobs to answers with one engine, whatever the engine does: shared by every place that hosts one.

Knows the engine protocol; knows no process, pipe, queue or network.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final

from inference.contract import Answer, Failure, FailureKind, Job, Output, Result, Task
from inference.engine import Engine, Prepared
from inference.errors import InferenceError

LOG = logging.getLogger(__name__)

MODEL_BROKE: Final = "The model could not finish this; please try something else."
TOO_LATE: Final = "This took longer than the time allowed, so it was stopped."


def prepare_job(engine: Engine[Any], job: Job) -> Prepared | Failure:
    """Decode and check one job; every refusal and every defect is this job's own failure."""
    try:
        prepared: Prepared = engine.prepare(job)
    except InferenceError as error:
        return error.to_failure(job.id)
    except Exception:
        LOG.exception("job %s could not be prepared", job.id)
        return broken(job.id)
    return prepared


def answer_batch(engine: Engine[Any], items: Sequence[Prepared]) -> list[Answer]:
    """One answer per item, in order; the items are of one task and no more than its largest batch."""
    task = items[0].job.task
    outputs = _outputs(engine, task, items)
    model = engine.version(task)
    return [_answer(item.job, output, model) for item, output in zip(items, outputs, strict=True)]


def expired(job: Job) -> Failure:
    return Failure(job.id, FailureKind.EXPIRED, TOO_LATE)


def broken(job_id: str) -> Failure:
    return Failure(job_id, FailureKind.MODEL_ERROR, MODEL_BROKE)


def _outputs(engine: Engine[Any], task: Task, items: Sequence[Prepared]) -> list[Output | InferenceError]:
    """One per item. A batch that raises is run again one by one, so that only the guilty item fails."""
    try:
        outputs: list[Output | InferenceError] = engine.run(task, items)
        if len(outputs) == len(items):
            return outputs
        LOG.error("the engine gave %d answers to %d items of %s", len(outputs), len(items), task)
    except InferenceError as error:
        if len(items) == 1:
            return [error]
    except Exception:
        LOG.exception("the engine failed on jobs %s", [item.job.id for item in items])
    if len(items) == 1:
        return [InferenceError(MODEL_BROKE)]
    return [_outputs(engine, task, [item])[0] for item in items]


def _answer(job: Job, output: Output | InferenceError, model: str) -> Answer:
    if isinstance(output, InferenceError):
        return output.to_failure(job.id)
    return Result(job.id, output, model)
