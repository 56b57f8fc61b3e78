"""What a person typed into a slash command, checked against the registered command, as Discord's clients do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord.model import Channel, File, Guild, User
from tests.wire.discord.shape import Json, Shape

SUBCOMMAND, GROUP, TEXT, INTEGER, BOOLEAN, PERSON, PLACE, NUMBER, FILE = 1, 2, 3, 4, 5, 6, 7, 10, 11


@dataclass
class Typed:
    """Builds `options` and `resolved` of an interaction's data."""

    shape: Shape
    channel: Channel
    resolved: dict[str, Json] = field(default_factory=dict)

    def options(self, known: list[Json], path: list[str], values: dict[str, Any], focused: str = "") -> list[Json]:
        """`path` names the subcommand, outermost first; `focused` the option that is being completed."""
        if path:
            inner = next((each for each in known if each["name"] == path[0] and each["type"] <= GROUP), None)
            assert inner is not None, f"no subcommand {path[0]!r}"
            found = self.options(inner.get("options") or [], path[1:], values, focused)
            return [{"name": inner["name"], "type": inner["type"], "options": found}]
        by_name = {each["name"]: each for each in known}
        assert not any(each["type"] <= GROUP for each in known), f"one of {sorted(by_name)} must be named"
        assert set(values) <= set(by_name), f"no options {sorted(set(values) - set(by_name))}"
        missing = [name for name, each in by_name.items() if each.get("required") and name not in values]
        assert not missing or focused, f"{missing} must be given"
        return [self._option(by_name[name], value, name == focused) for name, value in values.items()]

    def _option(self, known: Json, value: Any, focused: bool) -> Json:
        if not focused:
            _check_value(known, value)
        shaped = value
        if isinstance(value, File):
            attachment = self.shape.world.attach(value, self.channel)
            shaped = self._resolve("attachments", attachment.id, self.shape.attachment(attachment))
        elif isinstance(value, User):
            shaped = self.person(value)
        elif isinstance(value, Channel):
            shaped = self._resolve("channels", value.id, self.shape.channel(value))
        return {"name": known["name"], "type": known["type"], "value": shaped, **({"focused": True} if focused else {})}

    def person(self, user: User) -> str:
        guild = self.channel.guild
        if guild is not None and user.id in guild.members:
            member = {**self.shape.member(guild, user, whole=False), "permissions": "0"}
            self._resolve("members", user.id, member)
        return self._resolve("users", user.id, self.shape.user(user))

    def _resolve(self, kind: str, number: int, shaped: Json) -> str:
        self.resolved.setdefault(kind, {})[str(number)] = shaped
        return str(number)


def _check_value(known: Json, value: Any) -> None:
    kinds = {TEXT: str, INTEGER: int, BOOLEAN: bool, PERSON: User, PLACE: Channel, NUMBER: (int, float), FILE: File}
    assert isinstance(value, kinds[known["type"]]), f"{known['name']} does not take {value!r}"
    choices = [choice["value"] for choice in known.get("choices") or []]
    assert not choices or value in choices, f"{value!r} is none of {choices}"
    if known["type"] in {INTEGER, NUMBER}:
        least, most = known.get("min_value", value), known.get("max_value", value)
        assert least <= value <= most, f"{known['name']} takes {least} to {most}"
    if known["type"] == TEXT:
        least, most = known.get("min_length", 0), known.get("max_length", 6_000)
        assert least <= len(value) <= most, f"{known['name']} takes {least} to {most} characters"


def check_context(command: Json, guild: Guild | None, user: User, *, user_installed: bool) -> None:
    """Discord shows a command only where it was registered for, and to whom it may be shown."""
    contexts, kinds = command.get("contexts"), command.get("integration_types")
    here = 0 if guild else 2 if user_installed else 1
    assert not contexts or here in contexts, f"/{command['name']} is not for context {here}"
    assert not kinds or int(user_installed) in kinds, (
        f"/{command['name']} is not for installation {int(user_installed)}"
    )
