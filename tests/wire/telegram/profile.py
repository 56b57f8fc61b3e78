"""What the bot says of itself: its name, its descriptions, and the menu of commands that each person sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.faults import wrong_request
from tests.wire.telegram.people import User

COMMAND_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE: Final = re.compile(r"([a-z]{2})?")
MAX_COMMANDS: Final = 100
MAX_DESCRIPTION: Final = 256
SCOPES: Final = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}

Scope = tuple[str, ...]


@dataclass
class Profile:
    """Texts by kind and language; commands by scope and language. The language "" is for everybody else."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[Scope, str], list[dict[str, str]]] = field(default_factory=dict)
    menu_button: dict[str, Any] = field(default_factory=lambda: {"type": "commands"})

    def menu(self, user: User, chat: Chat) -> list[str]:
        """The names of the commands that a person is shown in a chat."""
        for scope in self._scopes(user, chat):
            for language in (user.language or "", ""):
                if (scope, language) in self.commands:
                    return [command["command"] for command in self.commands[scope, language]]
        return []

    def described(self, scope: str, language: str = "") -> dict[str, str]:
        """Descriptions by command name, of a scope without a chat."""
        found = self.commands.get(((scope,), language), [])
        return {command["command"]: command["description"] for command in found}

    def _scopes(self, user: User, chat: Chat) -> Iterator[Scope]:
        member = chat.members.get(user.id)
        admin = member is not None and member.admin
        yield "chat_member", str(chat.id), str(user.id)
        if chat.is_group and admin:
            yield "chat_administrators", str(chat.id)
        yield "chat", str(chat.id)
        if chat.is_group and admin:
            yield ("all_chat_administrators",)
        if chat.is_group:
            yield ("all_group_chats",)
        if chat.type == "private":
            yield ("all_private_chats",)
        yield ("default",)


def read_scope(written: dict[str, Any]) -> Scope:
    kind = written.get("type")
    if kind not in SCOPES or any(name not in written for name in SCOPES[kind]):
        raise wrong_request("can't parse BotCommandScope")
    return (kind, *(str(written[name]) for name in SCOPES[kind]))


def read_language(written: str) -> str:
    if not LANGUAGE.fullmatch(written):
        raise wrong_request("invalid language_code specified")
    return written


def read_commands(written: list[dict[str, str]]) -> list[dict[str, str]]:
    if len(written) > MAX_COMMANDS:
        raise wrong_request("BOT_COMMANDS_TOO_MUCH")
    for item in written:
        if not COMMAND_NAME.fullmatch(item.get("command", "")):
            raise wrong_request("BOT_COMMAND_INVALID")
        if not 1 <= len(item.get("description", "")) <= MAX_DESCRIPTION:
            raise wrong_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return written
