"""What people write to the bot: memes, genres, checks, and which of the other files answers everything else."""

from __future__ import annotations

from dataclasses import replace

from telegram import Message, Update
from telegram.constants import ChatAction

from bot.core.values import Genres, Incoming, Meme, PlaceKind
from bot.telegram_app._answer import Answer
from bot.telegram_app._checks import Checks
from bot.telegram_app._composer import Composer
from bot.telegram_app._forms import Question
from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Target
from bot.telegram_app._quiet import ANYTHING, PICTURES
from bot.telegram_app._requests import MAKE, Request, read_request
from bot.telegram_app._rich import Rich
from bot.telegram_app._screens import Screens
from bot.telegram_app._subjects import find_subject, find_wish
from bot.telegram_app.convert import author_of, place_of
from bot.telegram_app.replies import Post, genres_post

ALBUM = "album"
DONE = "done"


class Commands:
    """Handlers of messages, edited messages and channel posts."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._screens = Screens(kit)
        self._checks = Checks(kit)
        self._composer = Composer(kit)

    async def on_message(self, update: Update, _context: object) -> None:
        message = update.effective_message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            await self._kit.core.chat_moved(place_of(message), str(message.migrate_to_chat_id))
            return
        if message.from_user is not None and message.from_user.is_bot and message.sender_chat is None:
            return  # Another program: two that answer each other never end.
        self._kit.albums.see(message)
        request = read_request(message, self._kit.me)
        if request is None or self._kit.quiet.forbids(message.chat.id, ANYTHING):
            return
        if request.question is not None:
            await self._answer_question(request, request.question, update.update_id)
        elif request.command == MAKE:
            await self._make(request, update.update_id)
        elif request.command == "genre":
            await self._tell_genre(request, update.update_id)
        elif request.command == "check":
            await self._checks.check(request, update.update_id)
        else:
            await self._screens.open(request, update.update_id)

    async def on_edited(self, update: Update, _context: object) -> None:
        """A message that asked for a meme was changed: so is the meme."""
        message = update.effective_message
        request = read_request(message, self._kit.me) if message else None
        if message is None or request is None or request.command != MAKE:
            return
        place = place_of(message)
        posted = await self._kit.core.meme_of(place, str(message.message_id))
        if posted is None:
            return
        person = await author_of(message, self._kit.standing)
        incoming, _ = await find_wish(self._kit, request, person, place)
        answer = Answer(self._kit, Target(place, message.message_id), update.update_id)
        async with answer.acting():
            reply = await self._kit.core.make(incoming, answer)
        await answer.drop_waiting()
        if isinstance(reply, Meme):
            await answer.change_meme(int(posted.message_id), reply)

    async def _answer_question(self, request: Request, question: Question, update_id: int) -> None:
        wanted = self._composer.complete(request, question)
        if wanted is not None:
            await self._make(wanted, update_id)
        else:
            await self._screens.fill(request, question, update_id)

    async def _make(self, request: Request, update_id: int) -> None:
        message, place = request.message, place_of(request.message)
        album = await self._album(message, update_id)
        if not album or self._kit.quiet.forbids(message.chat.id, PICTURES):
            return
        person = await author_of(message, self._kit.standing)
        incoming, wish = await find_wish(self._kit, request, person, place)
        is_empty = not (incoming.picture or incoming.text or incoming.template)
        if wish.avatar and incoming.picture is None:
            await self._say(Target(place, message.message_id), update_id, "telegram.no_avatar")
        elif is_empty and request.question is None and place.kind is not PlaceKind.CHANNEL:
            await self._composer.open(Answer(self._kit, Target(place, message.message_id), update_id), person)
        elif len(album) > 1:
            await self._make_album(album, incoming, update_id)
        else:
            await self._make_one(incoming, Answer(self._kit, Target(place, message.message_id), update_id))

    async def _make_album(self, album: list[str], incoming: Incoming, update_id: int) -> None:
        """A meme for each picture, one after the other; a restart goes on where it stopped."""
        done: int = self._kit.ledger.recall(update_id, DONE) or 0
        for index, entry in enumerate(album[done:], done):
            number, _, file_id = entry.partition(":")
            answer = Answer(self._kit, Target(incoming.place, int(number)), update_id, part=index + 1)
            picture = self._kit.finder.find_picture(file_id)
            if not await self._make_one(replace(incoming, picture=picture), answer):
                return
            await self._kit.ledger.write(update_id, DONE, index + 1)

    async def _make_one(self, incoming: Incoming, answer: Answer) -> bool:
        async with answer.acting():
            reply = await self._kit.core.make(incoming, answer)
            if isinstance(reply, Meme):
                await answer.show_meme(reply)
                return True
        await answer.show_notice(reply)
        return False

    async def _tell_genre(self, request: Request, update_id: int) -> None:
        message, place = request.message, place_of(request.message)
        person = await author_of(message, self._kit.standing)
        subject = find_subject(self._kit, message, request.words)
        answer = Answer(self._kit, Target(place, message.message_id), update_id)
        async with answer.acting(ChatAction.TYPING):
            reply = await self._kit.core.genre(
                Incoming(person=person, place=place, picture=subject.picture, text=subject.words), answer
            )
        if isinstance(reply, Genres):
            await answer.show(genres_post(reply))
        else:
            await answer.show_notice(reply)

    async def _album(self, message: Message, update_id: int) -> list[str]:
        """The pictures of an album as "message:file", [""] for a message without one, nothing if another one speaks."""
        known: list[str] | None = self._kit.ledger.recall(update_id, ALBUM)
        if known is not None:
            return known
        gathered = await self._kit.albums.gather(message)
        if len(gathered) < 2:
            return [""] * len(gathered)
        pictures = [(each.message_id, self._kit.finder.picture_of(each)) for each in gathered]
        entries = [f"{number}:{picture.ref}" for number, picture in pictures if picture]
        await self._kit.ledger.write(update_id, ALBUM, entries)
        return entries

    async def _say(self, target: Target, update_id: int, key: str) -> None:
        words = await self._kit.say(target.place, key)
        await Answer(self._kit, target, update_id).show(Post(Rich().add(words).html()))
