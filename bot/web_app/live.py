"""Every open browser, and how news reaches it: one bounded queue per socket, so that a slow one delays nobody."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Final

from aiohttp import WSCloseCode, web

QUEUE_EVENTS: Final = 500
HEARTBEAT_S: Final = 20.0
MAX_INCOMING_BYTES: Final = 1024

Event = dict[str, Any]


class Listener:
    """One open browser tab."""

    def __init__(self, visitor_id: str, socket: web.WebSocketResponse) -> None:
        self.visitor_id = visitor_id
        self.socket = socket
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_EVENTS)

    def tell(self, event: Event) -> bool:
        """False when the browser reads too slowly to keep."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            return False
        return True

    async def write(self) -> None:
        """Send what is queued until the socket closes."""
        with contextlib.suppress(ConnectionError):
            while not self.socket.closed:
                await self.socket.send_json(await self._queue.get())


class Live:
    """All listeners. Presence counts people, not tabs."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._closing: set[asyncio.Task[bool]] = set()

    @property
    def presence(self) -> int:
        return len({listener.visitor_id for listener in self._listeners})

    def tell_all(self, event_for: Callable[[str], Event]) -> None:
        """Queue an event for everybody; `event_for` gets the visitor's id. Who is hopelessly behind is cut off."""
        for listener in list(self._listeners):
            if not listener.tell(event_for(listener.visitor_id)):
                self._listeners.discard(listener)
                self._cut_off(listener)

    async def serve(self, listener: Listener, first: Event) -> None:
        """Greet one browser and keep it until it leaves."""
        listener.tell(first)
        self._listeners.add(listener)
        self._tell_presence()
        writer = asyncio.create_task(listener.write())
        try:
            async for _ in listener.socket:
                pass  # browsers speak by POST; reading on keeps the heartbeat going
        finally:
            writer.cancel()
            self._listeners.discard(listener)
            self._tell_presence()

    async def close(self) -> None:
        for listener in list(self._listeners):
            await listener.socket.close(code=WSCloseCode.GOING_AWAY)

    def _tell_presence(self) -> None:
        count = self.presence
        self.tell_all(lambda _: {"type": "presence", "count": count})

    def _cut_off(self, listener: Listener) -> None:
        task = asyncio.create_task(listener.socket.close(code=WSCloseCode.TRY_AGAIN_LATER))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
