"""What people do: they speak, press, choose, type commands, react, and moderators keep order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.wire.discord.asking import Asking, Scene, component_data
from tests.wire.discord.backend import Backend
from tests.wire.discord.command_rules import ON_MESSAGE, ON_USER, SLASH
from tests.wire.discord.component_rules import TEXT, TEXT_INPUT, fields_of
from tests.wire.discord.interaction import Interaction, Kind
from tests.wire.discord.model import Channel, File, Message, Sticker, User
from tests.wire.discord.options import Typed, check_context
from tests.wire.discord.shape import Json


class Driver:
    """Each method does what a person's client would let them do, and AssertionErrors where it would not."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._asking = Asking(backend)

    async def say(
        self,
        user: User,
        channel: Channel,
        text: str = "",
        *,
        files: Sequence[File] = (),
        reply_to: Message | None = None,
        stickers: Sequence[Sticker] = (),
        embeds: Sequence[Json] = (),
    ) -> Message:
        """A reply pings whom it replies to, as it does by default."""
        world = self._backend.world
        message = Message(world.clock.new_id(), channel, user, text, world.attach_all(files, channel))
        message.stickers, message.embeds, message.reply_to = list(stickers), list(embeds), reply_to
        if reply_to is not None:
            message.pings.add(reply_to.author.id)
        return await self._backend.chat.post(message)

    async def edit(self, message: Message, text: str, *, files: Sequence[File] | None = None) -> Message:
        """A person edits their own message; `files` None keeps the present ones."""
        message.content = text
        if files is not None:
            message.attachments = self._backend.world.attach_all(files, message.channel)
        return await self._backend.chat.edited(message)

    async def delete_message(self, *messages: Message) -> None:
        """Several of one channel at once are a bulk deletion, as moderators' tools do it."""
        if len(messages) == 1:
            await self._backend.chat.delete(messages[0])
        else:
            await self._backend.chat.delete_many(messages[0].channel, messages)

    async def react(self, user: User, message: Message, emoji: str) -> None:
        await self._backend.chat.react(message, user, emoji)

    async def unreact(self, user: User, message: Message, emoji: str) -> None:
        await self._backend.chat.unreact(message, user, emoji)

    async def clear(self, message: Message, emoji: str | None = None) -> None:
        await self._backend.chat.clear(message, emoji)

    async def slash(
        self, user: User, channel: Channel, name: str, /, *, scene: Scene | None = None, **values: Any
    ) -> Interaction:
        """`name` may name a subcommand: "template add". `scene` says more about where it happens."""
        where = scene or Scene(user, channel)
        return await self._asking.open(Kind.COMMAND, where, self._command(where, name, values))

    async def autocomplete(
        self, user: User, channel: Channel, name: str, /, *, focused: str, **values: Any
    ) -> list[dict[str, Any]]:
        """The choices offered for the option `focused`, whose text so far is among `values`."""
        where = Scene(user, channel)
        values.setdefault(focused, "")
        data = self._command(where, name, values, focused)
        interaction = await self._asking.open(Kind.AUTOCOMPLETE, where, data)
        await interaction.acknowledged()
        assert interaction.choices is not None
        return interaction.choices

    async def menu(
        self, user: User, channel: Channel, name: str, target: Message | User, *, scene: Scene | None = None
    ) -> Interaction:
        """A context menu command on a message or a person."""
        where = scene or Scene(user, channel)
        kind = ON_MESSAGE if isinstance(target, Message) else ON_USER
        command = self._registered(where, name, kind)
        typed = Typed(self._backend.shape, channel)
        if isinstance(target, Message):
            typed.resolved["messages"] = {str(target.id): self._backend.shape.message(target)}
        else:
            typed.person(target)
        data = {"id": command["id"], "name": command["name"], "type": kind, "target_id": str(target.id)}
        return await self._asking.open(Kind.COMMAND, where, {**data, "resolved": typed.resolved})

    async def press(self, user: User, message: Message, custom_id: str) -> Interaction:
        return await self._on_message(user, message, component_data(message, custom_id))

    async def choose(self, user: User, message: Message, custom_id: str, *values: str) -> Interaction:
        return await self._on_message(user, message, component_data(message, custom_id, list(values)))

    async def submit_modal(self, opened: Interaction, **values: Any) -> Interaction:
        """Send the form that `opened` was answered with; fields not named keep what they were filled with."""
        form = await opened.asked_for()
        fields = {field["custom_id"]: field for _, field in fields_of(form["components"])}
        assert set(values) <= set(fields), f"no fields {sorted(set(values) - set(fields))}, there are {sorted(fields)}"
        rows = [_fill_row(row, values) for row in form["components"] if row["type"] != TEXT]
        scene = Scene(opened.user, opened.channel, opened.user_installed_only)
        data = {"custom_id": form["custom_id"], "components": rows}
        return await self._asking.open(Kind.MODAL, scene, data, opened.message)

    async def _on_message(self, user: User, message: Message, data: Json) -> Interaction:
        assert not message.ephemeral or message.asker is user, "only its asker sees this message"
        return await self._asking.open(Kind.COMPONENT, Scene(user, message.channel), data, message)

    def _command(self, where: Scene, name: str, values: dict[str, Any], focused: str = "") -> Json:
        first, *path = name.split()
        command = self._registered(where, first, SLASH)
        typed = Typed(self._backend.shape, where.channel)
        options = typed.options(command.get("options") or [], path, values, focused)
        data = {"id": command["id"], "name": command["name"], "type": SLASH, "options": options}
        return {**data, **({"resolved": typed.resolved} if typed.resolved else {})}

    def _registered(self, where: Scene, name: str, kind: int) -> Json:
        found = [each for each in self._backend.world.commands.values() if (each["name"], each["type"]) == (name, kind)]
        assert found, (
            f"no command {name!r}, there are {[each['name'] for each in self._backend.world.commands.values()]}"
        )
        check_context(found[0], where.channel.guild, where.user, user_installed=where.user_installed)
        return found[0]


def _fill_row(row: Json, values: dict[str, Any]) -> Json:
    """A row or label as a client sends it back."""
    field = row["component"] if "component" in row else row["components"][0]
    given = values.get(field["custom_id"])
    sent: Json = {"type": field["type"], "custom_id": field["custom_id"]}
    if field["type"] == TEXT_INPUT:
        text = field.get("value") or "" if given is None else given
        least = field.get("min_length") or (1 if field.get("required", True) else 0)
        assert least <= len(text) <= (field.get("max_length") or 4_000), f"{field['custom_id']} does not take {text!r}"
        sent["value"] = text
    else:
        sent["values"] = list(given or [])
    return (
        {"type": row["type"], "component": sent} if "component" in row else {"type": row["type"], "components": [sent]}
    )
