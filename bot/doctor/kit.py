"""What every check works with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.doctor.asking import Asker
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Kit:
    """The settings as `memesmith run` would read them, and a way to ask over HTTP."""

    settings: Settings
    asker: Asker
