"""What people do to the bot's messages: press their buttons, put emoji on them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import structlog
from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, MessageReactionUpdated, Update
from telegram.error import BadRequest, TelegramError

from bot.core.actions import Action, decode_press
from bot.core.panels import Form, Panel
from bot.core.turns import Turns
from bot.core.values import Meme, Notice, Person, Place, PlaceKind, Pressed, Removed, Votes
from bot.telegram_app._answer import Answer, Silent
from bot.telegram_app._checks import PREFIX as CHECK
from bot.telegram_app._checks import Checks
from bot.telegram_app._composer import GO, REDRAW, Composer
from bot.telegram_app._inline import Inline
from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Gone, Target, Unpostable
from bot.telegram_app._rich import MAX_ALERT, cut
from bot.telegram_app._screens import Screens, start_link
from bot.telegram_app._tallies import Shown
from bot.telegram_app.convert import presser_of, private_place, to_person, to_place, to_press, to_reacted
from bot.telegram_app.replies import HEADING, panel_post

log = structlog.get_logger(__name__)

FIRST_ANSWER_S: Final = 2.0


class Reply:
    """The answer to one pressed button, which Telegram wants within seconds and takes once."""

    def __init__(self, query: CallbackQuery) -> None:
        self._query = query
        self.given = False

    async def give(self, text: str = "", *, alert: bool = False, url: str | None = None) -> None:
        """The button stops turning; what is shown for it fits a pop-up. Later answers are dropped."""
        if self.given:
            return
        self.given = True
        try:
            await self._query.answer(cut(text, MAX_ALERT) or None, show_alert=alert, url=url)
        except BadRequest:
            return  # Too old: the person has given up waiting, as after a restart.
        except TelegramError as error:
            log.info("telegram.press_unanswered", kind=type(error).__name__)


class Reactions:
    """Handlers of callback queries and of message reactions."""

    def __init__(self, kit: Kit, inline: Inline) -> None:
        self._kit = kit
        self._inline = inline
        self._screens = Screens(kit)
        self._checks = Checks(kit)
        self._composer = Composer(kit)
        self._turns = Turns()

    async def on_press(self, update: Update, _context: object) -> None:
        query = update.callback_query
        if query is None or query.data is None:
            return
        reply = Reply(query)
        async with _hurry(reply), self._turns.of(f"{query.from_user.id}:{_where(query)}"):
            if query.data != HEADING:
                await self._answer(query, reply, update.update_id)
            await reply.give()

    async def count_vote(self, update: Update) -> bool:
        """Count a vote, for good when this returns; False for what is none, or could not be counted now.

        The core counts an event once and stores emoji as they stand, so a second delivery changes nothing. What one
        person does to one message counts in the order in which it came.
        """
        try:
            if update.message_reaction is not None:
                await self._count_emoji(update.message_reaction)
                return True
            query = update.callback_query
            return query is not None and is_vote(query.data or "") and await self._count_press(query, update.update_id)
        except Exception as error:  # noqa: BLE001 - then it goes the long way, where errors are told of
            log.warning("telegram.vote_not_counted", kind=type(error).__name__)
            return False

    async def _count_emoji(self, changed: MessageReactionUpdated) -> None:
        reacted = to_reacted(changed)
        if reacted is None:
            return
        async with self._turns.of(f"{reacted.person.id}:{reacted.message_id}"):
            votes = await self._kit.core.react(reacted)
        if votes is not None:
            self._kit.tallies.show(Shown(reacted.place, reacted.message_id), votes)

    async def _count_press(self, query: CallbackQuery, update_id: int) -> bool:
        person, message = to_person(query.from_user), query.message
        place = to_place(message.chat) if message else private_place(query.from_user)
        async with self._turns.of(f"{person.id}:{_where(query)}"):
            pressed = await self._kit.core.press(to_press(person, place, query.data or "", str(update_id)), Silent())
        if not isinstance(pressed, Votes | Notice):
            return False
        words = _tally(pressed) if isinstance(pressed, Votes) else pressed.text
        self._kit.errands.run(Reply(query).give(words, alert=isinstance(pressed, Notice)))
        if isinstance(pressed, Votes):
            self._kit.tallies.show(_shown(query, place), pressed)
        return True

    async def _answer(self, query: CallbackQuery, reply: Reply, update_id: int) -> None:
        data = query.data or ""
        person, place = await presser_of(query, self._kit.standing)
        message = query.message
        answer = Answer(self._kit, Target(place, message.message_id if message else None), update_id)
        if data.startswith(CHECK):
            await reply.give(await self._checks.on_press(query, person, place), alert=True)
        elif data.startswith((GO, REDRAW)):
            await reply.give()
            await self._composer.on_press(query, answer, person)
        elif _asks_for_words(data) and (message is None or place.kind is PlaceKind.CHANNEL):
            await reply.give(url=start_link(self._kit.me.name, data.replace(":", "_", 1)))
        else:
            press = to_press(person, place, data, str(update_id), message.message_id if message else None)
            async with contextlib.AsyncExitStack() as stack:
                await stack.enter_async_context(_hurry(reply))
                if _takes_time(data):
                    await stack.enter_async_context(answer.acting())
                pressed = await self._kit.core.press(press, answer)
            await self._show(query, reply, answer, pressed, person)

    async def _show(self, query: CallbackQuery, reply: Reply, answer: Answer, pressed: Pressed, person: Person) -> None:
        message, place = query.message, answer.target.place
        match pressed:
            case Votes():
                await reply.give(_tally(pressed))
                self._kit.tallies.show(_shown(query, place), pressed)
            case Notice():
                await self._tell(reply, answer, pressed)
            case Removed():
                await self._remove(reply, answer, message, person)
            case Form() if message is not None:
                await reply.give()
                await self._screens.ask(pressed, answer.target, message.message_id, _asker(message, query))
            case Panel() if isinstance(message, Message):
                await reply.give()
                await self._replace(answer, message, pressed)
            case Meme() if message is None:
                await reply.give()
                await self._inline.change(query, pressed)
            case Meme() if pressed.replaces and message is not None:
                await reply.give()
                await answer.change_meme(message.message_id, pressed)
            case _:
                await reply.give()
                await self._screens.show(pressed, answer)

    async def _tell(self, reply: Reply, answer: Answer, notice: Notice) -> None:
        """In the pop-up while there still is one, then in the chat."""
        if reply.given and notice.refusal:
            await answer.show_notice(notice)
        else:
            await answer.drop_waiting()
            await reply.give(notice.text, alert=notice.refusal)

    async def _remove(
        self, reply: Reply, answer: Answer, message: MaybeInaccessibleMessage | None, person: Person
    ) -> None:
        place = answer.target.place
        if message is None:
            return
        if await self._kit.poster.delete(answer.target, message.message_id):
            await self._kit.core.taken_down(place, str(message.message_id))
            await reply.give()
        else:
            await reply.give(await self._kit.say(place, "telegram.cannot_delete", person), alert=True)

    async def _replace(self, answer: Answer, message: Message, panel: Panel) -> None:
        place = answer.target.place
        links = place.kind is PlaceKind.PRIVATE or not panel.private
        await answer.drop_waiting()
        try:
            await self._kit.poster.replace(answer.target, message, panel_post(panel, place, links=links))
        except (Gone, Unpostable):
            return


@contextlib.asynccontextmanager
async def _hurry(reply: Reply) -> AsyncIterator[None]:
    """Answer the button without words when what it asks for takes long."""
    task = asyncio.create_task(_give_later(reply))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _give_later(reply: Reply) -> None:
    await asyncio.sleep(FIRST_ANSWER_S)
    await reply.give()


def is_vote(data: str) -> bool:
    decoded = decode_press(data)
    return decoded is not None and decoded[0] in {Action.UP, Action.DOWN}


def _tally(votes: Votes) -> str:
    return f"👍 {votes.up}   👎 {votes.down}"


def _where(query: CallbackQuery) -> str:
    return query.inline_message_id or (str(query.message.message_id) if query.message else "")


def _shown(query: CallbackQuery, place: Place) -> Shown:
    if query.message is None:
        return Shown(place, query.inline_message_id or "", inline=True)
    return Shown(place, str(query.message.message_id))


def _asks_for_words(data: str) -> bool:
    decoded = decode_press(data)
    return decoded is not None and decoded[0] is Action.EDIT and decoded[1].isalnum()


def _takes_time(data: str) -> bool:
    """Whether a press has something drawn: the next meme, the preview of a template."""
    decoded = decode_press(data)
    return data.startswith("tpl:") if decoded is None else decoded[0] is Action.NEXT


def _asker(message: MaybeInaccessibleMessage, query: CallbackQuery) -> Message | None:
    """The presser's own message above, if there is one: replying to it opens the reply field for them alone."""
    above = message.reply_to_message if isinstance(message, Message) else None
    mine = above is not None and above.from_user is not None and above.from_user.id == query.from_user.id
    return above if mine else None
