"""One gateway session: what one shard was told, numbered, so that it can be told again after a reconnect."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

REPLAYED_EVENTS: Final = 5_000


class Socket:
    """A WebSocket that speaks JSON, compressed as one zlib stream where the client asked for it."""

    def __init__(self, raw: web.WebSocketResponse, *, compressed: bool) -> None:
        self.raw = raw
        self._zlib = zlib.compressobj() if compressed else None

    async def send(self, op: int, data: Any = None, number: int | None = None, event: str | None = None) -> None:
        text = json.dumps({"op": op, "d": data, "s": number, "t": event})
        if self._zlib is None:
            await self.raw.send_str(text)
        else:
            await self.raw.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))


@dataclass(eq=False)
class Session:
    """`socket` is None while the client is away; what happens meanwhile waits in `told`."""

    shard: int
    shards: int
    intents: int
    socket: Socket | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    number: int = 0
    told: deque[tuple[int, str, Any]] = field(default_factory=lambda: deque(maxlen=REPLAYED_EVENTS))
    resumed: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def tell(self, event: str, data: Any) -> None:
        """Number an event, keep it, and send it when somebody listens."""
        async with self._turn:
            await self._tell(event, data)

    async def replay(self, socket: Socket, after: int) -> None:
        """Send everything told since event number `after` to a new socket, then RESUMED; later events wait."""
        async with self._turn:
            for number, event, data in [each for each in self.told if each[0] > after]:
                await socket.send(0, data, number, event)
            self.socket = socket
            self.resumed += 1
            await self._tell("RESUMED", {"_trace": []})

    async def _tell(self, event: str, data: Any) -> None:
        self.number += 1
        self.told.append((self.number, event, data))
        if self.socket is None or self.socket.raw.closed:
            return
        try:
            await self.socket.send(0, data, self.number, event)
        except ConnectionError:
            self.socket = None

    def serves(self, guild_id: int | None) -> bool:
        """Private chats belong to shard 0."""
        return self.shard == (0 if guild_id is None else (guild_id >> 22) % self.shards)
