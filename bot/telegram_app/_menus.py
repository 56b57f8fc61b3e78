"""The menus of commands that Telegram shows beside the input field, and what it says of the bot, in every language.

Told to Telegram only when they differ from what was told last.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from bot.core.commands import Command
from bot.core.texts import DEFAULT_LANGUAGE, TABLES, say
from bot.core.values import Person, Place, PlaceKind
from bot.telegram_app._kit import Kit
from bot.telegram_app._requests import START
from bot.telegram_app.convert import PLATFORM

MARK: Final = "menus"
NOWHERE: Final = "menu"


async def tell_menus(kit: Kit) -> bool:
    """True when Telegram was told something new."""
    menus = await _menus(kit)
    digest = hashlib.sha256(json.dumps([kit.bot.id, *map(_plain, menus), *_about()]).encode()).hexdigest()
    if await kit.core.marks.get(PLATFORM, MARK) == digest:
        return False
    for scope, language, commands in menus:
        await kit.bot.set_my_commands(commands, scope, _code(language))
    for language, (long, short) in zip(TABLES, _about(), strict=True):
        await kit.bot.set_my_description(long, _code(language))
        await kit.bot.set_my_short_description(short, _code(language))
    await kit.core.marks.set(PLATFORM, MARK, digest)
    return True


async def _menus(kit: Kit) -> list[tuple[BotCommandScope, str, list[BotCommand]]]:
    """For each kind of chat and each language: the commands that such a person may use in such a place by default."""
    anybody, admin = Person(PLATFORM, NOWHERE), Person(PLATFORM, NOWHERE, moderator=True, admin=True)
    private, group = Place(PLATFORM, NOWHERE, kind=PlaceKind.PRIVATE), Place(PLATFORM, NOWHERE)
    found: list[tuple[BotCommandScope, tuple[Command, ...]]] = [
        (BotCommandScopeAllPrivateChats(), await kit.core.menu(admin, private)),
        (BotCommandScopeAllGroupChats(), await kit.core.menu(anybody, group)),
        (BotCommandScopeAllChatAdministrators(), await kit.core.menu(admin, group)),
    ]
    return [(scope, language, _translate(commands, language)) for scope, commands in found for language in TABLES]


def _translate(commands: tuple[Command, ...], language: str) -> list[BotCommand]:
    """Telegram's command names are Latin letters; only what they say is translated."""
    shown = [command for command in commands if command.name != START]
    return [BotCommand(command.name, say(language, f"command.{command.name}.about")) for command in shown]


def _about() -> list[tuple[str, str]]:
    return [(say(language, "telegram.description"), say(language, "telegram.short")) for language in TABLES]


def _code(language: str) -> str | None:
    """The default language is for everybody whose own is not there."""
    return None if language == DEFAULT_LANGUAGE else language


def _plain(menu: tuple[BotCommandScope, str, list[BotCommand]]) -> object:
    scope, language, commands = menu
    return [scope.to_dict(), language, [command.to_dict() for command in commands]]
