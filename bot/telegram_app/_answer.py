"""One answer while it is being made: what people see meanwhile, and how it takes its place in the chat.

At once the chat shows that the bot is at work ("sending a photo…", which Telegram forgets after five seconds, so it is
told again). After two seconds a message stands for the answer, with the place in line and a button to stop; it turns
into the answer. That message is written beside the update, so that a restart finds it and nothing is said twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Final

from telegram import InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.core.values import Meme, Notice, PlaceKind, Working
from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Gone, Poster, Target, Unpostable
from bot.telegram_app._quiet import PICTURES
from bot.telegram_app._rich import Rich
from bot.telegram_app._tallies import Shown
from bot.telegram_app.replies import Post, meme_post, stop_button

RENEW_S: Final = 4.0
PATIENCE_S: Final = 2.0
NEXT_WORD_S: Final = 3.0
WAITING: Final = "waiting"


class Silent:
    """A `Progress` that tells nobody anything: for what is quick, and for what is nobody else's business."""

    async def working(self, notice: Working) -> None:
        pass


class Answer:
    """The core's `Progress`, and the way for its answer into the chat."""

    def __init__(self, kit: Kit, target: Target, update_id: int, part: int = 0) -> None:
        """`part` tells apart the answers to one update that has several."""
        self.target = target
        self._kit = kit
        self._update_id = update_id
        self._started_at = time.monotonic()
        self._note = f"{WAITING}{part or ''}"
        self._waiting_id: int | None = kit.ledger.recall(update_id, self._note)
        self._sending: asyncio.Task[None] | None = None
        self._said = ""
        self._said_at = 0.0

    @property
    def _poster(self) -> Poster:
        return self._kit.poster

    @contextlib.asynccontextmanager
    async def acting(self, action: str = ChatAction.UPLOAD_PHOTO) -> AsyncIterator[Answer]:
        """Show in the chat that the bot is at work, for as long as this lasts."""
        task = asyncio.create_task(self._act(action))
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def working(self, notice: Working) -> None:
        """It takes long: say so in a message of its own, and keep that up to date."""
        now = time.monotonic()
        if now - self._started_at < PATIENCE_S or notice.text == self._said or now - self._said_at < NEXT_WORD_S:
            return
        self._said, self._said_at = notice.text, now
        if self._sending is None or self._sending.done():
            # Not waited for: the answer must not be held up by a chat that takes messages slowly.
            self._sending = self._kit.errands.run(self._say_waiting(notice))

    async def show_meme(self, meme: Meme) -> None:
        """Post a meme; tell the core, so that reactions on the message find it."""
        message_id = await self.show(meme_post(meme))
        if message_id is not None:
            source = str(self.target.source) if self.target.source else None
            place = self._poster.find_place(self.target.place)
            await self._kit.core.posted(meme, place, str(message_id), source)

    async def show(self, post: Post) -> int | None:
        """Put the answer where the waiting message stands, or into a new one; None when it could not be posted."""
        waiting_id = await self._stop_waiting()
        try:
            if waiting_id is not None:
                await self._poster.put(self.target, waiting_id, post)
                return waiting_id
            return await self._poster.send(self.target, post)
        except Gone:
            return None  # Somebody took the waiting message away: they want no answer.
        except Unpostable as error:
            await self._explain(error.closed, waiting_id)
            return None

    async def show_notice(self, notice: Notice) -> None:
        """A sentence for who asked; in a chat that is posted full already, a refusal is better left unsaid."""
        if notice.refusal and self._waiting_id is None and self._kit.pace.is_crowded(self.target.chat_id):
            return
        await self.show(Post(Rich().add(notice.text).html()))

    async def change_meme(self, message_id: int, meme: Meme) -> None:
        """Put a meme into a message that shows another, or into a new one where that is gone."""
        shown = Shown(self.target.place, str(message_id))
        try:
            async with self._kit.tallies.changing(shown):
                await self._poster.put(self.target, message_id, meme_post(meme))
        except Gone:
            await self._kit.core.taken_down(self.target.place, shown.message_id)
            await self.show_meme(meme)
        except Unpostable as error:
            await self._explain(error.closed, None)
        else:
            await self._kit.core.posted(meme, self.target.place, shown.message_id)
            await self.drop_waiting()

    async def drop_waiting(self) -> None:
        """The answer went elsewhere: take the waiting message away."""
        waiting_id = await self._stop_waiting()
        if waiting_id is not None:
            await self._poster.delete(self.target, waiting_id)

    async def _say_waiting(self, notice: Working) -> None:
        keyboard = InlineKeyboardMarkup([[stop_button(notice.cancel)]]) if notice.cancel else None
        post = Post(Rich().add(notice.text).html(), keyboard)
        try:
            if self._waiting_id is None:
                self._waiting_id = await self._poster.send(self.target, post)
                await self._kit.ledger.write(self._update_id, self._note, self._waiting_id)
            elif self._kit.pace.spares_a_call():
                await self._poster.put(self.target, self._waiting_id, post)
        except (Gone, Unpostable):
            return

    async def _stop_waiting(self) -> int | None:
        if self._sending is not None:
            await self._sending
        return self._waiting_id

    async def _explain(self, closed: str | None, waiting_id: int | None) -> None:
        """Say once that pictures are forbidden here; where nothing may be said, nothing is."""
        if closed != PICTURES or not await self._kit.hints.first_time("no_pictures", self.target.place):
            return
        words = Post(Rich().add(await self._kit.say(self.target.place, "telegram.no_pictures")).html())
        with contextlib.suppress(Gone, Unpostable):
            if waiting_id is not None:
                await self._poster.put(self.target, waiting_id, words)
            else:
                await self._poster.send(self.target, words)

    async def _act(self, action: str) -> None:
        if self.target.place.kind is PlaceKind.CHANNEL:
            return
        with contextlib.suppress(TelegramError):
            while True:
                if self._kit.pace.spares_a_call():
                    await self._kit.bot.send_chat_action(self.target.chat_id, action, self.target.thread)
                await asyncio.sleep(RENEW_S)
