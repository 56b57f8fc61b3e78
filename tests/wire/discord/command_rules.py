"""What application commands may be: names, translations, options, and how many."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import regex

from tests.wire.discord.refusals import InvalidForm

SLASH, ON_USER, ON_MESSAGE = 1, 2, 3
MOST: Final = {SLASH: 100, ON_USER: 15, ON_MESSAGE: 15}
NAME: Final = regex.compile(r"^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$")
NAME_CHARS: Final = 32
TEXT_CHARS: Final = 100
OPTIONS: Final = 25
TOTAL_CHARS: Final = 8_000
SUBCOMMAND, GROUP = 1, 2
# fmt: off
LOCALES: Final = frozenset((
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
))
# fmt: on


def check_commands(commands: list[dict[str, Any]]) -> None:
    """A complete set of commands; raises InvalidForm."""
    names = Counter((command.get("type", SLASH), command["name"]) for command in commands)
    if names and max(names.values()) > 1:
        raise InvalidForm("name", "Application command names must be unique")
    counts = Counter(kind for kind, _ in names)
    for kind, most in MOST.items():
        if counts[kind] > most:
            raise InvalidForm("_", f"{counts[kind]} commands of type {kind}, at most {most}")
    for command in commands:
        check_command(command)


def check_command(command: dict[str, Any]) -> None:
    kind = command.get("type", SLASH)
    _check_name(command, slash=kind == SLASH)
    if kind == SLASH:
        _check_description(command)
        check_options(command.get("options") or [])
    elif command.get("description") or command.get("options"):
        raise InvalidForm("description", "context menu commands have neither description nor options")
    if _chars(command) > TOTAL_CHARS:
        raise InvalidForm("_", f"Command exceeds maximum size ({TOTAL_CHARS})")


def check_options(options: list[dict[str, Any]]) -> None:
    if len(options) > OPTIONS:
        raise InvalidForm("options", f"must be {OPTIONS} or fewer in length")
    names = [option["name"] for option in options]
    if len(set(names)) < len(names):
        raise InvalidForm("options", "the same name twice")
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        raise InvalidForm("options", "Required options must be placed before non-required options")
    for option in options:
        _check_name(option, slash=True)
        _check_description(option)
        _check_choices(option)
        if option["type"] in {SUBCOMMAND, GROUP}:
            check_options(option.get("options") or [])


def _check_choices(option: dict[str, Any]) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        raise InvalidForm("autocomplete", "not together with choices")
    if len(choices) > OPTIONS:
        raise InvalidForm("choices", f"must be {OPTIONS} or fewer in length")
    check_choice_texts(choices)


def check_choice_texts(choices: list[dict[str, Any]]) -> None:
    """Of fixed choices, and of those that autocomplete answers."""
    for choice in choices:
        for text in (choice["name"], *_translations(choice, "name")):
            if not 1 <= len(text) <= TEXT_CHARS:
                raise InvalidForm("choices.name", f"Must be between 1 and 100 in length ({len(text)})")
        if isinstance(choice["value"], str) and len(choice["value"]) > TEXT_CHARS:
            raise InvalidForm("choices.value", "Must be 100 or fewer in length")


def _check_name(named: dict[str, Any], *, slash: bool) -> None:
    for name in (named["name"], *_translations(named, "name")):
        fits = NAME.match(name) and name == name.lower() if slash else 1 <= len(name) <= NAME_CHARS
        if not fits:
            raise InvalidForm("name", f"{name!r} is no name")


def _check_description(described: dict[str, Any]) -> None:
    for text in (described.get("description", ""), *_translations(described, "description")):
        if not 1 <= len(text) <= TEXT_CHARS:
            raise InvalidForm("description", f"Must be between 1 and 100 in length: {text!r}")


def _translations(named: dict[str, Any], key: str) -> list[str]:
    translated = named.get(f"{key}_localizations") or {}
    if unknown := set(translated) - LOCALES:
        raise InvalidForm(f"{key}_localizations", f"unknown locales {sorted(unknown)}")
    return list(translated.values())


def _chars(command: dict[str, Any]) -> int:
    own = len(command.get("name", "")) + len(command.get("description", ""))
    inner = [*(command.get("options") or []), *(command.get("choices") or [])]
    return own + len(str(command.get("value", ""))) + sum(map(_chars, inner))
