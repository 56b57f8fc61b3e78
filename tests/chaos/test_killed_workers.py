"""The pool's promise under the worst that happens to processes."""

from __future__ import annotations

from collections import Counter

import pytest

from inference.contract import FailureKind
from inference.engine import EngineConfig, FakeOptions
from inference.pool import LocalPool, PoolConfig
from tests.chaos.storm import run_storm
from tests.contracts.pools import until_ready


@pytest.mark.chaos
@pytest.mark.parametrize(("workers", "kill_every_s"), [(1, 2.0), (2, 0.5)], ids=["one, every 2 s", "two, every 0.5 s"])
async def test_every_job_gets_exactly_one_answer_while_workers_are_killed(
    workers: int, kill_every_s: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """200 jobs of three users: each one answered once, with a result or with `worker_died`, and nothing left inside."""
    engine = EngineConfig(kind="fake", fake=FakeOptions(item_s=0.02, max_batch=8))
    limits = PoolConfig(workers=workers, start_attempts=100, backoff_s=0.05)  # they can start; they are killed
    async with LocalPool(engine, limits) as pool:
        await until_ready(pool)
        report = await run_storm(pool, 200, kill_every_s)
        status = await pool.status()
    assert report.kills > 0
    assert Counter(answer.job_id for answer in report.answers) == Counter(job.id for job in report.jobs)
    assert set(report.outcomes()) <= {"result", FailureKind.WORKER_DIED.value}
    assert report.outcomes()["result"] > 100
    assert (status.queued, status.running) == (0, 0)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{report.kills} kills, {dict(report.outcomes())}, loop lag p50 {report.lag_p50_s * 1e3:.1f} ms, "
            f"p99 {report.lag_p99_s * 1e3:.1f} ms, max {report.lag_max_s * 1e3:.1f} ms"
        )
