"""The whole flag path, from a picture's file to a verdict with reasons: `python -m tests.bench flagging`.

Decoding, reading and judging memes that no worker has seen before, by a pool with one worker a core. "One at a time"
sends the next picture when the last is answered, as a script over the HTTP service would; "all at once" hands every
picture to the pool. The ratio is the throughput of a row over that of one at a time.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from typing import Final

from rich.console import Console
from rich.table import Table

from inference.contract import Answer, FlagRequest, Job, Result
from inference.engine import EngineConfig
from inference.pool import LocalPool, PoolConfig
from tests.bench._loads import unlike, why_not
from tests.bench._memes import meme_files
from tests.bench.pool import start

CORES: Final = 2
PICTURES: Final = 48
IN_FLIGHT: Final = (1, CORES, PICTURES)
HEADINGS: Final = ("pictures under way", "pictures/s", "p50 ms", "p95 ms", "ratio")


def main() -> None:
    """Print the table, or why there is none."""
    engine = EngineConfig(kind="embedded", device="cpu", threads=1)
    if reason := why_not(engine):
        Console().print(f"The bench of the flag path is left out: {reason}")
        return
    table = Table(title=f"the flag path: decode, read, judge, explain; {CORES} workers of one thread")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for row in asyncio.run(measure(engine, PICTURES, IN_FLIGHT)):
        table.add_row(*row)
    Console().print(table)


async def measure(engine: EngineConfig, pictures: int, in_flight: tuple[int, ...]) -> list[tuple[str, ...]]:
    """A row per number of pictures under way at once, the first of them being what the others are compared with."""
    rows: list[tuple[str, ...]] = []
    slowest = 0.0
    pool = LocalPool(engine, PoolConfig(workers=CORES, capacity=2 * pictures))
    await start(pool)
    try:
        await _flag_all(pool, 2 * CORES, 2 * CORES)
        for count in in_flight:
            began = time.perf_counter()
            times = await _flag_all(pool, pictures, count)
            speed = pictures / (time.perf_counter() - began)
            slowest = slowest or speed
            p95 = statistics.quantiles(times, n=20)[-1]
            middle = statistics.median(times)
            rows.append((str(count), f"{speed:.1f}", f"{middle:.0f}", f"{p95:.0f}", f"{speed / slowest:.2f}x"))
    finally:
        await pool.close()
    return rows


async def _flag_all(pool: LocalPool, pictures: int, in_flight: int) -> list[float]:
    """Milliseconds from handing in to answer, per picture; waiting in line counts."""
    gate = asyncio.Semaphore(in_flight)

    async def flag(data: bytes) -> tuple[float, Answer]:
        async with gate:
            began = time.perf_counter()
            answer = await pool.submit(Job(FlagRequest(image=unlike(data)), "bench", timeout_s=600))
            return (time.perf_counter() - began) * 1000, answer

    files = itertools.islice(itertools.cycle(meme_files()), pictures)
    found = await asyncio.gather(*map(flag, files))
    if not all(isinstance(answer, Result) for _, answer in found):
        raise RuntimeError("a job of the bench failed")
    return [taken for taken, _ in found]


if __name__ == "__main__":
    main()
