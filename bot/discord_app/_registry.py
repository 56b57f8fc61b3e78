"""The commands as Discord registers them: names and words in every language, options, menus, and the link to invite.

Which commands there are is the core's business; here stands what each of them takes on Discord. The set is sent to
Discord only when it has changed since it was sent last.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

import discord

from bot.core.chat_settings import MAX_CANDIDATES
from bot.core.chat_stores import Marks
from bot.core.commands import COMMANDS, Command
from bot.core.making import MAX_PROMPT_CHARS
from bot.core.texts import TABLES, say
from bot.discord_app.convert import PLATFORM
from inference.contract import TONES

Json = dict[str, Any]

SLASH, ON_USER, ON_MESSAGE = 1, 2, 3
SUBCOMMAND, TEXT, INTEGER, ATTACHMENT = 1, 3, 4, 11
GUILD_INSTALL, USER_INSTALL = 0, 1
IN_GUILD, IN_DM, IN_PRIVATE = 0, 1, 2
LOCALES: Final = {"ko": ("ko",)}
MANAGE_GUILD: Final = str(discord.Permissions(manage_guild=True).value)
INVITE: Final = Command("invite")
EVERYWHERE: Final = frozenset({"meme", "genre", "check", "privacy", "help", "start", "invite"})
MENUS: Final = {"menu.meme": ON_MESSAGE, "menu.genre": ON_MESSAGE, "menu.check": ON_MESSAGE, "menu.avatar": ON_USER}
NEEDED_RIGHTS: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    embed_links=True,
    read_message_history=True,
)
# What each command, or each of its actions, takes: names of options, "!" marks those that must be given.
OPTIONS: Final = {
    "meme": ("prompt", "picture", "template", "tone", "count"),
    "genre": ("picture!",),
    "check": ("picture", "text"),
    "templates.list": ("template",),
    "templates.add": ("name!", "picture!"),
}
KINDS: Final = {"picture": ATTACHMENT, "count": INTEGER}


def describe_commands() -> list[Json]:
    """The whole set, as Discord's API takes it."""
    slash = [_slash(command) for command in (*COMMANDS, INVITE)]
    return slash + [_menu(key, kind) for key, kind in MENUS.items()]


def invite_link(application_id: int) -> str:
    """Adds the bot to a server with the rights that it needs, and no more."""
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application_id, permissions=NEEDED_RIGHTS, scopes=scopes)


async def sync_commands(client: discord.Client, marks: Marks) -> bool:
    """Send the set when it differs from what was sent last for this application. Returns whether it was sent."""
    commands, application_id = describe_commands(), client.application_id
    assert application_id is not None, "log in first"  # noqa: S101 - a promise to the reader
    digest = hashlib.sha256(json.dumps([application_id, commands], sort_keys=True).encode()).hexdigest()
    if await marks.get(PLATFORM, "commands") == digest:
        return False
    await client.http.bulk_upsert_global_commands(application_id, payload=commands)
    await marks.set(PLATFORM, "commands", digest)
    return True


def _slash(command: Command) -> Json:
    about = _named(f"command.{command.name}", SLASH) | _described(f"command.{command.name}")
    here = _available(everywhere=command.name in EVERYWHERE)
    options = [_action(command.name, action) for action in command.actions] or _options(command.name)
    rights = {"default_member_permissions": MANAGE_GUILD} if command.admins else {}
    return {**about, **here, "options": options, **rights}


def _menu(key: str, kind: int) -> Json:
    names = {locale: say(code, key) for code, locales in LOCALES.items() for locale in locales}
    return {"name": say("en", key), "name_localizations": names, "type": kind, **_available(everywhere=True)}


def _action(command: str, action: str) -> Json:
    key = f"command.{command}.{action}"
    return {**_named(key, SUBCOMMAND), **_described(key), "options": _options(f"{command}.{action}")}


def _options(name: str) -> list[Json]:
    wanted = sorted(OPTIONS.get(name, ()), key=lambda each: not each.endswith("!"))
    return [_option(each.removesuffix("!"), required=each.endswith("!")) for each in wanted]


def _option(name: str, *, required: bool) -> Json:
    option = {
        **_named(f"option.{name}", KINDS.get(name, TEXT)),
        **_described(f"option.{name}"),
        "required": required,
    }
    match name:
        case "template":
            option["autocomplete"] = True
        case "tone":
            option["choices"] = [{**_named(f"tone.{tone}"), "value": tone} for tone in TONES]
        case "count":
            option |= {"min_value": 1, "max_value": MAX_CANDIDATES}
        case "prompt" | "text":
            option["max_length"] = MAX_PROMPT_CHARS
        case _:
            pass
    return option


def _named(key: str, kind: int | None = None) -> Json:
    """A name with its translations; Discord sends the English one back, whatever the person reads."""
    full = f"{key}.name" if f"{key}.name" in TABLES["en"] else key
    names = {locale: say(code, full) for code, locales in LOCALES.items() for locale in locales}
    return {"name": say("en", full), "name_localizations": names, **({"type": kind} if kind else {})}


def _described(key: str) -> Json:
    words = {locale: say(code, f"{key}.about") for code, locales in LOCALES.items() for locale in locales}
    return {"description": say("en", f"{key}.about"), "description_localizations": words}


def _available(*, everywhere: bool) -> Json:
    """Everywhere: also where a person brought the app along. Else only where the bot itself is."""
    if everywhere:
        return {"integration_types": [GUILD_INSTALL, USER_INSTALL], "contexts": [IN_GUILD, IN_DM, IN_PRIVATE]}
    return {"integration_types": [GUILD_INSTALL], "contexts": [IN_GUILD, IN_DM]}
