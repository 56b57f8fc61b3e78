"""The library's client: as many shards as it takes, and what it hears passed on to whom it concerns."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar, cast

import discord
import structlog

from bot.core.chat_stores import OpenEvent
from bot.core.core import Core
from bot.core.texts import say
from bot.core.values import Notice
from bot.discord_app import commands
from bot.discord_app._addresses import Addresses
from bot.discord_app._answers import send_arguments
from bot.discord_app._desk import Desk
from bot.discord_app._files import Files
from bot.discord_app._inbox import find_again, guild_of, is_message, is_too_old
from bot.discord_app._messages import Messages
from bot.discord_app._requests import Request
from bot.discord_app.convert import PLATFORM, to_person, to_place
from bot.discord_app.options import DiscordOptions
from bot.discord_app.reactions import Reactions
from bot.discord_app.replies import notice_body

log = structlog.get_logger(__name__)

GREETING: Final = "/meme"

Handler = TypeVar("Handler", bound=Callable[..., Coroutine[Any, Any, None]])


def ended_with_the_client(handler: Handler) -> Handler:
    """The library forgets the task it starts for an event; these are kept, so that `Client.close` can end them."""

    @functools.wraps(handler)
    async def kept(self: Client, *event: Any) -> None:
        if not self._is_ending:
            await self.keep(asyncio.create_task(handler(self, *event)))

    return cast("Handler", kept)


class Client(discord.AutoShardedClient):
    """The library's client with handlers; it keeps neither messages nor members."""

    def __init__(self, core: Core, options: DiscordOptions, *, message_content: bool) -> None:
        # Nobody who runs a bot that never speaks needs to read that voice is missing.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it does not speak
        super().__init__(
            intents=intents_for(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            activity=discord.CustomActivity(GREETING),
        )
        self._core = core
        addresses = Addresses(options.api_url)
        self.files = Files(addresses, options.max_picture_mb * 2**20, self._read_message)
        self._desk = Desk(core, self.files, self)
        self._messages = Messages(core, self._desk, self.files, self)
        self._reactions = Reactions(core, self, self._desk.settle)
        self._left: list[OpenEvent] = []
        self._resumed: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_ending = False
        core.attach(PLATFORM, self.files)

    async def setup_hook(self) -> None:
        await self.files.open()

    async def close(self) -> None:
        """What is being worked on is taken up again at the next start."""
        self._is_ending = True
        await self._end_work()
        await super().close()
        await self.files.close()

    async def _end_work(self) -> None:
        """Before connections and the database go: nobody is left who would use them."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def take_up(self) -> None:
        """Answer what an earlier process left open: interactions now, by their tokens; messages once connected."""
        for event in await self._core.inbox.pending(PLATFORM):
            entry = find_again(self._core.inbox, event)
            if not self.serves(guild_of(event)):
                continue
            if is_too_old(event):
                await entry.close()
            elif is_message(event):
                self._left.append(event)
            else:
                self._resumed.add(self._spawn(self._desk.resume(entry)))

    def serves(self, guild_id: int) -> bool:
        """Whether a server, or 0 for private chats, belongs to the shards of this process."""
        return self._shard_of(guild_id) in (self.shard_ids or [0])

    def _shard_of(self, guild_id: int) -> int:
        return (guild_id >> 22) % (self.shard_count or 1)

    @ended_with_the_client
    async def on_shard_ready(self, shard_id: int) -> None:
        """A new session has missed whatever happened before it."""
        log.info("discord.ready", shard_id=shard_id)
        here = [event for event in self._left if self._shard_of(guild_of(event)) == shard_id]
        self._left = [event for event in self._left if event not in here]
        for event in here:
            self._resumed.add(self._spawn(self._messages.resume(find_again(self._core.inbox, event))))
        self._spawn(self._read_back(shard_id))

    @ended_with_the_client
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        match interaction.type:
            case discord.InteractionType.autocomplete:
                await self._complete(interaction)
            case discord.InteractionType.application_command if commands.is_invite(interaction):
                await self._invite(interaction)
            case discord.InteractionType.application_command:
                await self._serve(interaction, commands.read_command(interaction, self.files))
            case discord.InteractionType.component:
                await self._serve(interaction, commands.read_press(interaction))
            case discord.InteractionType.modal_submit:
                await self._serve(interaction, commands.read_form(interaction))
            case _:
                pass

    @ended_with_the_client
    async def on_message(self, message: discord.Message) -> None:
        await self._messages.heard(message)

    @ended_with_the_client
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        await self._messages.edited(payload.message)

    @ended_with_the_client
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self._messages.deleted(payload.guild_id, payload.channel_id, [payload.message_id])

    @ended_with_the_client
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        await self._messages.deleted(payload.guild_id, payload.channel_id, payload.message_ids)

    @ended_with_the_client
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        await self._reactions.changed(payload)

    @ended_with_the_client
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        await self._reactions.changed(payload)

    @ended_with_the_client
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        await self._reactions.cleared(payload)

    @ended_with_the_client
    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        await self._reactions.cleared(payload)

    @ended_with_the_client
    async def on_guild_channel_update(self, _before: object, after: discord.abc.GuildChannel) -> None:
        threads = [each.id for each in getattr(after, "threads", ())]
        self._rights_changed([after.id, *threads])

    @ended_with_the_client
    async def on_member_update(self, _before: object, after: discord.Member) -> None:
        """Of the bot itself alone, as it does not ask to be told of members."""
        self._rights_changed([each.id for each in (*after.guild.channels, *after.guild.threads)])

    @ended_with_the_client
    async def on_guild_role_update(self, _before: object, after: discord.Role) -> None:
        self._rights_changed([each.id for each in (*after.guild.channels, *after.guild.threads)])

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """By its type alone: what went wrong may quote what people wrote."""
        error = sys.exc_info()[1]
        if not self.is_closed():
            log.error("discord.failed", handler=event_method, error=type(error).__name__)

    def _rights_changed(self, channel_ids: list[int]) -> None:
        self._messages.rights.forget(channel_ids)
        self._reactions.forget(channel_ids)

    async def _serve(self, interaction: discord.Interaction[Any], request: Request | None) -> None:
        if request is not None:
            await self._desk.serve(interaction, request)
            return
        language = await self._core.language(to_person(interaction), to_place(interaction))
        body = notice_body(Notice(say(language, "command.unknown")))
        await interaction.response.send_message(**send_arguments(body), ephemeral=True)

    async def _complete(self, interaction: discord.Interaction[Any]) -> None:
        """Nothing offered is better than an error under what somebody types."""
        try:
            await interaction.response.autocomplete(await commands.complete(interaction, self._core))
        except discord.HTTPException as error:
            log.info("discord.not_completed", code=error.code)

    async def _invite(self, interaction: discord.Interaction[Any]) -> None:
        language = await self._core.language(to_person(interaction), to_place(interaction))
        view = commands.invite_view(interaction.application_id, language)
        await interaction.response.send_message(say(language, "discord.invite"), view=view, ephemeral=True)

    async def _read_message(self, channel_id: int, message_id: int) -> discord.Message:
        return await self.get_partial_messageable(channel_id).fetch_message(message_id)

    async def _read_back(self, shard_id: int) -> None:
        """Once more when leftovers are done: emoji may stand on a meme that the core knows of only now."""
        await self._reactions.reconcile(shard_id)
        if self._resumed:
            await asyncio.wait(self._resumed)
            await self._reactions.reconcile(shard_id)

    def keep(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        """Remember a task until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self.keep(asyncio.create_task(work))


def intents_for(*, message_content: bool) -> discord.Intents:
    """One by one, so that none is asked for by accident; only the last is privileged."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        dm_messages=True,
        guild_reactions=True,
        dm_reactions=True,
        message_content=message_content,
    )
