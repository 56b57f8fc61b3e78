"""People, guilds, channels and messages as the JSON that Discord sends."""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import quote

from tests.wire.discord import rights
from tests.wire.discord.model import Attachment, Channel, ChannelKind, Guild, Message, Sticker, User
from tests.wire.discord.world import World

Json = dict[str, Any]
MESSAGE_CONTENT: Final = 1 << 15
COMMAND_MESSAGE: Final = 20
REPLY_MESSAGE: Final = 19
EMPTY_IN_GUILDS: Final = (
    "features",
    "emojis",
    "stickers",
    "presences",
    "voice_states",
    "stage_instances",
    "guild_scheduled_events",
    "soundboard_sounds",
)


class Shape:
    """Writes JSON; file addresses point at `base` and expire after `file_life_s`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = ""
        self.file_life_s = 86_400.0

    def user(self, user: User) -> Json:
        return {
            "id": str(user.id),
            "username": user.name.lower(),
            "global_name": user.name,
            "discriminator": "0",
            "avatar": avatar_hash(user),
            "bot": user.bot,
            "public_flags": 0,
        }

    def member(self, guild: Guild, user: User, *, whole: bool = True) -> Json:
        """Without the user itself, as messages carry it, where not `whole`."""
        roles = [str(user.id)] if guild.granted.get(user.id) else []
        known = {"roles": roles, "joined_at": guild.joined_at, "deaf": False, "mute": False, "flags": 0}
        return {**known, "nick": None, "avatar": None, **({"user": self.user(user)} if whole else {})}

    def guild(self, guild: Guild) -> Json:
        everyone = _role(guild.id, "@everyone", rights.of_everyone(guild))
        special = [_role(user_id, "role", rights.bits(names)) for user_id, names in guild.granted.items()]
        places = [each for each in guild.channels if each.kind is not ChannelKind.THREAD]
        threads = [each for each in guild.channels if each.kind is ChannelKind.THREAD]
        return {
            "id": str(guild.id),
            "name": guild.name,
            "owner_id": str(guild.owner.id),
            "preferred_locale": guild.locale,
            "member_count": len(guild.members),
            "roles": [everyone, *special],
            "channels": [self.channel(each) for each in places],
            "threads": [self.channel(each) for each in threads],
            "members": [self.member(guild, self.world.bot)],
            **{name: [] for name in EMPTY_IN_GUILDS},
            "joined_at": guild.joined_at,
            "large": False,
            "unavailable": False,
            "premium_tier": 0,
        }

    def guild_of_mine(self, guild: Guild) -> Json:
        """As the list of one's own guilds has it: little, but with one's permissions."""
        about = {"id": str(guild.id), "name": guild.name, "icon": None, "banner": None, "features": []}
        mine = rights.in_guild(guild, self.world.bot)
        return {**about, "owner": guild.owner is self.world.bot, "permissions": str(mine)}

    def channel(self, channel: Channel) -> Json:
        if channel.guild is None:
            others = [self.user(each) for each in channel.recipients if each is not self.world.bot]
            return {"id": str(channel.id), "type": channel.kind, "last_message_id": None, "recipients": others}
        shaped: Json = {"id": str(channel.id), "type": channel.kind, "name": channel.name, "nsfw": channel.nsfw}
        shaped |= {"guild_id": str(channel.guild.id), "position": 0, "topic": None, "last_message_id": None}
        shaped |= {"parent_id": str(channel.parent.id) if channel.parent else None, "rate_limit_per_user": 0}
        shaped["permission_overwrites"] = [
            {"id": str(user_id), "type": 1, "allow": "0", "deny": str(rights.bits(names))}
            for user_id, names in channel.denied.items()
        ]
        if channel.kind is ChannelKind.THREAD:
            about = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": channel.guild.joined_at}
            shaped |= {"owner_id": str(channel.guild.owner.id), "thread_metadata": {**about, "locked": False}}
            shaped |= {"message_count": 0, "member_count": 1}
        return shaped

    def attachment(self, attachment: Attachment) -> Json:
        file, until = attachment.file, int(self.world.clock.now() + self.file_life_s)
        path = f"/cdn/attachments/{attachment.channel_id}/{attachment.id}/{quote(file.name)}?ex={until:x}"
        measured = file.measure()
        size = {"width": measured[0], "height": measured[1]} if measured else {}
        return {
            "id": str(attachment.id),
            "filename": file.name,
            "size": len(file.data) if file.declared_bytes is None else file.declared_bytes,
            "url": self.base + path,
            "proxy_url": self.base + path,
            **({"content_type": file.media_type} if file.media_type else {}),
            **({"description": attachment.description} if attachment.description else {}),
            **size,
        }

    def message(self, message: Message, intents: int = MESSAGE_CONTENT, *, event: bool = False) -> Json:
        """As a bot with these intents sees it: what people wrote is blank without MESSAGE_CONTENT, with exceptions.

        Only events tell the server and the author as its member; the API does not.
        """
        channel, guild = message.channel, message.channel.guild
        reference = self._reference(message, intents)
        shaped: Json = {
            "id": str(message.id),
            "channel_id": str(channel.id),
            "type": COMMAND_MESSAGE if message.asker else REPLY_MESSAGE if message.reply_to else 0,
            "author": self.user(message.author),
            "timestamp": self.world.clock.stamp(message.sent_at),
            "edited_timestamp": self.world.clock.stamp(message.edited_at) if message.edited_at else None,
            "mentions": [self.user(self.world.users[each]) for each in sorted(message.pings)],
            "flags": message.flags,
            **dict.fromkeys(("tts", "mention_everyone", "pinned"), False),
            "mention_roles": [],
            "reactions": [self._reaction(emoji, people) for emoji, people in message.reactions.items()],
            "sticker_items": [sticker_item(each) for each in message.stickers],
            **self._written(message, readable=self._is_readable(message, intents)),
            **reference,
        }
        if guild is not None and event:
            shaped |= {"guild_id": str(guild.id), "member": self.member(guild, message.author, whole=False)}
        if message.nonce is not None:
            shaped["nonce"] = message.nonce
        if message.asker is not None:
            shaped |= {"application_id": str(self.world.bot.id), "webhook_id": str(self.world.bot.id)}
            shaped["interaction_metadata"] = self._asked(message)
        return shaped

    def _written(self, message: Message, *, readable: bool) -> Json:
        if not readable:
            return {"content": "", "attachments": [], "embeds": [], "components": []}
        files = [self.attachment(each) for each in message.attachments]
        body = {"content": message.content, "embeds": message.embeds, "components": message.components}
        return {**body, "attachments": files}

    def _is_readable(self, message: Message, intents: int) -> bool:
        ours = self.world.bot in {message.author, *(self.world.users[each] for each in message.pings)}
        private = message.channel.guild is None and self.world.bot in message.channel.recipients
        return bool(intents & MESSAGE_CONTENT) or ours or private

    def _reference(self, message: Message, intents: int) -> Json:
        if message.reply_to is None:
            return {}
        source = message.reply_to
        place = {"message_id": str(source.id), "channel_id": str(source.channel.id), "type": 0}
        if source.channel.guild is not None:
            place["guild_id"] = str(source.channel.guild.id)
        shown = None if source.deleted else self.message(source, intents)
        return {"message_reference": place, "referenced_message": shown}

    def _reaction(self, emoji: str, people: dict[int, User]) -> Json:
        count = {"count": len(people), "count_details": {"normal": len(people), "burst": 0}, "burst_colors": []}
        return {**count, "me": self.world.bot.id in people, "me_burst": False, "emoji": emoji_json(emoji)}

    def _asked(self, message: Message) -> Json:
        assert message.asker is not None
        about = {"id": str(message.interaction_id), "type": 2, "user": self.user(message.asker)}
        return {**about, "authorizing_integration_owners": {}}


def avatar_hash(user: User) -> str | None:
    return hashlib.md5(user.avatar.data, usedforsecurity=False).hexdigest() if user.avatar else None


def sticker_item(sticker: Sticker) -> Json:
    return {"id": str(sticker.id), "name": sticker.name, "format_type": sticker.format}


def emoji_json(emoji: str) -> Json:
    """A Unicode emoji, or `name:id` of a custom one."""
    name, _, number = emoji.partition(":")
    return {"id": number or None, "name": name}


def _role(role_id: int, name: str, permissions: int) -> Json:
    looks = {"color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
    about = {"hoist": False, "position": 0, "managed": False, "mentionable": False, "flags": 0, **looks}
    return {"id": str(role_id), "name": name, "permissions": str(permissions), **about}
