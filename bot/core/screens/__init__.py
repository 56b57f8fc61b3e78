"""The bot's screens: settings, templates, help, the best memes, privacy, survey. Which module shows what, by name.

A command opens a screen (`OPEN`), a button or menu of one is answered by the screen its id begins with (`PRESS`), and
so is a form that comes back (`FILL`). Ids are `screen:what.argument`, so they survive restarts; rights are checked anew
at every press, since buttons are user input.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.core.asking import Ask, Services
from bot.core.screens import best, privacy, settings, survey, templates, welcome
from bot.core.values import Asked, Filled, Opened, Press, Pressed

Opener = Callable[[Services, Ask, Asked], Awaitable[Opened]]
Presser = Callable[[Services, Ask, Press], Awaitable[Pressed]]
Filler = Callable[[Services, Ask, Filled], Awaitable[Pressed]]

OPEN: Final[Mapping[str, Opener]] = {
    "settings": settings.open_settings,
    "templates": templates.open_templates,
    "help": welcome.open_help,
    "start": welcome.open_start,
    "top": best.open_best,
    "privacy": privacy.open_privacy,
    "survey": survey.open_survey,
}
PRESS: Final[Mapping[str, Presser]] = {
    "set": settings.press_settings,
    "tpl": templates.press_templates,
    "go": welcome.press_help,
    "top": best.press_best,
    "priv": privacy.press_privacy,
    "surv": survey.press_survey,
}
FILL: Final[Mapping[str, Filler]] = {
    "set": settings.fill_settings,
    "tpl": templates.fill_templates,
    "surv": survey.fill_survey,
}
