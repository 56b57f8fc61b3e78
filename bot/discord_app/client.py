"""The bot on Discord from start to stop: logged in, its commands sent, its shards shared out, connected."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import aiohttp
import discord
import structlog

from bot.core.core import Core
from bot.core.errors import FrontEndUnavailable
from bot.discord_app._addresses import Addresses, use_gateway
from bot.discord_app._client import Client
from bot.discord_app._registry import sync_commands
from bot.discord_app.options import DiscordOptions

log = structlog.get_logger(__name__)

OUT_OF_REACH: Final = (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError)
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 60.0


class DiscordUnavailable(FrontEndUnavailable):
    """The bot cannot be on Discord as set; `str(error)` is the sentence to read."""


class DiscordChat:
    """The bot on Discord from start to stop."""

    def __init__(self, core: Core, options: DiscordOptions) -> None:
        self._core = core
        self._options = options
        self._running: asyncio.Task[None] | None = None
        self.client = Client(core, options, message_content=options.message_content)

    async def start(self) -> None:
        """Log in and begin to connect; raises DiscordUnavailable for settings that cannot be right.

        A Discord that is out of reach is waited for in the background. To be stopped even where this raises.
        """
        Addresses(self._options.api_url).apply()
        try:
            await self._set_up()
        except OUT_OF_REACH as error:
            log.warning("discord.out_of_reach", address=self._options.api_url, error=type(error).__name__)
            self._running = asyncio.create_task(self._try_again())
        else:
            self._running = asyncio.create_task(self._connect())

    async def stop(self) -> None:
        await self.client.close()
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    async def _set_up(self) -> None:
        """Everything before the gateway; what an earlier process left open is taken up."""
        try:
            await self._log_in()
        except discord.LoginFailure as error:
            raise DiscordUnavailable(
                "Discord does not know this DISCORD_TOKEN; docs/discord.md says how to get one."
            ) from error
        await self._share_out()
        if self._options.cluster == 0 and await sync_commands(self.client, self._core.marks):
            log.info("discord.commands_sent")
        await self.client.take_up()

    async def _try_again(self) -> None:
        """Until Discord is there; what is wrong then is logged, as nobody waits at the start any more."""
        pause_s = FIRST_PAUSE_S
        while True:
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            await self.client.close()
            self.client = Client(self._core, self._options, message_content=self._options.message_content)
            try:
                await self._set_up()
            except DiscordUnavailable as error:
                log.error("discord.unavailable", hint=str(error))  # noqa: TRY400 - the sentence says it all
                return
            except OUT_OF_REACH as error:
                log.warning("discord.out_of_reach", error=type(error).__name__, next_try_s=pause_s)
            else:
                await self._connect()
                return

    async def _log_in(self) -> None:
        """With the message-content intent only where it is wanted and granted: Discord cuts off who asks for more."""
        await self.client.login(self._options.token)
        flags = self.client.application_flags
        granted = flags.gateway_message_content or flags.gateway_message_content_limited
        if self._options.message_content and not granted:
            _without_intent().warning("discord.intent_missing")
            await self.client.close()
            self.client = Client(self._core, self._options, message_content=False)
            await self.client.login(self._options.token)
        elif not self._options.message_content:
            _without_intent().info("discord.without_message_content")

    async def _share_out(self) -> None:
        """Ask where the gateway is and how many shards it takes, and keep those of this process's cluster."""
        advised, url, limit = await self.client.http.get_bot_gateway()
        use_gateway(url)
        shards = self._options.shards or advised
        self.client.shard_count = shards
        self.client.shard_ids = list(range(self._options.cluster, shards, self._options.clusters))
        if not self.client.shard_ids:
            raise DiscordUnavailable(f"DISCORD_CLUSTER {self._options.cluster} has none of the {shards} shards.")
        if limit["remaining"] < len(self.client.shard_ids):
            hours = -(-limit["reset_after"] // 3_600_000)
            raise DiscordUnavailable(
                f"Discord lets this bot begin no more sessions for up to {hours} h: too many starts."
            )

    async def _connect(self) -> None:
        try:
            await self.client.connect()
        except discord.PrivilegedIntentsRequired:
            _without_intent().error("discord.intent_refused")
        except Exception as error:  # noqa: BLE001 - the edge of a task: whatever ended it must be seen
            log.error("discord.lost", error=type(error).__name__)  # noqa: TRY400


def _without_intent() -> Any:
    """The log, with a word on what the missing intent means."""
    return log.bind(
        hint="Without the message-content intent everything works but reading messages that do not concern the bot, "
        "such as the picture that somebody replies to; the menu Apps on a message always works."
    )
