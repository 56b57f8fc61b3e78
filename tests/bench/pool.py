"""The pool beside a bare loop over the same engine, and the event loop's lag while workers are killed.

`python -m tests.bench pool`. The goal is a throughput of at least 0.95 of the bare loop, and a p99 lag under 50 ms.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from inference.contract import Job, Result
from inference.engine import EngineConfig, FakeOptions
from inference.pool import LocalPool, PoolConfig
from tests.bench._loads import BareLoop, Load, alternate, genre_jobs, loads
from tests.chaos.storm import run_storm
from tests.contracts.pools import until_ready


def main() -> None:
    """Print both tables."""
    throughput = Table("engine", "bare loop, jobs/s", "pool, jobs/s", "pool / bare", title="Pool throughput, 1 worker")
    for load in loads():
        throughput.add_row(*measure_throughput(load))
    Console().print(throughput)
    Console().print(asyncio.run(measure_lag()))


def measure_throughput(load: Load) -> tuple[str, str, str, str]:
    bare = BareLoop(load.engine)
    with asyncio.Runner() as runner:
        pool = LocalPool(load.engine, PoolConfig(workers=1, capacity=load.count))
        runner.run(start(pool))
        bare.seconds(genre_jobs(load)[:32])
        runner.run(seconds_of_pool(pool, genre_jobs(load)[:32]))
        slow, fast, ratio = alternate(
            lambda: bare.seconds(genre_jobs(load)),
            lambda: runner.run(seconds_of_pool(pool, genre_jobs(load))),
            load.rounds,
        )
        runner.run(pool.close())
    bare.close()
    return load.name, f"{load.count / slow:.0f}", f"{load.count / fast:.0f}", f"{ratio:.2f}"


async def start(pool: LocalPool) -> None:
    await pool.start()
    await until_ready(pool)


async def seconds_of_pool(pool: LocalPool, jobs: Sequence[Job]) -> float:
    """All jobs submitted at once, until the last answer."""
    began = time.perf_counter()
    answers = await asyncio.gather(*(pool.submit(Job(job.request, job.fairness_key, timeout_s=600)) for job in jobs))
    taken = time.perf_counter() - began
    if not all(isinstance(answer, Result) for answer in answers):
        raise RuntimeError("a job of the bench failed")
    return taken


async def measure_lag() -> Table:
    table = Table(
        "workers", "killed", "jobs", "outcomes", "lag p50", "lag p99", "lag max", title="A worker killed every 2 s"
    )
    for workers in (1, 2):
        engine = EngineConfig(kind="fake", fake=FakeOptions(item_s=0.04, max_batch=8))
        async with LocalPool(engine, PoolConfig(workers=workers)) as pool:
            await until_ready(pool)
            report = await run_storm(pool, 200, kill_every_s=2.0)
        lags = (f"{lag * 1e3:.1f} ms" for lag in (report.lag_p50_s, report.lag_p99_s, report.lag_max_s))
        table.add_row(str(workers), str(report.kills), "200", str(dict(report.outcomes())), *lags)
    return table


if __name__ == "__main__":
    main()
