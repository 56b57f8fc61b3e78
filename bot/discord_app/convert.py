"""What happens on Discord as values of the core, once, here. Checked for type, not for sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.core.values import Filled, Listed, Person, Picture, Place, PlaceKind, Press, Reacted
from bot.discord_app._files import Files

PLATFORM: Final = "discord"
STICKER_ENDINGS: Final = {1: "png", 2: "png", 4: "gif"}
PICTURE_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".apng", ".bmp", ".mp4", ".webm", ".mov")
LINES_ID: Final = "lines"
MAX_PICTURES: Final = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """A message with what the bot may read of it: words, and pictures in the order in which people see them."""

    text: str = ""
    pictures: tuple[Picture, ...] = ()

    @property
    def picture(self) -> Picture | None:
        return self.pictures[0] if self.pictures else None


def to_person(interaction: discord.Interaction[Any]) -> Person:
    """In a private conversation everybody may do everything."""
    user, rights = interaction.user, interaction.permissions
    alone = interaction.guild_id is None
    return Person(
        PLATFORM,
        str(user.id),
        user.display_name,
        str(interaction.locale.value),
        moderator=alone or rights.manage_messages or rights.administrator,
        admin=alone or rights.manage_guild or rights.administrator,
        bot=user.bot,
    )


def to_place(interaction: discord.Interaction[Any]) -> Place:
    channel_id, guild_id = str(interaction.channel_id or ""), interaction.guild_id
    return Place(
        PLATFORM,
        chat_id=str(guild_id) if guild_id else channel_id,
        channel_id=channel_id,
        kind=_kind(interaction.channel, guild_id),
        age_restricted=_is_age_restricted(interaction.channel),
    )


def author_of(message: discord.Message) -> Person:
    """Whoever wrote a message. Discord tells nobody's own language with it, only that of the server."""
    author, channel = message.author, message.channel
    rights = discord.Permissions.all()
    if isinstance(author, discord.Member) and isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        rights = channel.permissions_for(author)
    elif message.guild is not None:
        rights = discord.Permissions.none()
    return Person(
        PLATFORM,
        str(author.id),
        author.display_name,
        str(message.guild.preferred_locale.value) if message.guild else "en",
        moderator=rights.manage_messages,
        admin=rights.manage_guild,
        bot=author.bot,
    )


def place_of(message: discord.Message) -> Place:
    guild_id = message.guild.id if message.guild else None
    return Place(
        PLATFORM,
        chat_id=str(guild_id or message.channel.id),
        channel_id=str(message.channel.id),
        kind=_kind(message.channel, guild_id),
        age_restricted=_is_age_restricted(message.channel),
    )


def place_at(guild_id: int | None, channel_id: int) -> Place:
    """Where a raw event happened; what kind of place it is plays no part in what follows from those."""
    return Place(PLATFORM, str(guild_id or channel_id), str(channel_id))


def to_press(interaction: discord.Interaction[Any]) -> Press:
    """Without the message: Discord itself lets nobody press what a message does not carry."""
    data = _data(interaction)
    values = data.get("values") or [""]
    return Press(
        person=to_person(interaction),
        place=to_place(interaction),
        custom_id=str(data.get("custom_id", "")),
        value=str(values[0]),
        event_id=str(interaction.id),
    )


def to_filled(interaction: discord.Interaction[Any]) -> Filled:
    """One value per field, whichever way the form was shown: see `bot.discord_app.replies.modal_of`."""
    data = _data(interaction)
    inputs = [each for each in _inputs(data.get("components", ())) if "value" in each]
    values = [str(each["value"]) for each in inputs]
    if len(inputs) == 1 and inputs[0].get("custom_id") == LINES_ID:
        values = values[0].split("\n")
    return Filled(
        person=to_person(interaction),
        place=to_place(interaction),
        form_id=str(data.get("custom_id", "")),
        values=tuple(values),
    )


def to_reacted(payload: discord.RawReactionActionEvent) -> Reacted:
    emoji = (str(payload.emoji),)
    added = payload.event_type == "REACTION_ADD"
    is_bot = payload.member is not None and payload.member.bot
    return Reacted(
        person=Person(PLATFORM, str(payload.user_id), bot=is_bot),
        place=place_at(payload.guild_id, payload.channel_id),
        message_id=str(payload.message_id),
        added=emoji if added else (),
        removed=() if added else emoji,
    )


async def to_listed(message: discord.Message, place: Place) -> Listed:
    """Everybody's emoji on a message, read back from Discord a hundred at a time."""
    emoji: dict[str, list[str]] = {}
    for reaction in message.reactions:
        async for user in reaction.users():
            if not user.bot:
                emoji.setdefault(str(user.id), []).append(str(reaction.emoji))
    return Listed(place=place, message_id=str(message.id), emoji={each: tuple(found) for each, found in emoji.items()})


