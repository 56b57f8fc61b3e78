"""Votes under memes, kept up to date without a call for each vote: of many in a row, the last state is shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import structlog
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from bot.core.core import Core
from bot.core.turns import Turns
from bot.core.values import Place, Votes
from bot.telegram_app._errands import Errands
from bot.telegram_app._posting import GONE
from bot.telegram_app.replies import INLINE_ACTIONS, vote_keyboard

log = structlog.get_logger(__name__)

SPACING_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that shows a meme; `inline` for one that a person sent by inline mode, whose id is no number."""

    place: Place
    message_id: str
    inline: bool = False


class Tallies:
    """One edit at a time per message, a moment apart."""

    def __init__(self, bot: Bot, core: Core, errands: Errands) -> None:
        self._bot = bot
        self._core = core
        self._errands = errands
        self._turns = Turns()
        self._due: dict[Shown, Votes] = {}
        self._tasks: dict[Shown, asyncio.Task[None]] = {}

    @contextlib.asynccontextmanager
    async def changing(self, shown: Shown) -> AsyncIterator[None]:
        """While a message gets another meme: votes for the one before are not drawn under the new one."""
        async with self._turns.of(shown.message_id):
            yield
            self._due.pop(shown, None)

    def show(self, shown: Shown, votes: Votes) -> None:
        """Soon the message will show these votes, unless newer ones come first."""
        self._due[shown] = votes
        if shown not in self._tasks:
            self._tasks[shown] = self._errands.run(self._work(shown))
            self._tasks[shown].add_done_callback(lambda _: self._tasks.pop(shown, None))

    async def _work(self, shown: Shown) -> None:
        while shown in self._due:
            async with self._turns.of(shown.message_id):
                votes = self._due.pop(shown, None)
                if votes is not None:
                    await self._edit(shown, votes)
            await asyncio.sleep(SPACING_S)

    async def _edit(self, shown: Shown, votes: Votes) -> None:
        try:
            if shown.inline:
                keyboard = vote_keyboard(votes, INLINE_ACTIONS)
                await self._bot.edit_message_reply_markup(inline_message_id=shown.message_id, reply_markup=keyboard)
            else:
                await self._edit_posted(shown, vote_keyboard(votes))
        except BadRequest as error:
            if any(each in error.message.lower() for each in GONE):
                await self._core.taken_down(shown.place, shown.message_id)
        except TelegramError as error:
            log.info("telegram.votes_not_shown", kind=type(error).__name__)

    async def _edit_posted(self, shown: Shown, keyboard: InlineKeyboardMarkup) -> None:
        await self._bot.edit_message_reply_markup(
            int(shown.place.chat_id), int(shown.message_id), reply_markup=keyboard
        )
