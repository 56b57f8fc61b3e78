"""Everything that exists on the wire, by id, and how it comes to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord import refusals
from tests.wire.discord.clock import Clock
from tests.wire.discord.model import Attachment, Channel, ChannelKind, File, Guild, Message, Sticker, User


@dataclass
class World:
    """All state; it outlives every connection of the bot."""

    clock: Clock = field(default_factory=Clock)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    attachments: dict[int, Attachment] = field(default_factory=dict)
    stickers: dict[int, Sticker] = field(default_factory=dict)
    emoji: dict[int, File] = field(default_factory=dict)
    commands: dict[int, dict[str, Any]] = field(default_factory=dict)
    portal: dict[str, Any] = field(default_factory=dict)
    """What the application's owner set in the portal, beside the privileged intents."""

    def __post_init__(self) -> None:
        self.bot = self.add_user("Memesmith", bot=True)
        self.owner = self.add_user("Olga")

    def add_user(self, name: str, locale: str = "en-US", *, bot: bool = False, avatar: File | None = None) -> User:
        user = User(self.clock.new_id(), name, locale, bot, avatar)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, locale: str = "en-US", *, has_bot: bool = True) -> Guild:
        guild = Guild(self.clock.new_id(), name, self.owner, locale, has_bot, joined_at=self.clock.stamp())
        guild.members[self.owner.id] = self.owner
        if has_bot:
            guild.members[self.bot.id] = self.bot
        self.guilds[guild.id] = guild
        return guild

    def add_channel(self, guild: Guild, name: str, *, nsfw: bool = False) -> Channel:
        channel = Channel(self.clock.new_id(), name, ChannelKind.TEXT, guild, nsfw=nsfw)
        guild.channels.append(channel)
        self.channels[channel.id] = channel
        return channel

    def add_thread(self, parent: Channel, name: str) -> Channel:
        thread = Channel(self.clock.new_id(), name, ChannelKind.THREAD, parent.guild, parent, parent.nsfw)
        assert parent.guild is not None
        parent.guild.channels.append(thread)
        self.channels[thread.id] = thread
        return thread

    def open_dm(self, *people: User) -> Channel:
        """The private channel of exactly these people, who may include the bot."""
        for channel in self.channels.values():
            if channel.guild is None and set(channel.recipients) == set(people):
                return channel
        kind = ChannelKind.DM if len(people) <= 2 else ChannelKind.GROUP_DM
        channel = Channel(self.clock.new_id(), "", kind, recipients=tuple(people))
        self.channels[channel.id] = channel
        return channel

    def add_sticker(self, name: str, file: File, kind: int = 1) -> Sticker:
        sticker = Sticker(self.clock.new_id(), name, kind, file)
        self.stickers[sticker.id] = sticker
        return sticker

    def attach(self, file: File, channel: Channel, description: str | None = None) -> Attachment:
        attachment = Attachment(self.clock.new_id(), file, channel.id, description)
        self.attachments[attachment.id] = attachment
        return attachment

    def attach_all(self, files: Iterable[File], channel: Channel) -> list[Attachment]:
        return [self.attach(file, channel) for file in files]

    def guild(self, guild_id: str) -> Guild:
        """One that the bot is in; raises 10004 for others."""
        guild = self.guilds.get(_number(guild_id))
        if guild is None or not guild.has_bot:
            raise refusals.unknown_guild()
        return guild

    def channel(self, channel_id: str) -> Channel:
        channel = self.channels.get(_number(channel_id))
        if channel is None:
            raise refusals.unknown_channel()
        return channel

    def message(self, channel: Channel, message_id: str) -> Message:
        """One that everybody sees: an ephemeral message is unknown outside its interaction."""
        message = channel.messages.get(_number(message_id))
        if message is None or message.ephemeral:
            raise refusals.unknown_message()
        return message

    def user(self, user_id: str) -> User:
        user = self.users.get(_number(user_id))
        if user is None:
            raise refusals.unknown_user()
        return user


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1
