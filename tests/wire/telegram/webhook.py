"""Delivery to the bot's own address: one update after the other, each again until it is taken with a 200."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from typing import Any, Final

import aiohttp

from tests.wire.telegram.faults import wrong_request
from tests.wire.telegram.pulse import Pulse
from tests.wire.telegram.updates import UpdateQueue

ADDRESS: Final = re.compile(r"(https?)://([^/:]+)(?::(\d+))?(/.*)?")
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
PORTS: Final = frozenset({443, 80, 88, 8443})
RETRY_S: Final = 0.1
TIMEOUT_S: Final = 10.0


class Webhook:
    """Where updates go when the bot does not poll. Loopback may use http and any port, as in local mode."""

    def __init__(self, updates: UpdateQueue, pulse: Pulse) -> None:
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.last_error: tuple[int, str] | None = None
        self.deliveries = 0
        self._updates = updates
        self._pulse = pulse
        self._task: asyncio.Task[None] | None = None

    async def set(self, url: str, secret: str, max_connections: int) -> None:
        """An empty address ends the delivery."""
        if url:
            _check_address(url)
        if secret and not SECRET.fullmatch(secret):
            raise wrong_request("secret token contains unallowed characters")
        if not 1 <= max_connections <= 100:
            raise wrong_request("max_connections must be between 1 and 100")
        await self.close()
        self.url, self.secret, self.max_connections = url, secret, max_connections
        if url:
            self._task = asyncio.create_task(self._deliver_all())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def info(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.waiting),
            "max_connections": self.max_connections,
            "allowed_updates": sorted(self._updates.allowed),
        }
        if self.last_error:
            body |= {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]}
        return body

    async def _deliver_all(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session:
            while True:
                await self._pulse.until(lambda: bool(self._updates.waiting), 1e9, "updates")
                update = self._updates.waiting[0]
                if await self._deliver(session, update):
                    self._updates.acknowledge(update["update_id"] + 1)
                else:
                    await asyncio.sleep(RETRY_S)

    async def _deliver(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as response:
                self.deliveries += 1
                if response.ok:
                    return True
                problem = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            problem = f"Connection failed: {type(error).__name__}"
        self.last_error = (int(time.time()), problem)
        return False


def _check_address(url: str) -> None:
    match = ADDRESS.fullmatch(url)
    if match is None:
        raise wrong_request("bad webhook: invalid URL")
    scheme, host, port, _ = match.groups()
    if host in {"127.0.0.1", "localhost"}:
        return
    if scheme != "https":
        raise wrong_request("bad webhook: An HTTPS URL must be provided for webhook")
    if int(port or 443) not in PORTS:
        raise wrong_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
