"""Inline mode: `@bot words` in any chat offers memes to send, in chats where the bot need not be.

Only pictures that Telegram has already can be offered. They are uploaded to a chat set aside for that, or, without one,
quietly to the person's own chat with the bot, and deleted there at once: what was uploaded stays usable.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from telegram import (
    CallbackQuery,
    InlineQuery,
    InlineQueryResult,
    InlineQueryResultCachedPhoto,
    InlineQueryResultsButton,
    InputFile,
    InputMediaPhoto,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.core.actions import Action, encode_press
from bot.core.values import Incoming, Meme, Notice, Person, Place, PlaceKind
from bot.telegram_app._answer import Silent
from bot.telegram_app._kit import Kit
from bot.telegram_app._rich import cut
from bot.telegram_app._standing import EVERYTHING
from bot.telegram_app._syntax import read_wish
from bot.telegram_app.convert import PLATFORM, to_person, to_press
from bot.telegram_app.replies import INLINE_ACTIONS, meme_post

log = structlog.get_logger(__name__)

SETTLED_S: Final = 0.7
MAX_WORK_S: Final = 7.0
MIN_CHARS: Final = 3
MAX_OFFERS: Final = 2
CACHE_S: Final = 300
MAX_BUTTON: Final = 64


class Inline:
    """Handlers of inline queries, and of buttons under what they sent."""

    def __init__(self, kit: Kit, upload_chat: str = "") -> None:
        self._kit = kit
        self._upload_chat = upload_chat
        self._newest: dict[int, str] = {}

    async def on_query(self, update: Update, _context: object) -> None:
        query = update.inline_query
        if query is None:
            return
        try:
            results, button = await self._offer(query)
            # Without results nothing may be kept: the next try may find some.
            await query.answer(results, cache_time=CACHE_S if results else 0, is_personal=True, button=button)
        except TelegramError as error:
            log.info("telegram.inline_unanswered", kind=type(error).__name__)

    async def change(self, query: CallbackQuery, meme: Meme) -> None:
        """Show another meme in a message that was sent by inline mode."""
        file_id = await self._upload(query.from_user.id, meme)
        if file_id is None:
            return
        post = meme_post(meme, INLINE_ACTIONS)
        media = InputMediaPhoto(file_id, caption=post.html, parse_mode=ParseMode.HTML)
        try:
            await self._kit.bot.edit_message_media(
                media, inline_message_id=query.inline_message_id, reply_markup=post.keyboard
            )
        except TelegramError as error:
            log.info("telegram.inline_unchanged", kind=type(error).__name__)

    async def _offer(self, query: InlineQuery) -> tuple[list[InlineQueryResult], InlineQueryResultsButton | None]:
        """Offers for what somebody has typed, once they have stopped typing."""
        person = to_person(query.from_user, EVERYTHING)
        words = query.query.strip()
        if not await self._is_settled(query):
            return [], None
        if len(words) < MIN_CHARS:
            return [], await self._button(person, "telegram.inline_hint")
        try:
            async with asyncio.timeout(MAX_WORK_S):
                made = await self._make(person, words)
        except TimeoutError:
            return [], await self._button(person, "telegram.too_slow")
        if isinstance(made, Notice):
            return [], InlineQueryResultsButton(cut(made.text, MAX_BUTTON), start_parameter="inline")
        offers = [offer for meme in made if (offer := await self._to_result(person, meme))]
        return (offers, None) if offers else ([], await self._button(person, "telegram.inline_start"))

    async def _is_settled(self, query: InlineQuery) -> bool:
        person_id = query.from_user.id
        self._newest[person_id] = query.id
        await asyncio.sleep(SETTLED_S)
        settled = self._newest.get(person_id) == query.id
        if settled:
            del self._newest[person_id]
        return settled

    async def _make(self, person: Person, words: str) -> list[Meme] | Notice:
        """The best meme and, where there is one, another."""
        place = Place(PLATFORM, person.id, kind=PlaceKind.PRIVATE)
        wish = read_wish(words)
        incoming = Incoming(
            person=person,
            place=place,
            text=wish.prompt,
            template=wish.template,
            tone=wish.tone,
            n=wish.count,
        )
        first = await self._kit.core.make(incoming, Silent())
        if isinstance(first, Notice):
            return first
        memes = [first]
        while len(memes) < MAX_OFFERS:
            press = to_press(person, place, encode_press(Action.NEXT, memes[-1].candidate_id))
            another = await self._kit.core.press(press, Silent())
            if not isinstance(another, Meme):
                break
            memes.append(another)
        return memes

    async def _to_result(self, person: Person, meme: Meme) -> InlineQueryResult | None:
        file_id = await self._upload(int(person.id), meme)
        if file_id is None:
            return None
        post = meme_post(meme, INLINE_ACTIONS)
        return InlineQueryResultCachedPhoto(
            meme.candidate_id, file_id, caption=post.html, parse_mode=ParseMode.HTML, reply_markup=post.keyboard
        )

    async def _upload(self, user_id: int, meme: Meme) -> str | None:
        """The file id of a meme's picture; None where Telegram takes none from us for this person."""
        chat_id: int | str = self._upload_chat or user_id
        file = meme_post(meme).file
        if file is None or file.kind != "photo":
            return None
        try:
            sent = await self._kit.bot.send_photo(chat_id, InputFile(file.data, file.name), disable_notification=True)
            if not self._upload_chat:
                await self._kit.bot.delete_message(chat_id, sent.message_id)
        except TelegramError as error:
            log.info("telegram.inline_upload_refused", kind=type(error).__name__)
            return None
        return sent.photo[-1].file_id

    async def _button(self, person: Person, key: str) -> InlineQueryResultsButton:
        words = await self._kit.say(Place(PLATFORM, person.id, kind=PlaceKind.PRIVATE), key, person)
        return InlineQueryResultsButton(cut(words, MAX_BUTTON), start_parameter="inline")
