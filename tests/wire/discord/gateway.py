"""The gateway: who is connected, and who hears what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire.discord import rights
from tests.wire.discord.bell import Bell
from tests.wire.discord.findings import Findings
from tests.wire.discord.model import Channel, ChannelKind, Guild
from tests.wire.discord.session import Session
from tests.wire.discord.shape import Json, Shape

PRIVILEGED: Final = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}
FLAGS: Final = {"members": 1 << 15, "presences": 1 << 13, "message_content": 1 << 19}
RECONNECT: Final = 7
INVALID: Final = 9


@dataclass
class GatewayOptions:
    """`granted` names the privileged intents that the portal allows; `shards` is what /gateway/bot advises."""

    heartbeat_s: float = 41.25
    grace_s: float = 0.5
    granted: set[str] = field(default_factory=set)
    shards: int = 1

    @property
    def flags(self) -> int:
        """Of the application, as the portal's switches set them."""
        return sum(FLAGS[name] for name in self.granted)


class Gateway:
    """Sessions outlive connections."""

    def __init__(self, shape: Shape, findings: Findings, bell: Bell, token: str) -> None:
        self.shape = shape
        self.findings = findings
        self.bell = bell
        self.token = token
        self.options = GatewayOptions()
        self.sessions: dict[str, Session] = {}
        self.presences: list[Json] = []
        self.identified = 0
        self.connected = 0

    async def publish(self, event: str, channel: Channel, intents: tuple[int, int], build: Callable[[int], Any]) -> int:
        """Tell all sessions that serve `channel` and asked for it; `intents` are those of guilds and of private chats.

        `build` gets a session's intents, and returns the event's data. Returns how many are connected and were told.
        """
        guild = channel.guild
        heard = 0
        for session in list(self.sessions.values()):
            wanted = intents[0] if guild else intents[1]
            if session.serves(guild.id if guild else None) and session.intents & wanted and self._sees(channel):
                await session.tell(event, build(session.intents))
                heard += session.socket is not None
        return heard

    async def tell(self, event: str, guild: Guild | None, data: Any) -> int:
        """Tell what concerns the bot itself, whatever its intents: interactions, guilds and channels."""
        heard = 0
        for session in list(self.sessions.values()):
            if session.serves(guild.id if guild and guild.has_bot else None):
                await session.tell(event, data)
                heard += session.socket is not None
        return heard

    def _sees(self, channel: Channel) -> bool:
        bot = self.shape.world.bot
        if channel.guild is None:
            return channel.kind is ChannelKind.DM and bot in channel.recipients
        return channel.guild.has_bot and rights.holds(channel, bot, "view_channel")

    async def drop(self, *, resumable: bool = True, code: int = 4000) -> None:
        """Cut all connections; sessions stay when `resumable`."""
        for session in list(self.sessions.values()):
            socket, session.socket = session.socket, None
            if not resumable:
                self.sessions.pop(session.id, None)
            if socket is not None:
                await socket.raw.close(code=code)

    async def order(self, op: int, data: Any = None) -> None:
        """Send RECONNECT or INVALID to everybody connected; an invalid session that may not resume is forgotten."""
        for session in list(self.sessions.values()):
            if op == INVALID and not data:
                self.sessions.pop(session.id, None)
            if session.socket is not None:
                await session.socket.send(op, data)
