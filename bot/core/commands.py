"""The commands there are, for every chat platform alike: their names, who they are for, where they make sense.

Names, descriptions and arguments in each language stand in `bot.core.texts` under `command.NAME.*` and `option.NAME.*`.
Knows no platform; front ends register what stands here and nothing else.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Feature(enum.StrEnum):
    """What a chat's admins can give to everyone, moderators, admins or nobody."""

    MEME = "meme"
    GENRE = "genre"
    CHECK = "check"
    TEMPLATES = "templates"
    SURVEY = "survey"
    TOP = "top"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `feature` None: it cannot be taken away; `admins` says that it is for admins then.

    `actions` are its subcommands. `shared` says that its answer is for the whole chat.
    """

    name: str
    feature: Feature | None = None
    admins: bool = False
    actions: tuple[str, ...] = ()
    shared: bool = False


COMMANDS: Final = (
    Command("meme", Feature.MEME, shared=True),
    Command("genre", Feature.GENRE, shared=True),
    Command("check", Feature.CHECK),
    Command("top", Feature.TOP, shared=True),
    Command("survey", Feature.SURVEY),
    Command("templates", Feature.TEMPLATES, actions=("list", "add", "draw")),
    Command("settings", admins=True),
    Command("privacy"),
    Command("help"),
    Command("start"),
)
BY_NAME: Final = {command.name: command for command in COMMANDS}
