"""A Discord of our own on loopback, for tests: REST v10 and gateway v10 as an unmodified discord.py speaks them.

It checks what Discord checks, and writes down what Discord would hold against a bot: `assert_clean` fails a
test. Here is what tests set up on it and what they may do to it; what people do is in `driver`. Nothing knows the bot.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from aiohttp import web

from tests.wire.discord.backend import Backend
from tests.wire.discord.clock import Clock
from tests.wire.discord.connection import connect
from tests.wire.discord.driver import Driver
from tests.wire.discord.edge import API, Edge
from tests.wire.discord.findings import Breach, Findings
from tests.wire.discord.gateway import INVALID, RECONNECT, GatewayOptions
from tests.wire.discord.interaction import RESPONSE_S, Interaction
from tests.wire.discord.limits import Trouble
from tests.wire.discord.model import Channel, File, Guild, Message, Sticker, User
from tests.wire.discord.routes.cdn import Cdn
from tests.wire.discord.routes.commands import Commands
from tests.wire.discord.routes.interactions import Interactions
from tests.wire.discord.routes.messages import Messages
from tests.wire.discord.routes.people import People
from tests.wire.discord.routes.reactions import Reactions
from tests.wire.discord.world import World

TOKEN: Final = "wire-discord.token"  # noqa: S105 - opens only this server
Found = TypeVar("Found")


class Wire(Driver):
    """Runs in the test's event loop; its state survives every bot that connects, in this process or another."""

    token = TOKEN

    def __init__(self) -> None:
        super().__init__(Backend(World(), TOKEN))
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(middlewares=[Edge(self._backend).answer], client_max_size=64 * 1024 * 1024)
        for part in (People, Commands, Messages, Reactions, Interactions):
            app.add_routes([web.route(d.method, API + d.path, d.handler) for d in part(self._backend).routes()])
        app.add_routes(Cdn(self._backend).routes())
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/gateway/", self._gateway)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._backend.shape.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        return await connect(self._backend.gateway, request)

    async def stop(self) -> None:
        await self._backend.gateway.drop(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()

    # --- addresses ----------------------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        return self._backend.shape.base

    @property
    def api_url(self) -> str:
        """What `discord.http.Route.BASE` must be."""
        return self.base_url + API

    @property
    def gateway_url(self) -> str:
        """What `DiscordWebSocket.DEFAULT_GATEWAY` must be; the same as /gateway/bot tells."""
        return self.base_url.replace("http", "ws", 1) + "/gateway"

    # --- what there is ------------------------------------------------------------------------------------------------

    @property
    def bot(self) -> User:
        return self._backend.world.bot

    @property
    def world(self) -> World:
        return self._backend.world

    @property
    def clock(self) -> Clock:
        return self._backend.world.clock

    @property
    def findings(self) -> Findings:
        return self._backend.findings

    @property
    def gateway(self) -> GatewayOptions:
        """To be set before a client connects."""
        return self._backend.gateway.options

    @property
    def identified(self) -> int:
        """How many sessions were begun."""
        return self._backend.gateway.identified

    @property
    def connections(self) -> int:
        """How many sessions were begun or resumed."""
        return self._backend.gateway.connected

    @property
    def resumed(self) -> int:
        return sum(session.resumed for session in self._backend.gateway.sessions.values())

    @property
    def presences(self) -> list[dict[str, Any]]:
        return self._backend.gateway.presences

    @property
    def commands(self) -> list[dict[str, Any]]:
        return list(self._backend.world.commands.values())

    @property
    def command_syncs(self) -> int:
        return self._backend.command_syncs

    @property
    def downloads(self) -> list[str]:
        """Paths of files that were asked for."""
        return self._backend.downloads

    @property
    def interactions(self) -> list[Interaction]:
        return list(self._backend.interactions.values())

    def set_file_life(self, seconds: float) -> None:
        """How long addresses of files written from now on are good for."""
        self._backend.shape.file_life_s = seconds

    def add_user(self, name: str, locale: str = "en-US", *, avatar: File | None = None, bot: bool = False) -> User:
        return self.world.add_user(name, locale, bot=bot, avatar=avatar)

    def add_guild(self, name: str = "Guild", locale: str = "en-US", *, has_bot: bool = True) -> Guild:
        return self.world.add_guild(name, locale, has_bot=has_bot)

    def add_channel(self, guild: Guild, name: str = "general", *, nsfw: bool = False) -> Channel:
        return self.world.add_channel(guild, name, nsfw=nsfw)

    def add_member(self, guild: Guild, user: User, *permissions: str) -> User:
        """Let `user` in, with permissions beyond everyone's."""
        guild.members[user.id] = user
        guild.granted[user.id] = set(permissions)
        return user

    def add_sticker(self, name: str, file: File, kind: int = 1) -> Sticker:
        return self.world.add_sticker(name, file, kind)

    async def announce(self, guild: Guild) -> None:
        """Tell a connected bot of a guild that was added or filled meanwhile."""
        await self._backend.gateway.tell("GUILD_CREATE", guild, self._backend.shape.guild(guild))

    async def revoke(self, permission: str, channel: Channel, user: User | None = None) -> None:
        """Deny it to the bot, or to `user`, in one channel."""
        channel.denied.setdefault((user or self.bot).id, set()).add(permission)
        await self._tell_channel(channel)

    async def grant(self, permission: str, channel: Channel, user: User | None = None) -> None:
        """Take a denial back."""
        channel.denied.get((user or self.bot).id, set()).discard(permission)
        await self._tell_channel(channel)

    async def _tell_channel(self, channel: Channel) -> None:
        await self._backend.gateway.tell("CHANNEL_UPDATE", channel.guild, self._backend.shape.channel(channel))

    # --- trouble ------------------------------------------------------------------------------------------------------

    async def drop_connections(self, *, resumable: bool = True) -> None:
        """Cut every connection; without `resumable` the sessions are forgotten and RESUME is refused."""
        await self._backend.gateway.drop(resumable=resumable)

    async def ask_to_reconnect(self) -> None:
        await self._backend.gateway.order(RECONNECT)

    async def invalidate_sessions(self, *, resumable: bool) -> None:
        await self._backend.gateway.order(INVALID, resumable)

    def rate_limit_next(self, route: str, times: int = 1, *, retry_after_s: float = 0.1) -> None:
        """The next calls of a route, "POST /channels/{channel}/messages", are answered 429."""
        self._trouble(route, Trouble(times, 429, retry_after_s=retry_after_s))

    def fail_next(self, route: str, times: int = 1, *, status: int = 500, code: int = 0) -> None:
        self._trouble(route, Trouble(times, status, code))

    def slow_next(self, route: str, times: int = 1, *, delay_s: float) -> None:
        self._trouble(route, Trouble(times, delay_s=delay_s))

    def set_bucket(self, route: str, limit: int, window_s: float) -> None:
        self._backend.limits.windows[route] = (limit, window_s)

    def _trouble(self, route: str, trouble: Trouble) -> None:
        method, path = route.split()
        assert self._runner is not None
        known = {(each.method, each.resource.canonical) for each in self._runner.app.router.routes() if each.resource}
        assert (method, API + path) in known, f"no route {route}"
        self._backend.limits.troubles[route].append(trouble)

    # --- looking ------------------------------------------------------------------------------------------------------

    async def until(self, look: Callable[[], Found], timeout_s: float = 10.0, what: str = "") -> Found:
        """The first truthy value of `look`."""
        return await self._backend.bell.until(look, timeout_s, what or "what the test waits for")

    async def connected(self, count: int = 1, timeout_s: float = 30.0) -> None:
        """Wait until sessions were begun or resumed `count` times in all, each told of its guilds."""
        await self.until(lambda: self.connections >= count, timeout_s, "a connection of the bot")

    async def next_message(self, channel: Channel, after: Message | None = None, timeout_s: float = 10.0) -> Message:
        """The bot's first message in `channel` that is newer than `after`."""
        newest = after.id if after else 0
        return await self.until(
            lambda: next((each for each in channel.said(self.bot) if each.id > newest and not each.loading), None),
            timeout_s,
            f"a message of the bot in {channel.name!r}",
        )

    def assert_clean(self) -> None:
        """Fails for everything that Discord would hold against the bot, unanswered interactions included."""
        for interaction in self.interactions:
            if interaction.response is None and interaction.heard:
                waited_s = min(time.monotonic() - interaction.asked_at, RESPONSE_S)
                self.findings.add(Breach.UNANSWERED, f"{interaction.describe()}, {waited_s:.1f} s old")
        self.findings.assert_clean()
