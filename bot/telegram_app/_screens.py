"""The core's screens in Telegram: commands that open them, deep links into them, forms that are answered by a reply."""

from __future__ import annotations

from typing import Final

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import ChatAction

from bot.core.actions import Action, encode_press
from bot.core.commands import BY_NAME
from bot.core.panels import Form, Panel
from bot.core.values import Asked, Filled, Meme, Notice, Person, Place, PlaceKind, Pressed
from bot.telegram_app._answer import Answer
from bot.telegram_app._forms import Question
from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Target, Unpostable
from bot.telegram_app._requests import START, Request
from bot.telegram_app._rich import Rich
from bot.telegram_app._subjects import find_subject
from bot.telegram_app.convert import author_of, place_of, to_person, to_place, to_press
from bot.telegram_app.replies import Post, form_post, panel_post

PRIVACY: Final = "privacy"
TEMPLATES: Final = "templates"
DRAW: Final = "draw"
EDIT: Final = "edit"
MAX_PLACEHOLDER: Final = 64


class Screens:
    """Handlers of commands that are no meme, and of replies to forms."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def open(self, request: Request, update_id: int) -> None:
        message, place = request.message, place_of(request.message)
        person = await author_of(message, self._kit.standing)
        answer = Answer(self._kit, Target(place, message.message_id), update_id)
        if request.command == START and place.kind is PlaceKind.PRIVATE and request.words:
            await self._follow(request, person, answer)
            return
        asked = self._read(request, person, place)
        personal = asked.command == PRIVACY or (asked.command == TEMPLATES and asked.action == DRAW)
        if personal and place.kind is not PlaceKind.PRIVATE:
            await self._send_elsewhere(asked, answer)
            return
        await self._open(asked, answer)

    async def fill(self, request: Request, question: Question, update_id: int) -> None:
        """Somebody replied to a form: one value per line."""
        message = request.message
        place = place_of(message)
        person = await author_of(message, self._kit.standing)
        answer = Answer(self._kit, Target(place, message.message_id), update_id)
        values = tuple(line.strip() for line in request.words.splitlines() if line.strip())
        filled = Filled(person=person, place=place, form_id=question.form_id, values=values)
        async with answer.acting():
            reply = await self._kit.core.fill(filled, answer)
            if isinstance(reply, Meme) and reply.replaces and question.message_id:
                await answer.change_meme(question.message_id, reply)
            else:
                await self.show(reply, answer)
        if not (isinstance(reply, Notice) and reply.refusal) and message.reply_to_message:
            await self._kit.poster.delete(answer.target, message.reply_to_message.message_id)

    async def show(self, reply: Pressed, answer: Answer) -> None:
        """Whatever the core answers, as a new message."""
        place = answer.target.place
        match reply:
            case Meme():
                await answer.show_meme(reply)
            case Panel():
                await answer.show(panel_post(reply, place, links=_may_link(reply, place)))
            case Form():
                await self.ask(reply, answer.target, 0)
            case Notice():
                await answer.show_notice(reply)

    async def ask(self, form: Form, target: Target, changes: int, asker: Message | None = None) -> None:
        """Ask for a reply. In groups the reply field opens for `asker`'s writer alone, or not by itself."""
        post = form_post(form, Question(form.form_id, changes), self._kit.me.name)
        private = target.place.kind is PlaceKind.PRIVATE
        force = ForceReply(selective=not private, input_field_placeholder=form.title[:MAX_PLACEHOLDER])
        where = Target(target.place, asker.message_id) if asker else target
        try:
            await self._kit.poster.send(where, post, force_reply=force if private or asker else None)
        except Unpostable:
            return

    def _read(self, request: Request, person: Person, place: Place) -> Asked:
        command = BY_NAME.get(request.command)
        first, _, rest = request.words.partition(" ")
        is_action = command is not None and first.lower() in command.actions
        return Asked(
            person=person,
            place=place,
            command=request.command,
            action=first.lower() if is_action else "",
            text=rest.strip() if is_action else request.words,
            picture=find_subject(self._kit, request.message, "").picture,
        )

    async def _open(self, asked: Asked, answer: Answer) -> None:
        async with answer.acting(ChatAction.TYPING):
            await self.show(await self._kit.core.command(asked, answer), answer)

    async def _follow(self, request: Request, person: Person, answer: Answer) -> None:
        """A link `t.me/bot?start=…` was followed: it names something to do here in private."""
        what, _, argument = request.words.split()[0].partition("_")
        place = answer.target.place
        if what == EDIT and argument:
            press = to_press(person, place, encode_press(Action.EDIT, argument[:40]))
            await self.show(await self._kit.core.press(press, answer), answer)
        elif what == PRIVACY:
            await self._open(Asked(person=person, place=place, command=PRIVACY), answer)
        elif what == DRAW and argument.lstrip("-").isdecimal():
            await self._draw_for(int(argument), request.message, answer)
        else:
            await self._open(Asked(person=person, place=place, command=START, text=request.words), answer)

    async def _draw_for(self, chat_id: int, message: Message, answer: Answer) -> None:
        """The page for a group's templates, for somebody whose rights there the core will judge."""
        user = message.from_user
        chat = await self._kit.standing.find_chat(chat_id)
        if user is None or chat is None:
            return
        person = to_person(user, await self._kit.standing.of_user(chat, user))
        asked = Asked(person=person, place=to_place(chat), command=TEMPLATES, action=DRAW)
        await self.show(await self._kit.core.command(asked, answer), answer)

    async def _send_elsewhere(self, asked: Asked, answer: Answer) -> None:
        """What is for one person alone is shown in private: here stands only the way there."""
        place = answer.target.place
        payload = PRIVACY if asked.command == PRIVACY else f"{DRAW}_{place.chat_id}"
        words = await self._kit.say(place, "telegram.in_private", asked.person)
        label = await self._kit.say(place, "telegram.open_private", asked.person)
        button = InlineKeyboardButton(label, url=start_link(self._kit.me.name, payload))
        await answer.show(Post(Rich().add(words).html(), InlineKeyboardMarkup([[button]])))


def start_link(bot_name: str, payload: str) -> str:
    """Opens the private chat with the bot, which is then told the payload (64 letters, digits, `_` and `-`)."""
    return f"https://t.me/{bot_name}?start={payload}"


def _may_link(panel: Panel, place: Place) -> bool:
    return place.kind is PlaceKind.PRIVATE or not panel.private
