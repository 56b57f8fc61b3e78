"""What every handler of this front end works with."""

from __future__ import annotations

from dataclasses import dataclass

from telegram.ext import ExtBot

from bot.core.core import Core
from bot.core.texts import say
from bot.core.values import Person, Place
from bot.telegram_app._albums import Albums
from bot.telegram_app._errands import Errands
from bot.telegram_app._hints import Hints
from bot.telegram_app._ledger import Ledger
from bot.telegram_app._pace import Pace
from bot.telegram_app._pictures import FileFinder
from bot.telegram_app._posting import Poster
from bot.telegram_app._quiet import Quiet
from bot.telegram_app._requests import Me
from bot.telegram_app._standing import Standing
from bot.telegram_app._tallies import Tallies
from bot.telegram_app.convert import PLATFORM

TelegramApi = ExtBot[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """One of each, for the life of the front end."""

    core: Core
    bot: TelegramApi
    ledger: Ledger
    pace: Pace
    finder: FileFinder
    standing: Standing
    quiet: Quiet
    poster: Poster
    tallies: Tallies
    hints: Hints
    albums: Albums
    errands: Errands

    @property
    def me(self) -> Me:
        """Known once the bot has introduced itself."""
        return Me(self.bot.id, self.bot.username)

    async def say(self, place: Place, key: str, person: Person | None = None, **values: object) -> str:
        """A sentence of the front end's own, in the language to speak there."""
        speaker = person or Person(PLATFORM, place.chat_id)
        return say(await self.core.language(speaker, place), key, **values)
