"""Updates that wait for the bot: acknowledged by offset, told again until then, one poller at a time."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any, Final

from tests.wire.telegram.faults import ApiError
from tests.wire.telegram.pulse import Pulse

ASKED_FOR_ONLY: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS: Final = ASKED_FOR_ONLY | {
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "my_chat_member",
}


class UpdateQueue:
    """Updates in order. What is allowed is asked when something happens, not when it is fetched."""

    def __init__(self, pulse: Pulse) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.allowed: frozenset[str] = KINDS - ASKED_FOR_ONLY
        self.conflicts = 0
        self._ids = itertools.count(5_000_001)
        self._pulse = pulse
        self._poller: asyncio.Event | None = None

    def allow(self, kinds: list[str] | None) -> None:
        """None keeps what was said before; an empty list means everything that is not asked for by name."""
        if kinds is not None:
            self.allowed = frozenset(kinds) if kinds else KINDS - ASKED_FOR_ONLY

    def push(self, kind: str, body: dict[str, Any]) -> int | None:
        """The id of the new update; None when the bot did not ask for this kind."""
        if kind not in self.allowed:
            return None
        update_id = next(self._ids)
        self.waiting.append({"update_id": update_id, kind: body})
        self._pulse.beat()
        return update_id

    def acknowledge(self, before: int) -> None:
        self.waiting = [update for update in self.waiting if update["update_id"] >= before]
        self._pulse.beat()

    def is_acknowledged(self, update_id: int) -> bool:
        return all(update["update_id"] != update_id for update in self.waiting)

    async def fetch(self, offset: int, limit: int, timeout_s: float) -> list[dict[str, Any]]:
        """Wait for updates from `offset` on. A second caller ends the first one's call with a 409."""
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset:
            self.acknowledge(offset)
        if self._poller:
            self._poller.set()
            self._pulse.beat()
        mine = self._poller = asyncio.Event()
        try:
            await self._wait(mine, timeout_s)
        finally:
            if self._poller is mine:
                self._poller = None
        if mine.is_set():
            self.conflicts += 1
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        return self.waiting[:limit]

    async def _wait(self, ended: asyncio.Event, timeout_s: float) -> None:
        try:
            await self._pulse.until(lambda: bool(self.waiting) or ended.is_set(), timeout_s, "updates")
        except AssertionError:
            return
