"""What a request is about: the picture and the words to use, of the message itself or of the one it replies to."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message

from bot.core.values import Incoming, Person, Picture, Place
from bot.telegram_app._kit import Kit
from bot.telegram_app._requests import Request
from bot.telegram_app._syntax import Wish, read_wish


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture, words, or both; neither where nothing was named."""

    picture: Picture | None = None
    words: str = ""


def find_subject(kit: Kit, message: Message, words: str) -> Subject:
    """A picture of the message's own goes before that of the message replied to, typed words before quoted ones.

    The message replied to may stand in another chat.
    """
    answered = _answered(message)
    elsewhere = message.external_reply
    picture = kit.finder.picture_of(message) or kit.finder.picture_of(answered) or kit.finder.picture_of(elsewhere)
    if words:
        return Subject(picture, words)
    if message.quote is not None:
        return Subject(picture, message.quote.text)
    if answered is None:
        return Subject(picture)
    return Subject(picture, "" if picture else answered.text or answered.caption or "")


async def find_wish(kit: Kit, request: Request, person: Person, place: Place) -> tuple[Incoming, Wish]:
    """What a meme is to be made of, with the options among the words read."""
    wish = read_wish(request.words)
    subject = find_subject(kit, request.message, wish.prompt)
    if wish.avatar:
        subject = Subject(await _avatar(kit, request.message), wish.prompt)
    return (
        Incoming(
            person=person,
            place=place,
            picture=subject.picture,
            text=subject.words,
            template=wish.template,
            tone=wish.tone,
            n=wish.count,
        ),
        wish,
    )


async def _avatar(kit: Kit, message: Message) -> Picture | None:
    answered = _answered(message)
    user = answered.from_user if answered else message.from_user
    return await kit.finder.avatar_of(user) if user else None


def _answered(message: Message) -> Message | None:
    """The message replied to. In a topic everything that replies to nothing replies to its beginning."""
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created is not None:
        return None
    return answered
