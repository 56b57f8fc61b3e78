"""The last catch: what breaks inside a handler is logged by its type and place, and whoever waits is told."""

from __future__ import annotations

import contextlib
from typing import Final

import structlog
from telegram import Update
from telegram.error import TelegramError
from telegram.ext import CallbackContext, ExtBot

from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Gone, Target, Unpostable
from bot.telegram_app._rich import Rich
from bot.telegram_app.convert import place_of, to_person
from bot.telegram_app.replies import Post

log = structlog.get_logger(__name__)

SENTENCE: Final = "telegram.broken"
AnyContext = CallbackContext[ExtBot[int], dict[object, object], dict[object, object], dict[object, object]]


class Faults:
    """The application's error handler. It logs no message of an error: that may quote what people wrote."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def on_error(self, update: object, context: AnyContext) -> None:
        error = context.error
        number = update.update_id if isinstance(update, Update) else None
        log.error("telegram.broken", kind=type(error).__name__, place=_place(error), update=number)
        if isinstance(update, Update):
            with contextlib.suppress(Exception):  # The database may be what is broken: then there is nothing to say.
                await self._tell(update)

    async def _tell(self, update: Update) -> None:
        query, message = update.callback_query, update.effective_message
        if message is None:
            return
        place = place_of(message)
        person = to_person(update.effective_user) if update.effective_user else None
        words = await self._kit.say(place, SENTENCE, person)
        if query is not None:
            with contextlib.suppress(TelegramError):
                await query.answer(words, show_alert=True)
            return
        with contextlib.suppress(Gone, Unpostable):
            await self._kit.poster.send(Target(place, message.message_id), Post(Rich().add(words).html()))


def _place(error: BaseException | None) -> str:
    """File and line where an error arose."""
    frame = error.__traceback__ if error else None
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
