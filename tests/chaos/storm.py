"""A storm over a pool: many jobs at once while workers are killed; the chaos test and the bench share it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inference.contract import Answer, Failure, FlagRequest, Job
from inference.metrics import LoopLag
from inference.pool import LocalPool

USERS = ("ann", "ben", "cho")
MOST_IN_A_ROW = 2


@dataclass(frozen=True)
class StormReport:
    """`answers` has one entry per job, in the order of `jobs`; lag in seconds."""

    jobs: Sequence[Job]
    answers: Sequence[Answer]
    kills: int
    lag_p50_s: float
    lag_p99_s: float
    lag_max_s: float

    def outcomes(self) -> Counter[str]:
        return Counter(answer.kind.value if isinstance(answer, Failure) else "result" for answer in self.answers)


async def run_storm(pool: LocalPool, count: int, kill_every_s: float) -> StormReport:
    """Submit `count` jobs of three users at once, and kill one worker every `kill_every_s` until all are answered."""
    jobs = [
        Job(FlagRequest(text=f"words {i}"), fairness_key=USERS[i % len(USERS)], timeout_s=120) for i in range(count)
    ]
    answered: list[Answer] = []

    async def ask(job: Job) -> Answer:
        answered.append(await pool.submit(job))
        return answered[-1]

    async with LoopLag(every_s=0.005) as lag:
        killing = asyncio.create_task(_kill_forever(pool, kill_every_s, answered))
        answers = await asyncio.gather(*(ask(job) for job in jobs))
        killing.cancel()
        kills = await killing
    return StormReport(jobs, answers, kills, lag.quantile_s(0.5), lag.quantile_s(0.99), lag.quantile_s(1.0))


async def _kill_forever(pool: LocalPool, every_s: float, answered: Sequence[Answer]) -> int:
    """How many were killed by the time this is cancelled.

    Where a busy machine is slow to start workers, a few kills in a row wait for a result: else none would ever come.
    """
    kills, in_a_row, results = 0, 0, 0
    try:
        while True:
            await asyncio.sleep(every_s)
            now = sum(not isinstance(answer, Failure) for answer in answered)
            in_a_row, results = (0, now) if now > results else (in_a_row, results)
            pids = pool.worker_pids()
            if pids and in_a_row < MOST_IN_A_ROW:
                os.kill(random.choice(pids), signal.SIGKILL)
                kills, in_a_row = kills + 1, in_a_row + 1
    except asyncio.CancelledError:
        return kills
