"""The pools that the contract suite runs on, all with the test engine in real worker processes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from PIL import Image

from inference.client import HttpClient
from inference.contract import Answer, FlagRequest, Job, Pool, PoolState, PoolStatus
from inference.engine import EngineConfig, FakeOptions
from inference.pool import LocalPool, PoolConfig
from inference.server import ServerConfig, serving

KINDS = ("local", "http")
TOKEN = "s3cret"  # noqa: S105 - opens a server that lives for one test


@asynccontextmanager
async def open_pool(
    kind: str = "local", fake: FakeOptions | None = None, limits: PoolConfig | None = None
) -> AsyncIterator[Pool]:
    """A started pool: "local", or the same behind HTTP and its client."""
    engine = EngineConfig(kind="fake", fake=fake or FakeOptions())
    local = LocalPool(engine, limits or PoolConfig(workers=1))
    async with local:
        if kind == "local":
            yield local
            return
        async with serving(local, ServerConfig(port=0, token=TOKEN)) as url, HttpClient(url, TOKEN) as client:
            yield client


async def until_ready(pool: Pool) -> None:
    await _until(pool, lambda status: status.state is PoolState.READY)


async def until_busy(pool: Pool) -> None:
    """Wait until a worker holds a job."""
    await _until(pool, lambda status: status.running > 0)


async def until_inside(pool: Pool, count: int) -> None:
    """Wait until `count` jobs are inside, waiting or with a worker."""
    await _until(pool, lambda status: status.queued + status.running >= count)


async def _until(pool: Pool, is_so: Callable[[PoolStatus], bool]) -> None:
    """A pool tells its status only when asked, over HTTP too."""
    while not is_so(await pool.status()):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def ask(pool: Pool, words: str, **about: object) -> Answer:
    """Submit a flag job whose text is `words`; see `inference.fake` for words that make trouble."""
    return await pool.submit(Job(FlagRequest(text=words), **about))  # type: ignore[arg-type]


def picture(side: int = 8) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def noisy_picture(side: int) -> bytes:
    """A picture of `side` squared pixels and 3 bytes each."""
    buffer = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(buffer, "BMP")
    return buffer.getvalue()
