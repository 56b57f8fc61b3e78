"""What the bot itself may do where: known from the permissions that Discord tells, remembered where it was refused.

A bot that goes on calling where it is refused gets banned. So rights are looked up before a call, a refusal is kept in
mind until the channel's or the server's rights change, and people are told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import discord
import structlog

from bot.core.texts import say
from bot.core.values import Person

log = structlog.get_logger(__name__)

MAX_CHANNELS: Final = 10_000
SPEAKING: Final = ("view_channel", "send_messages")
POSTING: Final = (*SPEAKING, "attach_files")


class Rights:
    """By channel id. Threads have the rights of their channel, and one of their own for speaking."""

    def __init__(self) -> None:
        self._refused: dict[int, set[str]] = {}
        self._told: set[tuple[int, str]] = set()

    def missing(self, channel: object, names: Iterable[str]) -> str | None:
        """The first right that is missing; None where all are there, and in private conversations."""
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return None
        granted = channel.permissions_for(channel.guild.me)
        refused = self._refused.get(channel.id, set())
        for name in names:
            real = (
                "send_messages_in_threads" if name == "send_messages" and isinstance(channel, discord.Thread) else name
            )
            if not getattr(granted, real) or name in refused:
                return name
        return None

    def refuse(self, channel_id: int, names: Iterable[str]) -> None:
        """Discord said no, whatever its permissions had promised."""
        while len(self._refused) >= MAX_CHANNELS:
            del self._refused[next(iter(self._refused))]
        self._refused.setdefault(channel_id, set()).update(names)
        log.warning("discord.refused", channel_id=channel_id)

    def forget(self, channel_ids: Iterable[int]) -> None:
        """Rights may have changed there: try again, and tell again."""
        gone = set(channel_ids)
        for channel_id in gone:
            self._refused.pop(channel_id, None)
        self._told = {each for each in self._told if each[0] not in gone}

    async def complain(self, message: discord.Message, right: str, person: Person) -> None:
        """Tell once which right is missing: in the channel where that can be done, else whoever asked, in private."""
        key = (message.channel.id, right)
        if key in self._told:
            return
        self._told.add(key)
        log.warning("discord.right_missing", channel_id=message.channel.id, right=right)
        name = say(person.language, f"right.{right}")
        sentence = say(person.language, "discord.right_missing", right=name)
        try:
            if self.missing(message.channel, SPEAKING) is None:
                await message.channel.send(sentence)
            else:
                await message.author.send(sentence)
        except discord.Forbidden:
            log.info("discord.nobody_to_tell", channel_id=message.channel.id)
