"""One WebSocket of a client, from HELLO to its end: whether the client keeps to the gateway's protocol."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Final

import aiohttp
from aiohttp import web

from tests.wire.discord.findings import Breach
from tests.wire.discord.gateway import INVALID, PRIVILEGED, Gateway
from tests.wire.discord.session import Session, Socket
from tests.wire.discord.shape import Json

HEARTBEAT, IDENTIFY, PRESENCE, RESUME, MEMBERS, HELLO, ACK = 1, 2, 3, 6, 8, 10, 11
GUILDS: Final = 1 << 0
SENDS_A_MINUTE: Final = 120


async def connect(gateway: Gateway, request: web.Request) -> web.WebSocketResponse:
    raw = web.WebSocketResponse(max_msg_size=4096 * 4)
    await raw.prepare(request)
    if request.query.get("v") != "10" or request.query.get("encoding") != "json":
        gateway.findings.add(Breach.GATEWAY, f"asked for {request.query_string}")
    socket = Socket(raw, compressed=request.query.get("compress") == "zlib-stream")
    await Connection(gateway, socket).run()
    return raw


class Connection:
    """One WebSocket of the client."""

    def __init__(self, gateway: Gateway, socket: Socket) -> None:
        self._gateway = gateway
        self._socket = socket
        self._session: Session | None = None
        self._beat_at = time.monotonic()
        self._sent: list[float] = []

    async def run(self) -> None:
        interval_s = self._gateway.options.heartbeat_s
        await self._socket.send(HELLO, {"heartbeat_interval": int(interval_s * 1000), "_trace": []})
        watch = asyncio.create_task(self._watch())
        try:
            async for frame in self._socket.raw:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    await self._take(json.loads(frame.data))
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
            if self._session is not None and self._session.socket is self._socket:
                self._session.socket = None

    async def _watch(self) -> None:
        """Close the connection when heartbeats stop altogether."""
        interval_s = self._gateway.options.heartbeat_s
        while True:
            await asyncio.sleep(interval_s / 4)
            if time.monotonic() - self._beat_at > 2 * interval_s + self._gateway.options.grace_s:
                self._note_beat()
                await self._socket.raw.close(code=4009)
                return

    async def _take(self, frame: Json) -> None:
        op, data = frame.get("op"), frame.get("d")
        self._count(op)
        if op == HEARTBEAT:
            self._note_beat()
            await self._socket.send(ACK)
        elif op == IDENTIFY:
            await self._identify(data)
        elif op == RESUME:
            await self._resume(data)
        elif op == PRESENCE and self._session:
            self._gateway.presences.append(data)
        elif op == MEMBERS and self._session:
            await self._members(data)
        else:
            await self._refuse(4001, f"opcode {op} out of turn")
        self._gateway.bell.ring()

    def _count(self, op: int | None) -> None:
        now = time.monotonic()
        self._sent = [each for each in self._sent if each > now - 60] + [now]
        if len(self._sent) > SENDS_A_MINUTE:
            self._gateway.findings.add(Breach.GATEWAY, f"more than {SENDS_A_MINUTE} frames a minute (op {op})")

    def _note_beat(self) -> None:
        options, now = self._gateway.options, time.monotonic()
        late_s = now - self._beat_at - options.heartbeat_s
        self._beat_at = now
        self._gateway.findings.heartbeat_lateness_s.append(late_s)
        if late_s > options.grace_s:
            self._gateway.findings.add(Breach.HEARTBEAT, f"{late_s:.2f} s after its time")

    async def _refuse(self, code: int, why: str, breach: Breach = Breach.GATEWAY) -> None:
        self._gateway.findings.add(breach, why)
        await self._socket.raw.close(code=code)

    async def _identify(self, data: Json) -> None:
        gateway, intents = self._gateway, data.get("intents", 0)
        shard, shards = data.get("shard", (0, 1))
        refused = [name for name, bit in PRIVILEGED.items() if intents & bit and name not in gateway.options.granted]
        if data.get("token") != gateway.token:
            await self._refuse(4004, "IDENTIFY with a wrong token", Breach.TOKEN)
        elif self._session is not None:
            await self._refuse(4005, "second IDENTIFY on one connection")
        elif not 0 <= shard < shards:
            await self._refuse(4010, f"shard {shard} of {shards}")
        elif refused:
            await self._refuse(4014, ", ".join(refused), Breach.INTENTS)
        else:
            await self._greet(Session(shard, shards, intents, self._socket), data.get("presence"))

    async def _greet(self, session: Session, presence: Json | None) -> None:
        gateway, world = self._gateway, self._gateway.shape.world
        self._session = session
        gateway.sessions = {each.id: each for each in gateway.sessions.values() if each.shard != session.shard}
        gateway.sessions[session.id] = session
        gateway.identified += 1
        if presence is not None:
            gateway.presences.append(presence)
        mine = [each for each in world.guilds.values() if each.has_bot and session.serves(each.id)]
        about = {"id": str(world.bot.id), "flags": gateway.options.flags}
        await session.tell(
            "READY",
            {
                "v": 10,
                "user": gateway.shape.user(world.bot),
                "guilds": [{"id": str(each.id), "unavailable": True} for each in mine],
                "session_id": session.id,
                "resume_gateway_url": gateway.shape.base.replace("http", "ws", 1) + "/gateway",
                "shard": [session.shard, session.shards],
                "application": about,
            },
        )
        if session.intents & GUILDS:
            for guild in mine:
                await session.tell("GUILD_CREATE", gateway.shape.guild(guild))
        gateway.connected += 1
        gateway.bell.ring()

    async def _resume(self, data: Json) -> None:
        session = self._gateway.sessions.get(data.get("session_id", ""))
        if data.get("token") != self._gateway.token:
            await self._refuse(4004, "RESUME with a wrong token", Breach.TOKEN)
        elif session is None:
            await self._socket.send(INVALID, False)
        elif data["seq"] > session.number:
            await self._refuse(4007, f"RESUME from event {data['seq']} of {session.number}")
        else:
            self._session = session
            await session.replay(self._socket, data["seq"])
            self._gateway.connected += 1

    async def _members(self, data: Json) -> None:
        assert self._session is not None
        guild = self._gateway.shape.world.guild(str(data["guild_id"]))
        wanted = {str(each) for each in data.get("user_ids", ())}
        found = [user for user in guild.members.values() if not wanted or str(user.id) in wanted]
        chunk = {"guild_id": str(guild.id), "members": [self._gateway.shape.member(guild, each) for each in found]}
        await self._session.tell(
            "GUILD_MEMBERS_CHUNK", {**chunk, "chunk_index": 0, "chunk_count": 1, "nonce": data.get("nonce")}
        )
