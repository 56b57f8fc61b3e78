"""`/check`: whether something may offend, told to who asked and to nobody else.

In a group the result goes to the asker's private chat. Telegram lets a bot write there only after the person has
written first; where it may not, the group sees a button, which shows the result in a pop-up to the asker alone.
"""

from __future__ import annotations

import asyncio
from typing import Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReactionTypeEmoji
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.core.values import Checked, Incoming, Notice, Person, Place, PlaceKind
from bot.telegram_app._answer import Answer, Silent
from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Target, Unpostable
from bot.telegram_app._requests import Request
from bot.telegram_app._rich import MAX_ALERT, Rich, cut
from bot.telegram_app._subjects import find_subject
from bot.telegram_app.convert import author_of, place_of, private_place
from bot.telegram_app.replies import Post, checked_alert, checked_post

PREFIX: Final = "chk:"
SEEN: Final = "👌"
POPUP_S: Final = 8.0


class Checks:
    """Answers the command, and the button that stands for its answer."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def check(self, request: Request, update_id: int) -> None:
        message, place = request.message, place_of(request.message)
        person = await author_of(message, self._kit.standing)
        answer = Answer(self._kit, Target(place, message.message_id), update_id)
        subject = find_subject(self._kit, message, request.words)
        incoming = Incoming(person=person, place=place, picture=subject.picture, text=subject.words)
        async with answer.acting(ChatAction.TYPING):
            reply = await self._kit.core.check(incoming, Silent())
        if isinstance(reply, Notice):
            await answer.show_notice(reply)
        elif place.kind is PlaceKind.PRIVATE:
            await answer.show(checked_post(reply))
        elif await self._tell_privately(message, reply):
            await self._nod(message)
        else:
            await self._offer_button(answer, request, person)

    async def on_press(self, query: CallbackQuery, person: Person, place: Place) -> str:
        """The words for the pop-up: the result is worked out anew, since nothing of it was kept."""
        message = query.message
        asker = (query.data or "").removeprefix(PREFIX)
        if asker != person.id and not (person.moderator and asker == place.chat_id):
            return await self._kit.say(place, "telegram.not_yours", person)
        subject = find_subject(self._kit, message, "") if isinstance(message, Message) else None
        if subject is None or not (subject.picture or subject.words):
            return await self._kit.say(place, "telegram.check_gone", person)
        incoming = Incoming(person=person, place=place, picture=subject.picture, text=subject.words)
        try:
            async with asyncio.timeout(POPUP_S):
                reply = await self._kit.core.check(incoming, Silent())
        except TimeoutError:
            return await self._kit.say(place, "telegram.too_slow", person)
        return cut(reply.text, MAX_ALERT) if isinstance(reply, Notice) else checked_alert(reply)

    async def _tell_privately(self, message: Message, checked: Checked) -> bool:
        """False where the asker has no private chat with the bot, or wrote as a chat."""
        user = message.from_user
        if user is None or message.sender_chat is not None:
            return False
        target = Target(private_place(user))
        try:
            await self._kit.poster.send(target, checked_post(checked))
        except Unpostable:
            self._kit.quiet.reopen(user.id)
            return False
        return True

    async def _nod(self, message: Message) -> None:
        """A small sign on the command that it was answered, without a word about how."""
        try:
            await self._kit.bot.set_message_reaction(message.chat.id, message.message_id, ReactionTypeEmoji(SEEN))
        except TelegramError:
            return

    async def _offer_button(self, answer: Answer, request: Request, person: Person) -> None:
        message, place = request.message, answer.target.place
        about = message.reply_to_message or message
        label = await self._kit.say(place, "telegram.check_show", person)
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"{PREFIX}{person.id}")]])
        words = Rich().add(await self._kit.say(place, "telegram.check_private", person))
        target = Target(place, about.message_id)
        try:
            await self._kit.poster.send(target, Post(words.html(), keyboard))
        except Unpostable:
            return
