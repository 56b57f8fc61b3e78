"""Permissions by name, as Discord's bit sets, and who has which where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tests.wire.discord.model import Channel, ChannelKind, Guild, User
from tests.wire.discord.refusals import missing_access, missing_permissions

BITS: Final = {
    "kick_members": 1 << 1,
    "ban_members": 1 << 2,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "use_application_commands": 1 << 31,
    "send_messages_in_threads": 1 << 38,
    "moderate_members": 1 << 40,
    "use_external_apps": 1 << 50,
}
EVERYONE: Final = (
    "add_reactions",
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "use_application_commands",
    "send_messages_in_threads",
    "use_external_apps",
)
ALL: Final = sum(BITS.values())


def bits(names: Iterable[str]) -> int:
    """Raises KeyError for a permission that this table lacks."""
    return sum(BITS[name] for name in set(names))


def of_everyone(guild: Guild) -> int:
    return bits(EVERYONE) & ~bits(guild.withheld)


def in_guild(guild: Guild, user: User) -> int:
    """What `user` may do before channels take some of it away; everything there is for owners and administrators."""
    granted = of_everyone(guild) | bits(guild.granted.get(user.id, ()))
    return ALL if user.id == guild.owner.id or granted & BITS["administrator"] else granted


def of_member(channel: Channel, user: User) -> int:
    """What `user` may do in `channel`, after the channel's denials; in private channels everything there is."""
    guild = channel.guild
    if guild is None:
        return bits(EVERYONE)
    granted = in_guild(guild, user)
    if granted == ALL:
        return ALL
    place = channel.parent or channel
    return granted & ~bits(place.denied.get(user.id, ()))


def holds(channel: Channel, user: User, *names: str) -> bool:
    return bits(names) & ~of_member(channel, user) == 0


def demand(channel: Channel, user: User, *names: str) -> None:
    """Raises 50001 where `user` does not see the channel, 50013 where a further permission is missing."""
    inside = user.id in channel.guild.members if channel.guild else user in channel.recipients
    if not inside or not holds(channel, user, "view_channel"):
        raise missing_access()
    if not holds(channel, user, *names):
        raise missing_permissions()


def speaking(channel: Channel) -> str:
    return "send_messages_in_threads" if channel.kind is ChannelKind.THREAD else "send_messages"
