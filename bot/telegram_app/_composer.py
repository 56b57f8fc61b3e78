"""`/meme` without words: choose a mood and how many captions with buttons, then reply with what it is about.

What was chosen so far stands in the buttons themselves and in the message's hidden link, written as people would type
it (`tone:joy n:5`), so that nothing is kept and everything survives a restart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.core.texts import say
from bot.core.values import Incoming, Meme, Person
from bot.telegram_app._answer import Answer
from bot.telegram_app._forms import MARK, Question, read_question
from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Gone, Unpostable
from bot.telegram_app._requests import MAKE, Request
from bot.telegram_app._rich import Rich
from bot.telegram_app._syntax import Wish, read_wish
from bot.telegram_app.replies import Post
from inference.contract import TONES

REDRAW: Final = "mk:"
GO: Final = "mkgo:"
FORM: Final = "make"
COUNTS: Final = (1, 3, 5, 8)


class Composer:
    """Shows the question, redraws it, and reads the answer."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def open(self, answer: Answer, person: Person) -> None:
        language = await self._kit.core.language(person, answer.target.place)
        await answer.show(self._draw(language, Wish()))

    async def on_press(self, query: CallbackQuery, answer: Answer, person: Person) -> None:
        """A mood or a number was chosen, or "surprise me"."""
        data, place, message = query.data or "", answer.target.place, query.message
        if data.startswith(GO):
            wish = read_wish(data.removeprefix(GO))
            await self._surprise(answer, Incoming(person=person, place=place, tone=wish.tone, n=wish.count))
        elif isinstance(message, Message) and self._is_composer(message):
            language = await self._kit.core.language(person, place)
            try:
                post = self._draw(language, read_wish(data.removeprefix(REDRAW)))
                await self._kit.poster.put(answer.target, message.message_id, post)
            except (Gone, Unpostable):
                return

    def _is_composer(self, message: Message) -> bool:
        question = read_question(message, self._kit.me.id)
        return question is not None and question.form_id.partition(" ")[0] == FORM

    def complete(self, request: Request, question: Question) -> Request | None:
        """The answer to the composer as if it had been typed behind the command; None for one to another question."""
        form, _, options = question.form_id.partition(" ")
        return replace(request, command=MAKE, words=f"{options} {request.words}".strip()) if form == FORM else None

    async def _surprise(self, answer: Answer, incoming: Incoming) -> None:
        async with answer.acting():
            reply = await self._kit.core.make(incoming, answer)
            if isinstance(reply, Meme):
                await answer.show_meme(reply)
                return
        await answer.show_notice(reply)

    def _draw(self, language: str, wish: Wish) -> Post:
        question = Question(f"{FORM} {_write(wish)}".strip())
        text = Rich().link(MARK, question.address(self._kit.me.name)).add(say(language, "telegram.compose"), "b")
        text.line().add(say(language, "telegram.compose_how"))
        tones = [
            _choice(
                say(language, f"tone.{tone}"),
                replace(wish, tone=None if tone == wish.tone else tone),
                tone == wish.tone,
            )
            for tone in TONES
        ]
        counts = [
            _choice(f"×{count}", replace(wish, count=None if count == wish.count else count), count == wish.count)
            for count in COUNTS
        ]
        last = [
            InlineKeyboardButton(f"🎲 {say(language, 'telegram.surprise')}", callback_data=GO + _write(wish)),
            InlineKeyboardButton(f"🖼 {say(language, 'start.templates')}", callback_data="tpl:list"),
        ]
        return Post(text.html(), InlineKeyboardMarkup([tones[:3], tones[3:], counts, last]))


def _choice(label: str, wish: Wish, chosen: bool) -> InlineKeyboardButton:
    return InlineKeyboardButton(f"✓ {label}" if chosen else label, callback_data=REDRAW + _write(wish))


def _write(wish: Wish) -> str:
    """A wish's options as they are typed; `read_wish` reads them again."""
    tone = [f"tone:{wish.tone}"] if wish.tone else []
    return " ".join([*tone, *([f"n:{wish.count}"] if wish.count else [])])
