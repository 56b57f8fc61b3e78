"""What the benches compare: engines, pictures, and the bare loop that is the measure of the pool."""

from __future__ import annotations

import functools
import io
import itertools
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw
from rich.console import Console

from inference.contract import GenreRequest, Job
from inference.engine import EngineConfig, FakeOptions, load_engine
from inference.errors import InferenceError

SPAWN = multiprocessing.get_context("spawn")
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Load:
    """One engine under one amount of work; both sides run `rounds` times in turn, and their ratios' median is told."""

    name: str
    engine: EngineConfig
    count: int
    rounds: int = 5
    with_pictures: bool = True


def loads() -> Iterator[Load]:
    """A device-like engine (time passes, no core is used), a computing one, and the embedded one where it loads.

    Texts have nothing to decode, so that nothing of the pool's own cost hides behind the model.
    """
    computing = _fake(FakeOptions(work_rounds=4, max_batch=16))
    yield Load(
        "waits 4 ms a batch and 1 ms an item", _fake(FakeOptions(batch_s=0.004, item_s=0.001, max_batch=16)), 400
    )
    yield Load("hashes 4 MiB an item", computing, 200)
    yield Load("hashes 4 MiB an item, texts only", computing, 400, with_pictures=False)
    embedded = EngineConfig(kind="embedded", device="cpu", threads=_cores())
    reason = why_not(embedded)
    if reason:
        Console().print(f"The embedded engine is left out: {reason}")
    else:
        yield Load("embedded, genre of pictures", embedded, 96)


def why_not(config: EngineConfig) -> str:
    """Why the engine does not come up here with all its models, or ""; tried in a process of its own."""
    with SPAWN.Pool(1) as process:
        return process.apply(_why_not, (config,))


def _why_not(config: EngineConfig) -> str:
    try:
        load_engine(config)
    except (InferenceError, ImportError) as error:
        return str(error)
    return ""


def genre_jobs(load: Load) -> list[Job]:
    """Jobs of several users, on texts only or on photos that no engine has seen before, so that no cache answers."""
    return [
        Job(
            GenreRequest(image=unseen_photo() if load.with_pictures else None, text=f"words {i}"),
            str(i % 3),
            timeout_s=600,
        )
        for i in range(load.count)
    ]


def unseen_photo() -> bytes:
    """One of 16 photos, its file unlike any before."""
    return unlike(photo(next(_NUMBERS) % 16))


def unlike(jpeg: bytes) -> bytes:
    """The same picture with a comment (a JPEG COM segment) that makes its file unlike any before."""
    comment = f"{next(_NUMBERS):08}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


@functools.cache
def photo(seed: int) -> bytes:
    """A JPEG of about 60 KB with gradients and shapes."""
    size = (640, 480)
    picture = Image.merge("RGB", [Image.effect_noise(size, 8 + seed + 7 * i) for i in range(3)])
    ImageDraw.Draw(picture).ellipse((40 + 9 * seed, 60, 300 + 9 * seed, 400), fill=(200, 90, 9 * seed))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


class BareLoop:
    """The engine in a process of its own, called in full batches one after another: no queue, nobody to answer."""

    def __init__(self, config: EngineConfig) -> None:
        self._process = SPAWN.Pool(1, initializer=_load, initargs=(config,))

    def seconds(self, jobs: Sequence[Job]) -> float:
        return self._process.apply(_run_bare, (list(jobs),))

    def close(self) -> None:
        self._process.terminate()
        self._process.join()


_LOADED = []


def _load(config: EngineConfig) -> None:
    os.environ["OMP_NUM_THREADS"] = str(max(1, config.threads))
    _LOADED.append(load_engine(config))


def _run_bare(jobs: Sequence[Job]) -> float:
    engine = _LOADED[0]
    size = engine.max_batch(jobs[0].task)
    began = time.perf_counter()
    for start in range(0, len(jobs), size):
        batch = [engine.prepare(job) for job in jobs[start : start + size]]
        engine.run(jobs[0].task, batch)
    return time.perf_counter() - began


def alternate(first: Callable[[], float], second: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    """Median seconds of each side, and the median of the ratios first / second of neighbouring runs."""
    pairs = [(first(), second()) for _ in range(rounds)]
    firsts, seconds = zip(*pairs, strict=True)
    return statistics.median(firsts), statistics.median(seconds), statistics.median(a / b for a, b in pairs)


def _fake(options: FakeOptions) -> EngineConfig:
    return EngineConfig(kind="fake", fake=options)


def _cores() -> int:
    return len(os.sched_getaffinity(0))
