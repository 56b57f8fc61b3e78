"""The pool of this machine: its workers' deaths, hangs, failed starts and ends, and what it tells about its queue."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import psutil
import pytest

from inference.contract import Failure, FailureKind, Job, OcrRequest, PoolState, Result
from inference.engine import EngineConfig, FakeOptions
from inference.metrics import LoopLag
from inference.pool import LocalPool, PoolConfig
from inference.pool._config import plan_workers
from tests.contracts.pools import ask, noisy_picture, until_busy, until_inside, until_ready


def fake(**options: object) -> EngineConfig:
    return EngineConfig(kind="fake", fake=FakeOptions(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM], ids=lambda each: each.name)
async def test_jobs_of_a_worker_killed_in_the_middle_of_a_batch_are_done_by_the_next(number: signal.Signals) -> None:
    """Whatever ends a worker, its jobs get their results from its replacement."""
    async with LocalPool(fake(item_s=0.05), PoolConfig(workers=1)) as pool:
        await until_ready(pool)
        jobs = [asyncio.create_task(ask(pool, str(i))) for i in range(10)]
        await until_busy(pool)
        os.kill(pool.worker_pids()[0], number)
        assert all(isinstance(answer, Result) for answer in await asyncio.gather(*jobs))
        assert (await pool.status()).restarts == 1


async def test_ctrl_c_in_the_terminal_does_not_end_a_worker() -> None:
    """SIGINT reaches the whole process group; only the pool decides what it means."""
    async with LocalPool(fake(), PoolConfig(workers=1)) as pool:
        await until_ready(pool)
        os.kill(pool.worker_pids()[0], signal.SIGINT)
        assert isinstance(await ask(pool, "still here"), Result)
        assert (await pool.status()).restarts == 0


async def test_a_job_that_kills_takes_no_neighbour_along() -> None:
    """Suspects travel alone: however they are mixed, only the killers are given up."""
    async with LocalPool(fake(), PoolConfig(workers=2)) as pool:
        words = ["fine", "#die", "fine", "#die-early", "fine", "fine"]
        answers = await asyncio.gather(*(ask(pool, each, timeout_s=60) for each in words))
    kinds = [answer.kind if isinstance(answer, Failure) else "fine" for answer in answers]
    died = FailureKind.WORKER_DIED
    assert kinds == ["fine", died, "fine", died, "fine", "fine"]


async def test_a_hung_worker_is_replaced_and_the_next_jobs_are_answered() -> None:
    """A batch over its limit counts as hung; its job gets one more try, then the pool goes on without it."""
    async with LocalPool(fake(), PoolConfig(workers=1, batch_limit_s=0.2)) as pool:
        hung = await ask(pool, "#sleep=60", timeout_s=60)
        assert isinstance(hung, Failure)
        assert hung.kind is FailureKind.WORKER_DIED
        assert isinstance(await ask(pool, "next"), Result)


async def test_models_that_do_not_load_fail_every_job_with_their_sentence_until_they_do(tmp_path: Path) -> None:
    """Nobody waits for a worker that cannot come up; the pool goes on trying, and takes the problem back."""
    weights = tmp_path / "weights"
    limits = PoolConfig(workers=1, backoff_s=0.05, backoff_limit_s=0.05)
    async with LocalPool(fake(needs_file=str(weights)), limits) as pool:
        for answer in (await ask(pool, "early"), await ask(pool, "late")):
            assert isinstance(answer, Failure)
            assert (answer.kind, answer.message) == (FailureKind.MODEL_ERROR, f"The file {weights} is missing.")
        assert pool.problem
        assert (await pool.status()).state is PoolState.LOADING
        weights.touch()
        await until_ready(pool)
        assert pool.problem is None
        assert isinstance(await ask(pool, "x"), Result)


async def test_a_worker_that_dies_at_start_is_tried_again_with_pauses_and_then_said_to_be_broken() -> None:
    """Three starts that end without a word are enough to tell people; the pool itself goes on trying."""
    limits = PoolConfig(workers=1, start_attempts=3, backoff_s=0.01, backoff_limit_s=0.05)
    async with LocalPool(fake(load_s=30), limits) as pool:
        waiting = asyncio.create_task(ask(pool, "early"))
        while not waiting.done():
            for pid in pool.worker_pids():
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.02)
        answer = await waiting
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.MODEL_ERROR
        assert (await pool.status()).restarts >= 2


async def test_no_process_is_left_after_close() -> None:
    """Workers end with their pool, also those that load or run at that moment."""
    busy, loading = LocalPool(fake(), PoolConfig(workers=2, drain_s=0.1)), LocalPool(fake(load_s=30))
    await busy.start()
    await loading.start()
    await until_ready(busy)
    stuck = asyncio.create_task(ask(busy, "#sleep=30"))
    await until_busy(busy)
    while not loading.worker_pids():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    pids = busy.worker_pids() + loading.worker_pids()
    await asyncio.gather(busy.close(), loading.close(), busy.close())
    assert not any(psutil.pid_exists(pid) for pid in pids)
    answer = await stuck
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.CANCELLED


ORPHAN = """
import asyncio
from inference.engine import EngineConfig
from inference.pool import LocalPool, PoolConfig
async def main():
    pool = LocalPool(EngineConfig(kind="fake"), PoolConfig(workers=2))
    await pool.start()
    while (await pool.status()).workers < 2:
        await asyncio.sleep(0.01)
    print(*pool.worker_pids(), flush=True)
    await asyncio.sleep(60)
