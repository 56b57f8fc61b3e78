"""The numbers a service tells about itself."""

from __future__ import annotations

import asyncio
import time

from inference.contract import Failure, FailureKind, PoolState, PoolStatus, Task
from inference.metrics import LoopLag, ServiceMetrics

STATUS = PoolStatus(state=PoolState.READY, workers=2, queued=3, running=4, restarts=5)


async def test_a_blocked_loop_shows_in_its_lag() -> None:
    """Whoever blocks the loop is seen, by about as long as they blocked it."""
    async with LoopLag(every_s=0.001) as lag:
        await asyncio.sleep(0.01)
        time.sleep(0.1)  # noqa: ASYNC251 - the offence that is measured
        await asyncio.sleep(0.01)
    assert lag.quantile_s(1.0) > 0.08
    assert lag.quantile_s(0.0) <= lag.quantile_s(0.5) <= lag.quantile_s(1.0)


def test_before_the_first_sample_there_is_no_lag() -> None:
    """Asked too early, it says 0 and does not fail."""
    assert LoopLag().quantile_s(0.99) == 0.0


def test_services_in_one_process_count_apart() -> None:
    """No global registry: a second service starts at nothing."""
    first, second = ServiceMetrics(), ServiceMetrics()
    first.observe(Task.FLAG, Failure("1", FailureKind.EXPIRED, "Late."), 0.2)
    assert b'memesmith_answers_total{outcome="expired",task="flag"} 1.0' in first.render(STATUS, 0.01)
    assert b"memesmith_answers_total{" not in second.render(STATUS, 0.01)


def test_the_pool_shows_as_it_is_when_asked() -> None:
    """Gauges are read from the status at the time of the request."""
    text = ServiceMetrics().render(STATUS, 0.25)
    for line in (b"queued_jobs 3.0", b"running_jobs 4.0", b"ready_workers 2.0", b"worker_restarts 5.0"):
        assert b"memesmith_" + line in text
    assert b"memesmith_loop_lag_p99_seconds 0.25" in text
