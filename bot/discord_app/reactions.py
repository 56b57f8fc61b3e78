"""Emoji on the bot's memes: counted as they come, read back where the bot was away, shown on the buttons.

Only raw events are used: the library knows no old messages. What an emoji is worth is the core's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import discord
import structlog

from bot.core.core import Core
from bot.core.stores import StoredMeme
from bot.core.turns import Turns
from bot.core.values import Listed, Place, Votes
from bot.discord_app.convert import PLATFORM, place_at, to_listed, to_reacted
from bot.discord_app.replies import recount

log = structlog.get_logger(__name__)

RECOUNT_AFTER_S: Final = 2.0
READERS: Final = 2
GONE: Final = frozenset({10003, 10008})


class Reactions:
    """`settle` waits until the core knows of all memes that stand in chats; False when it knew already."""

    def __init__(self, core: Core, client: discord.Client, settle: Callable[[], Awaitable[bool]]) -> None:
        self._core = core
        self._client = client
        self._settle = settle
        self._turns = Turns()
        self._recounts: dict[int, Votes] = {}
        self._unreadable: set[int] = set()

    async def changed(self, payload: discord.RawReactionActionEvent) -> None:
        """Events of one message are counted in the order in which they came."""
        reacted = to_reacted(payload)
        if reacted.person.bot or payload.user_id == self._client.application_id:
            return
        async with self._turns.of(str(payload.message_id)):
            votes = await self._core.react(reacted)
            if votes is None and await self._settle():  # people are quick: the meme may have been posted this moment
                votes = await self._core.react(reacted)
        await self._show(payload.channel_id, payload.message_id, votes)

    async def cleared(self, payload: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent) -> None:
        """A moderator took emoji off: all of them, or those of one kind, and then the others are read back."""
        place = place_at(payload.guild_id, payload.channel_id)
        if isinstance(payload, discord.RawReactionClearEmojiEvent):
            await self._read_back(place, payload.channel_id, payload.message_id)
            return
        async with self._turns.of(str(payload.message_id)):
            votes = await self._core.reconcile(Listed(place=place, message_id=str(payload.message_id), emoji={}))
        await self._show(payload.channel_id, payload.message_id, votes)

    async def reconcile(self, shard_id: int) -> None:
        """Read back the emoji on the last memes of a shard, the newest first, after events may have been missed."""
        waiting = [meme for meme in await self._core.memes_to_reconcile(PLATFORM) if self._is_on(meme, shard_id)]
        slots = asyncio.Semaphore(READERS)

        async def read(meme: StoredMeme) -> None:
            async with slots:
                channel_id = int(meme.channel_id or meme.chat_id)
                guild_id = None if meme.chat_id == meme.channel_id else int(meme.chat_id)
                await self._read_back(place_at(guild_id, channel_id), channel_id, int(meme.message_id))

        await asyncio.gather(*(read(meme) for meme in waiting))
        log.info("discord.reconciled", shard_id=shard_id, memes=len(waiting))

    def forget(self, channel_ids: Iterable[int]) -> None:
        """Rights may have changed there."""
        self._unreadable.difference_update(channel_ids)

    def _is_on(self, meme: StoredMeme, shard_id: int) -> bool:
        """In a server where the bot is, or in a private chat, which are shard 0's; elsewhere nothing can be read."""
        if meme.chat_id == meme.channel_id:
            return shard_id == 0
        guild = self._client.get_guild(int(meme.chat_id))
        return guild is not None and guild.shard_id == shard_id

    async def _read_back(self, place: Place, channel_id: int, message_id: int) -> None:
        """Take over what Discord lists; a message that is gone is forgotten, a channel that refuses is asked once."""
        if channel_id in self._unreadable:
            return
        async with self._turns.of(str(message_id)):
            try:
                message = await self._client.get_partial_messageable(channel_id).fetch_message(message_id)
                votes = await self._core.reconcile(await to_listed(message, place))
                if votes is not None and (view := recount(message, votes)):
                    await message.edit(view=view)
            except discord.Forbidden:
                self._unreadable.add(channel_id)
            except discord.NotFound as error:
                if error.code in GONE:
                    await self._core.taken_down(place, str(message_id))
            except discord.HTTPException as error:
                log.warning("discord.not_reconciled", message_id=message_id, status=error.status)

    async def _show(self, channel_id: int, message_id: int, votes: Votes | None) -> None:
        """Put new numbers on a message's buttons, after a while and together: a burst of emoji is one edit."""
        if votes is None:
            return
        waiting = message_id in self._recounts
        self._recounts[message_id] = votes
        if waiting or channel_id in self._unreadable:
            return
        await asyncio.sleep(RECOUNT_AFTER_S)
        latest = self._recounts.pop(message_id)
        try:
            message = await self._client.get_partial_messageable(channel_id).fetch_message(message_id)
            if view := recount(message, latest):
                await message.edit(view=view)
        except discord.Forbidden:
            self._unreadable.add(channel_id)
        except discord.HTTPException as error:
            log.info("discord.not_recounted", message_id=message_id, status=error.status)