if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """No orphan holds a GPU: a worker leaves as soon as the pipe to its pool breaks."""
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    parent = await asyncio.create_subprocess_exec(sys.executable, script, stdout=PIPE, env=environment)
    assert parent.stdout
    pids = [int(word) for word in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(20):
        while any(_is_alive(pid) for pid in pids):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _is_alive(pid: int) -> bool:
    """Where nobody reaps orphans, an ended one stays as a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_waiting_job_has_a_place_and_a_running_one_has_none() -> None:
    """People can be told how many go before them."""
    async with LocalPool(fake(load_s=0.3), PoolConfig(workers=1)) as pool:
        jobs = [asyncio.create_task(ask(pool, "x", id=name, fairness_key="ann")) for name in ("a", "b")]
        jobs.append(asyncio.create_task(ask(pool, "x", id="c", fairness_key="ben")))
        await until_inside(pool, 3)
        assert [pool.place_of(name) for name in ("a", "c", "b")] == [0, 1, 2]
        await asyncio.gather(*jobs)
        assert pool.place_of("a") is None


async def test_large_pictures_do_not_hold_up_the_loop(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten pictures of ten megabytes are answered; the lag of the loop meanwhile is printed."""
    data = noisy_picture(1800)
    async with LocalPool(fake(), PoolConfig(workers=1)) as pool:
        await until_ready(pool)
        async with LoopLag() as lag:
            jobs = (pool.submit(Job(OcrRequest(image=data), timeout_s=60)) for _ in range(10))
            answers = await asyncio.gather(*jobs)
    assert all(isinstance(answer, Result) for answer in answers)
    with capsys.disabled():
        size_mb = len(data) / 1e6
        print(f"\n10 pictures of {size_mb:.0f} MB: loop lag p99 {lag.quantile_s(0.99) * 1e3:.1f} ms")  # noqa: T201


def test_workers_share_the_cores_and_take_the_configured_device() -> None:
    """One worker per device unless told otherwise; together they use each core once."""
    cores = len(os.sched_getaffinity(0))
    alone = plan_workers(EngineConfig(kind="embedded", device="cpu"), 0)
    assert [(each.device, each.threads) for each in alone] == [("cpu", cores)]
    several = plan_workers(EngineConfig(kind="embedded", device="cuda:1"), cores + 1)
    assert {(each.device, each.threads) for each in several} == {("cuda:1", 1)}
    assert len(several) == cores + 1
