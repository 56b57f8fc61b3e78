"""`/start` and `/help`: what this person may do here, and nothing else."""

from __future__ import annotations

from bot.core.asking import Ask, Services
from bot.core.commands import BY_NAME, COMMANDS, Command
from bot.core.errors import Refusal
from bot.core.panels import Control, Panel, Style
from bot.core.screens.ids import read_id
from bot.core.texts import say
from bot.core.values import Asked, Opened, Press, Pressed


async def open_help(_services: Services, ask: Ask, _asked: Asked) -> Opened:
    return show_help(ask)


async def open_start(_services: Services, ask: Ask, _asked: Asked) -> Opened:
    """A welcome with the two things people come for."""
    language = ask.language
    return Panel(
        title=say(language, "start.title"),
        text=say(language, "start.text"),
        rows=(
            (
                Control("go:help", say(language, "start.help"), emoji="📖", style=Style.PRIMARY),
                Control("tpl:list", say(language, "start.templates"), emoji="🖼"),
            ),
        ),
    )


async def press_help(_services: Services, ask: Ask, press: Press) -> Pressed:
    if read_id(press.custom_id).what != "help":
        raise Refusal("meme.unknown_button")
    return show_help(ask)


def allowed_commands(ask: Ask) -> tuple[Command, ...]:
    """The commands that this person may use here, in the order in which they are told."""
    return tuple(command for command in COMMANDS if is_allowed(ask, command))


def is_allowed(ask: Ask, command: Command) -> bool:
    if command.admins:
        return ask.person.admin
    if command.name == "top" and not ask.chat.leaderboard:
        return False
    # Anybody may look through the templates; the feature is about changing the chat's own.
    return command.feature is None or command.name == "templates" or ask.allows(command.feature)


def show_help(ask: Ask) -> Panel:
    language = ask.language
    told = [command for command in allowed_commands(ask) if command != BY_NAME["start"]]
    return Panel(
        title=say(language, "help.title"),
        text=say(language, "help.text"),
        facts=tuple((f"/{command.name}", say(language, f"command.{command.name}.about")) for command in told),
    )
