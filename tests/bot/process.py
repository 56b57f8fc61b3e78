"""The bot as people start it: a process of its own, told everything by its environment."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPENING_S = 60


@asynccontextmanager
async def start(folder: Path, **variables: str) -> AsyncIterator[Process]:
    """`memesmith run` in a folder, on a port of the system's choice; killed at the end if it still runs."""
    keep = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    environment = {**keep, "PYTHONPATH": str(ROOT), "ENGINE": "fake", "WEB_PORT": "0", **variables}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=folder, env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def read_address(process: Process) -> str:
    """Where the room is, once the process says so."""
    assert process.stdout is not None
    async with asyncio.timeout(OPENING_S):
        while line := (await process.stdout.readline()).decode():
            if found := re.search(r"http://\S+", line):
                return found[0]
    raise AssertionError("the room never said where it is")
