"""The limits of a pool, and on which devices its workers live."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from inference.engine import EngineConfig

_COUNT_DEVICES: Final = "import torch; print(torch.cuda.device_count())"
_COUNT_TIMEOUT_S: Final = 120
_NVIDIA_CONTROL: Final = Path("/dev/nvidiactl")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolConfig:
    """Limits of one pool.

    `workers` 0 means one per CUDA device, else one. `capacity` counts jobs that wait, not those with a worker.
    `drain_s` is how long `close` lets jobs inside finish. A worker whose batch runs longer than `batch_limit_s` counts
    as hung and is killed. After `start_attempts` failed starts jobs are refused until a start succeeds; the pause
    before a start doubles from `backoff_s` to `backoff_limit_s`.
    """

    workers: int = 0
    capacity: int = 512
    drain_s: float = 10.0
    batch_limit_s: float = 120.0
    start_attempts: int = 5
    backoff_s: float = 0.5
    backoff_limit_s: float = 30.0


def plan_workers(engine: EngineConfig, workers: int) -> list[EngineConfig]:
    """One configuration per worker: its device and its share of the cores. Takes seconds where there are GPUs."""
    devices = _devices(engine)
    count = workers or len(devices)
    threads = engine.threads or max(1, _usable_cores() // count)
    return [replace(engine, device=devices[i % len(devices)], threads=threads) for i in range(count)]


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _devices(engine: EngineConfig) -> list[str]:
    if engine.kind == "fake" or engine.device not in {"auto", "cuda"}:
        return ["cpu" if engine.device == "auto" else engine.device]
    found = [f"cuda:{i}" for i in range(_count_cuda_devices())]
    return found or ["cpu" if engine.device == "auto" else engine.device]


def _count_cuda_devices() -> int:
    """Ask torch, which honours CUDA_VISIBLE_DEVICES, in a process of its own; without a driver there is no need."""
    if sys.platform == "linux" and not _NVIDIA_CONTROL.exists():
        return 0
    command = [sys.executable, "-c", _COUNT_DEVICES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_COUNT_TIMEOUT_S, check=True)  # noqa: S603
        return int(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        return 0
