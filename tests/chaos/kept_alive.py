"""A bot that is killed with -9 and started again, over and over, while two local platforms go on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot.process import ROOT


@dataclass
class KeptAlive:
    """`start` returns at once; `crash_for` kills and restarts at random moments until cancelled."""

    folder: Path
    variables: Mapping[str, str]
    seed: int = 0
    kills: int = 0
    _logged_before: int = 0
    _process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def start(self) -> None:
        keep = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
        log = (self.folder / "bot.log").open("ab")
        self._logged_before = log.tell()
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                cwd=self.folder,
                env={**keep, "PYTHONPATH": str(ROOT), "WEB_PORT": "0", **self.variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            log.close()

    async def kill(self) -> None:
        """With its workers, as a machine that loses power."""
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            self.kills += 1

    async def crash_for(self, least_s: float, most_s: float) -> None:
        """Kill after a random time of this span, start again at once, and so on; ends when cancelled, running."""
        chance = random.Random(self.seed)
        while True:
            await asyncio.sleep(chance.uniform(least_s, most_s))
            await self.kill()
            await self.start()

    async def logs(self, event: str, timeout_s: float) -> None:
        """Wait until the present process has logged an event."""
        async with asyncio.timeout(timeout_s):
            while event.encode() not in (self.folder / "bot.log").read_bytes()[self._logged_before :]:  # noqa: ASYNC110 - a file has no bell
                await asyncio.sleep(0.2)

    async def stop(self) -> str:
        """Ask it to end, and return what it logged."""
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                await self.kill()
        return (self.folder / "bot.log").read_text(errors="replace")
