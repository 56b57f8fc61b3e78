"""A Ray replica's own work, which needs no Ray: mixed batches, late jobs, bad pictures; and the word without Ray."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from inference.contract import Failure, FailureKind, FlagRequest, GenreRequest, Job, OcrRequest, Result
from inference.engine import EngineConfig, FakeOptions
from inference.ray_serve import Replica
from tests.contracts.pools import picture


@pytest.fixture(scope="module")
def replica() -> Replica:
    return Replica(EngineConfig(kind="fake", fake=FakeOptions(max_batch=2)))


async def test_a_mixed_batch_is_answered_in_its_order(replica: Replica) -> None:
    """Ray batches whatever waits; the model gets one task at a time, and each job its own answer."""
    jobs = [Job(FlagRequest(text="a")), Job(OcrRequest(image=picture()))] * 3 + [Job(GenreRequest(text="b"))]
    batch = [await replica.prepare(job) for job in jobs]
    answers = await replica.run([each for each in batch if not isinstance(each, Failure)])
    assert [answer.job_id for answer in answers] == [job.id for job in jobs]
    assert [type(answer) for answer in answers] == [Result] * 7
    assert [answer.model for answer in answers if isinstance(answer, Result)][:2] == ["fake-flag-1", "fake-ocr-1"]


async def test_a_late_job_does_not_reach_the_model(replica: Replica, tmp_path: Path) -> None:
    """Its neighbours are answered; it costs no model time."""
    ran = tmp_path / "ran"
    late = await replica.prepare(Job(FlagRequest(text=f"#die-once={ran}"), timeout_s=0.01))
    fine = await replica.prepare(Job(FlagRequest(text="fine")))
    assert not isinstance(late, Failure)
    assert not isinstance(fine, Failure)
    await asyncio.sleep(0.02)
    expired, answered = await replica.run([late, fine])
    assert isinstance(expired, Failure)
    assert expired.kind is FailureKind.EXPIRED
    assert isinstance(answered, Result)
    assert not ran.exists()


async def test_a_bad_picture_never_enters_a_batch(replica: Replica) -> None:
    """Decoding comes before batching here as well."""
    refused = await replica.prepare(Job(OcrRequest(image=b"no picture")))
    assert isinstance(refused, Failure)
    assert refused.kind is FailureKind.INVALID_IMAGE


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed here")
async def test_without_ray_the_command_says_what_to_install() -> None:
    """The extra is named in one sentence."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "inference.cli.serve_ray", env=os.environ | {"ENGINE": "fake"}, stderr=PIPE
    )
    _, written = await process.communicate()
    assert process.returncode == 1
    assert b"Ray is not installed" in written
    assert b"Traceback" not in written