def see_message(message: discord.Message, files: Files, text: str | None = None) -> Seen:
    """A message of the gateway or of the API."""
    carrier = (message.channel.id, message.id)
    found = [
        files.picture(each.url, size_bytes=each.size, carrier=(*carrier, each.id))
        for each in message.attachments
        if _is_picture(each.content_type, each.filename)
    ]
    previews = [embed.image.proxy_url or embed.thumbnail.proxy_url or "" for embed in message.embeds]
    found += [files.picture(url) for url in previews if url]
    found += [files.picture(each.url) for each in message.stickers if each.format.value in STICKER_ENDINGS]
    return Seen(message.content if text is None else text, _present(found))


def see_target(data: Mapping[str, Any], files: Files) -> Seen:
    """The message of a message command, which Discord hands over whole, whatever the bot may read otherwise."""
    message = data.get("resolved", {}).get("messages", {}).get(str(data.get("target_id")), {})
    found = []
    for each in message.get("attachments", ()):
        if _is_picture(each.get("content_type"), each["filename"]):
            carrier = (int(message["channel_id"]), int(message["id"]), int(each["id"]))
            found.append(files.picture(each["url"], size_bytes=each["size"], carrier=carrier))
    for embed in message.get("embeds", ()):
        preview = embed.get("image") or embed.get("thumbnail") or {}
        found.append(files.picture(preview.get("proxy_url", "")))
    for sticker in message.get("sticker_items", ()):
        if ending := STICKER_ENDINGS.get(sticker.get("format_type")):
            address = f"{discord.Asset.BASE}/stickers/{sticker['id']}.{ending}"
            found.append(files.picture(address))
    return Seen(str(message.get("content", "")), _present(found))


def see_avatar(data: Mapping[str, Any], files: Files) -> Seen:
    """The picture of the person of a user command; the default one where they set none."""
    user = data.get("resolved", {}).get("users", {}).get(str(data.get("target_id")), {})
    if not user.get("avatar"):
        index = (int(user.get("id", 0)) >> 22) % 6
        return Seen(pictures=_present([files.picture(f"{discord.Asset.BASE}/embed/avatars/{index}.png")]))
    ending = "gif" if str(user["avatar"]).startswith("a_") else "png"
    url = f"{discord.Asset.BASE}/avatars/{user['id']}/{user['avatar']}.{ending}?size=1024"
    return Seen(pictures=_present([files.picture(url)]))


def read_options(data: Mapping[str, Any]) -> tuple[str, dict[str, Any], str]:
    """The subcommand or "", the values by option name, and the name of the option that is being completed or ""."""
    options, action = data.get("options") or [], ""
    if options and options[0].get("type") == discord.AppCommandOptionType.subcommand.value:
        action, options = str(options[0]["name"]), options[0].get("options") or []
    focused = next((str(each["name"]) for each in options if each.get("focused")), "")
    return action, {str(each["name"]): each.get("value") for each in options}, focused


def find_attachment(data: Mapping[str, Any], value: object, files: Files) -> Picture | None:
    """The file given for an option."""
    attachment = data.get("resolved", {}).get("attachments", {}).get(str(value))
    return files.picture(attachment["url"], size_bytes=attachment["size"]) if attachment else None


def _data(interaction: discord.Interaction[Any]) -> Mapping[str, Any]:
    return interaction.data or {}


def _inputs(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Fields of a form, which come back inside labels or rows."""
    for each in components:
        yield from [each["component"]] if "component" in each else each.get("components", ())


def _present(pictures: Sequence[Picture | None]) -> tuple[Picture, ...]:
    return tuple(each for each in pictures if each is not None)[:MAX_PICTURES]


def _is_picture(media_type: str | None, name: str) -> bool:
    if media_type:
        return media_type.startswith(("image/", "video/"))
    return name.lower().endswith(PICTURE_ENDINGS)


def _kind(channel: object, guild_id: int | None) -> PlaceKind:
    if guild_id is None:
        return PlaceKind.GROUP if isinstance(channel, discord.GroupChannel) else PlaceKind.PRIVATE
    is_news = isinstance(channel, discord.TextChannel) and channel.is_news()
    return PlaceKind.CHANNEL if is_news else PlaceKind.GROUP


def _is_age_restricted(channel: object) -> bool:
    ask = getattr(channel, "is_nsfw", None)
    return bool(ask()) if callable(ask) else False
