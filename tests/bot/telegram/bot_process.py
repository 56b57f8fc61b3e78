"""`python -m bot`, told of nothing but the local Telegram; killed and started again over one folder."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path

from tests.bot.process import start
from tests.wire.telegram import TelegramWire

NO_LIMITS = {
    "REQUESTS_PER_MINUTE": "6000",
    "REQUESTS_BURST": "1000",
    "CHAT_REQUESTS_PER_MINUTE": "60000",
    "CHAT_REQUESTS_BURST": "1000",
}


class BotProcess:
    """One process after the other."""

    def __init__(self, folder: Path, wire: TelegramWire, **variables: str) -> None:
        self._folder = folder
        self._wire = wire
        self._variables = {**NO_LIMITS, "TELEGRAM_TOKEN": wire.token, "TELEGRAM_API_URL": wire.origin, **variables}
        self._life = contextlib.AsyncExitStack()
        self._process: Process | None = None

    async def start(self) -> None:
        """Returns once the bot asks for updates, or has said where it wants them sent."""
        before = self._asked()
        self._process = await self._life.enter_async_context(start(self._folder, **self._variables))
        await self._wire.until(lambda: self._asked() > before, 60, "the bot to come up")

    async def end(self, number: int = signal.SIGKILL) -> tuple[int, str]:
        """Exit code and standard error."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(30):
            _, errors = await self._process.communicate()
        await self._life.aclose()
        return self._process.returncode or 0, errors.decode()

    async def close(self) -> None:
        await self._life.aclose()

    def _asked(self) -> int:
        return len(self._wire.calls("getUpdates")) + len(self._wire.calls("setWebhook"))


@contextlib.asynccontextmanager
async def bot_process(folder: Path, wire: TelegramWire, **variables: str) -> AsyncIterator[BotProcess]:
    process = BotProcess(folder, wire, **variables)
    await process.start()
    try:
        yield process
    finally:
        await process.close()
