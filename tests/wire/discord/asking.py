"""How people's clicks and commands become interactions of the gateway."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tests.wire.discord import rights
from tests.wire.discord.backend import Backend
from tests.wire.discord.interaction import Interaction, Kind
from tests.wire.discord.model import Channel, ChannelKind, Message, User
from tests.wire.discord.shape import Json

IN_GUILD, IN_DM, IN_PRIVATE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Scene:
    """Who asks where. `user_installed` says that the app is theirs, not the server's; `max_file_bytes` None takes the
    limit of the place.
    """

    user: User
    channel: Channel
    user_installed: bool = False
    max_file_bytes: int | None = None


class Asking:
    """Opens interactions and tells the bot of them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def open(self, kind: Kind, scene: Scene, data: Json, message: Message | None = None) -> Interaction:
        world = self._backend.world
        guild = scene.channel.guild
        limit = scene.max_file_bytes or (guild.max_file_bytes if guild else 10 * 1024 * 1024)
        interaction = Interaction(
            id=world.clock.new_id(),
            kind=kind,
            user=scene.user,
            channel=scene.channel,
            bell=self._backend.bell,
            data=data,
            message=message,
            user_installed_only=scene.user_installed,
            max_file_bytes=limit,
            created_at=world.clock.now(),
        )
        self._backend.interactions[interaction.token] = interaction
        event = self._event(interaction, scene)
        interaction.asked_at = time.monotonic()
        interaction.heard = await self._backend.gateway.tell("INTERACTION_CREATE", guild, event) > 0
        self._backend.bell.ring()
        return interaction

    def _event(self, interaction: Interaction, scene: Scene) -> Json:
        shape, bot = self._backend.shape, self._backend.world.bot
        channel, guild = scene.channel, scene.channel.guild
        event: Json = {
            "id": str(interaction.id),
            "application_id": str(bot.id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel": {**shape.channel(channel), "permissions": str(rights.of_member(channel, scene.user))},
            "channel_id": str(channel.id),
            "locale": scene.user.locale,
            "entitlements": [],
            "app_permissions": str(self._app_permissions(channel)),
            "attachment_size_limit": interaction.max_file_bytes,
            "context": _context(channel, bot),
            "authorizing_integration_owners": _owners(scene),
        }
        if guild is not None:
            member = {**shape.member(guild, scene.user), "permissions": str(rights.of_member(channel, scene.user))}
            about = {"id": str(guild.id), "locale": guild.locale, "features": []}
            event |= {"guild_id": str(guild.id), "guild_locale": guild.locale, "guild": about, "member": member}
        else:
            event["user"] = shape.user(scene.user)
        if interaction.message is not None:
            event["message"] = shape.message(interaction.message, event=True)
        return event

    def _app_permissions(self, channel: Channel) -> int:
        if channel.guild is not None and channel.guild.has_bot:
            return rights.of_member(channel, self._backend.world.bot)
        return rights.bits(("attach_files", "embed_links", "mention_everyone"))


def _context(channel: Channel, bot: User) -> int:
    if channel.guild is not None:
        return IN_GUILD
    return IN_DM if channel.kind is ChannelKind.DM and bot in channel.recipients else IN_PRIVATE


def _owners(scene: Scene) -> dict[str, str]:
    if scene.user_installed:
        return {"1": str(scene.user.id)}
    return {"0": str(scene.channel.guild.id) if scene.channel.guild else "0"}


def component_data(message: Message, custom_id: str, values: list[str] | None = None) -> dict[str, Any]:
    """Of a button, or of a menu with what was chosen; AssertionError where nobody could click."""
    control = message.controls.get(custom_id)
    assert control is not None, f"no control {custom_id!r}, there are {sorted(message.controls)}"
    assert not control.get("disabled"), f"{custom_id!r} is disabled"
    assert not message.deleted, "the message is gone"
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": control["type"]}
    if values is not None:
        offered = [option["value"] for option in control.get("options", values)]
        assert set(values) <= set(offered), f"{values} are not among {offered}"
        data["values"] = values
    return data
