"""Telegram's objects as values of the core, once, here: people, places, presses, emoji."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from telegram import (
    CallbackQuery,
    Chat,
    Message,
    MessageReactionUpdated,
    ReactionType,
    ReactionTypeCustomEmoji,
    ReactionTypeEmoji,
    User,
)

from bot.core.values import Person, Place, PlaceKind, Press, Reacted
from bot.telegram_app._standing import NOBODY, Rights, Standing

PLATFORM: Final = "telegram"
_KINDS: Final = {Chat.PRIVATE: PlaceKind.PRIVATE, Chat.CHANNEL: PlaceKind.CHANNEL}


def to_place(chat: Chat, thread: int | None = None) -> Place:
    return Place(PLATFORM, str(chat.id), channel_id=str(thread or ""), kind=_KINDS.get(chat.type, PlaceKind.GROUP))


def place_of(message: Message) -> Place:
    return to_place(message.chat, thread_of(message))


def private_place(user: User) -> Place:
    """The conversation of a person with the bot, which has the person's own id."""
    return Place(PLATFORM, str(user.id), kind=PlaceKind.PRIVATE)


def thread_of(message: Message) -> int | None:
    """The topic a message stands in. Outside forums threads of replies are numbered too; nobody can post in those."""
    return message.message_thread_id if message.is_topic_message else None


def to_person(user: User, rights: Rights = NOBODY) -> Person:
    return Person(
        PLATFORM,
        str(user.id),
        name=user.full_name,
        language=user.language_code or "en",
        moderator=rights.moderator,
        admin=rights.admin,
        bot=user.is_bot,
    )


async def author_of(message: Message, standing: Standing) -> Person:
    """Who wrote a message: a user, or a chat that speaks for itself (a channel, an anonymous administrator)."""
    speaker = message.sender_chat
    if speaker is not None:
        is_own = speaker.id == message.chat.id
        rights = await standing.of_chat_itself(message.chat) if is_own else NOBODY
        name = speaker.effective_name or ""
        return Person(PLATFORM, str(speaker.id), name=name, moderator=rights.moderator, admin=rights.admin)
    if message.from_user is None:
        return Person(PLATFORM, str(message.chat.id))
    return to_person(message.from_user, await standing.of_user(message.chat, message.from_user))


async def presser_of(query: CallbackQuery, standing: Standing) -> tuple[Person, Place]:
    """Who pressed, and where; a button under a message sent by inline mode counts as pressed in private."""
    message = query.message
    if message is None:
        return to_person(query.from_user), private_place(query.from_user)
    thread = thread_of(message) if isinstance(message, Message) else None
    rights = await standing.of_user(message.chat, query.from_user)
    return to_person(query.from_user, rights), to_place(message.chat, thread)


def to_press(
    person: Person, place: Place, custom_id: str, event_id: str | None = None, message_id: int | None = None
) -> Press:
    shown = None if message_id is None else str(message_id)
    return Press(person=person, place=place, custom_id=custom_id, event_id=event_id, message_id=shown)


def to_reacted(update: MessageReactionUpdated) -> Reacted | None:
    """None for emoji put on in the name of a chat: behind it anybody may stand, and one person has one vote."""
    if update.user is None:
        return None
    before, after = _emoji(update.old_reaction), _emoji(update.new_reaction)
    return Reacted(
        person=to_person(update.user),
        place=to_place(update.chat),
        message_id=str(update.message_id),
        added=tuple(each for each in after if each not in before),
        removed=tuple(each for each in before if each not in after),
    )


def _emoji(reactions: Sequence[ReactionType]) -> tuple[str, ...]:
    named = []
    for reaction in reactions:
        if isinstance(reaction, ReactionTypeEmoji):
            named.append(reaction.emoji)
        elif isinstance(reaction, ReactionTypeCustomEmoji):
            named.append(f"custom:{reaction.custom_emoji_id}")
    return tuple(named)
