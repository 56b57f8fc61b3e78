"""Commands, menu entries and completions as people use them: which request of the core's each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.core.commands import BY_NAME
from bot.core.core import Core
from bot.core.texts import say
from bot.core.values import Asked, Incoming, Picture, TemplateChoice
from bot.discord_app._files import Files
from bot.discord_app._registry import INVITE, MENUS, invite_link
from bot.discord_app._requests import Call, Request
from bot.discord_app.convert import (
    Seen,
    find_attachment,
    read_options,
    see_avatar,
    see_target,
    to_filled,
    to_person,
    to_place,
    to_press,
)
from bot.discord_app.replies import OPTION_CHARS, clip

OPTION_KEYS: Final = ("prompt", "picture", "template", "tone", "count", "text", "name")
LOOKS: Final = {"genre": Call.GENRE, "check": Call.CHECK}
MENU_CALLS: Final = {
    "menu.meme": Call.MAKE,
    "menu.avatar": Call.MAKE,
    "menu.genre": Call.GENRE,
    "menu.check": Call.CHECK,
}


def read_command(interaction: discord.Interaction[Any], files: Files) -> Request | None:
    """None for a command that this version does not have."""
    data: Mapping[str, Any] = interaction.data or {}
    kind = data.get("type", discord.AppCommandType.chat_input.value)
    if kind == discord.AppCommandType.chat_input.value:
        return _read_slash(interaction, data, files)
    return _read_menu(interaction, data, files)


def read_press(interaction: discord.Interaction[Any]) -> Request:
    message = interaction.message
    return Request(call=Call.PRESS, value=to_press(interaction), button_id=str(message.id) if message else None)


def read_form(interaction: discord.Interaction[Any]) -> Request:
    message = interaction.message
    return Request(call=Call.FILL, value=to_filled(interaction), button_id=str(message.id) if message else None)


async def complete(interaction: discord.Interaction[Any], core: Core) -> list[discord.app_commands.Choice[str]]:
    """Templates that match what was typed so far, each with a word on what it is good for."""
    _, values, focused = read_options(interaction.data or {})
    found = await core.suggest(to_person(interaction), to_place(interaction), str(values.get(focused) or ""))
    return [discord.app_commands.Choice(name=_describe(each), value=each.name[:OPTION_CHARS]) for each in found]


def is_invite(interaction: discord.Interaction[Any]) -> bool:
    data: Mapping[str, Any] = interaction.data or {}
    return data.get("name") == INVITE.name


def invite_view(application_id: int, language: str) -> discord.ui.View:
    """A button that leads to Discord's own page for adding the bot."""
    view = discord.ui.View(timeout=None)
    label = clip(say(language, "command.invite.about"), 80)
    view.add_item(discord.ui.Button(label=label, url=invite_link(application_id), emoji="➕"))
    view.stop()
    return view


def _read_slash(interaction: discord.Interaction[Any], data: Mapping[str, Any], files: Files) -> Request | None:
    command = BY_NAME.get(str(data.get("name")))
    if command is None:
        return None
    action, raw, _ = read_options(data)
    values = {
        key: raw[say("en", f"option.{key}.name")] for key in OPTION_KEYS if say("en", f"option.{key}.name") in raw
    }
    picture = find_attachment(data, values.get("picture"), files)
    if command.name == "meme":
        return Request(call=Call.MAKE, value=_incoming(interaction, values, picture))
    if command.name in LOOKS:
        incoming = _incoming(interaction, values, picture)
        return Request(call=LOOKS[command.name], value=incoming, private=not command.shared)
    asked = Asked(
        person=to_person(interaction),
        place=to_place(interaction),
        command=command.name,
        action=action,
        text=str(values.get("name") or values.get("template") or ""),
        picture=picture,
    )
    return Request(call=Call.COMMAND, value=asked, private=not command.shared)


def _read_menu(interaction: discord.Interaction[Any], data: Mapping[str, Any], files: Files) -> Request | None:
    """A message with several pictures: a meme of the first, a look at each."""
    key = next((each for each in MENUS if say("en", each) == data.get("name")), None)
    if key is None:
        return None
    seen = see_avatar(data, files) if key == "menu.avatar" else see_target(data, files)
    call = MENU_CALLS[key]
    incoming = Incoming(
        person=to_person(interaction),
        place=to_place(interaction),
        picture=seen.picture,
        text=_words(seen, call),
    )
    more = seen.pictures[1:] if call is not Call.MAKE else ()
    return Request(call=call, value=incoming, more=more, private=call is Call.CHECK)


def _words(seen: Seen, call: Call) -> str:
    """A message's words are the prompt of a meme, or what is checked, where it shows no picture."""
    return "" if seen.picture and call is not Call.MAKE else seen.text


def _incoming(interaction: discord.Interaction[Any], values: Mapping[str, Any], picture: Picture | None) -> Incoming:
    return Incoming(
        person=to_person(interaction),
        place=to_place(interaction),
        picture=picture,
        text=str(values.get("prompt") or values.get("text") or ""),
        template=str(values["template"]) if "template" in values else None,
        tone=str(values["tone"]) if "tone" in values else None,
        n=int(values["count"]) if "count" in values else None,
    )


def _describe(choice: TemplateChoice) -> str:
    """A template's title, and beside it an example of its words or what it is good for."""
    preview = " / ".join(choice.example) or choice.hint
    return clip(f"{choice.title}: {preview}" if preview else choice.title, OPTION_CHARS)
