"""What people do in chats: write, send pictures, press buttons, react, edit, delete, forward, ask inline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.wire.telegram.chats import CHAT_INSTANCE, Chat
from tests.wire.telegram.entities import find_entities
from tests.wire.telegram.files import Upload
from tests.wire.telegram.media import Attachment, attach
from tests.wire.telegram.messages import Content, Message
from tests.wire.telegram.people import ANONYMOUS, User
from tests.wire.telegram.queries import PressedButton
from tests.wire.telegram.sight import bot_hears_reactions, bot_sees
from tests.wire.telegram.world import World


@dataclass(frozen=True, kw_only=True)
class Posting:
    """How a message is posted, beside what it says."""

    reply_to: Message | None = None
    thread: int | None = None
    anonymous: bool = False
    """As the group itself, which administrators may do."""
    extra: dict[str, Any] = field(default_factory=dict)


class PeopleDo:
    """The part of the local Telegram that tests use to let people act. Every method tells the bot what it may know."""

    world: World

    async def say(
        self,
        user: User,
        chat: Chat | None = None,
        text: str = "",
        *,
        photo: bytes | None = None,
        attachment: Attachment | None = None,
        reply_to: Message | None = None,
        thread: int | None = None,
        anonymous: bool = False,
    ) -> Message:
        """Write a message, in private where no chat is named. With a photo or an attachment `text` is the caption."""
        if photo is not None:
            attachment = Attachment("photo", Upload(photo, "photo.jpg", "image/jpeg"))
        how = Posting(reply_to=reply_to, thread=thread, anonymous=anonymous)
        return self._post(user, chat or self.world.chats[user.id], text, attachment, how)

    async def say_album(self, user: User, chat: Chat, photos: Sequence[bytes], caption: str = "") -> list[Message]:
        """Several photos at once: separate messages with one group id, the caption on the first."""
        group = {"media_group_id": self.world.new_query_id()}
        return [
            self._post(user, chat, "" if index else caption, Attachment("photo", Upload(data)), Posting(extra=group))
            for index, data in enumerate(photos)
        ]

    async def post_in_channel(self, chat: Chat, text: str = "", *, photo: bytes | None = None) -> Message:
        """A channel's own post, which has no author."""
        media = attach(self.world.files, Attachment("photo", Upload(photo))) if photo is not None else None
        message = self.world.post(chat, Content(text, find_entities(text), media), sender_chat=chat)
        self.world.updates.push("channel_post", message.body())
        return message

    async def edit(self, message: Message, text: str) -> None:
        message.change(self.world.now, text=text, entities=find_entities(text))
        if bot_sees(self.world, message):
            kind = "edited_channel_post" if message.chat.type == "channel" else "edited_message"
            self.world.updates.push(kind, message.body())

    async def delete(self, message: Message) -> None:
        """Bots are not told of it."""
        message.deleted = True
        self.world.pulse.beat()

    async def forward(self, user: User, message: Message, chat: Chat) -> Message:
        origin: dict[str, Any] = {"type": "hidden_user", "sender_user_name": "Somebody", "date": message.date}
        if message.sender is not None:
            origin = {"type": "user", "sender_user": message.sender.body(), "date": message.date}
        extra = {"forward_origin": origin}
        content = Content(message.content.text, message.content.entities, message.content.media)
        return self._tell(self.world.post(chat, content, sender=user, extra=extra))

    async def press(self, user: User, message: Message, label: str, *, forged: bool = False) -> PressedButton:
        """Press the button with `label` in its text. `forged` sends `label` itself as data, button or not."""
        data = label if forged else message.button(label).data
        assert data is not None, f"the button {label!r} sends nothing to the bot"
        world = self.world
        query = PressedButton(world.new_query_id(), user, world.pulse, world.patience_s, message=message, data=data)
        world.presses[query.id] = query
        body = {"id": query.id, "from": user.body(), "chat_instance": CHAT_INSTANCE, "data": data}
        inline_id = message.extra.get("inline_message_id")
        if inline_id:
            body["inline_message_id"] = inline_id
        else:
            body["message"] = message.inaccessible() if message.deleted else message.body()
        world.updates.push("callback_query", body)
        return query

    async def react(self, user: User, message: Message, emoji: Sequence[str], *, anonymous: bool = False) -> None:
        """Replace a person's reactions on a message. In channels only the counts are told."""
        old, new = message.reactions.get(user.id, ()), tuple(emoji)
        message.reactions[user.id] = new
        world, chat = self.world, message.chat
        if not bot_hears_reactions(world, chat):
            return
        body: dict[str, Any] = {"chat": chat.body(), "message_id": message.id, "date": world.now}
        if chat.type == "channel":
            world.updates.push("message_reaction_count", body | {"reactions": _counts(message)})
            return
        body["actor_chat" if anonymous else "user"] = chat.body() if anonymous else user.body()
        body |= {"old_reaction": _reactions(old), "new_reaction": _reactions(new)}
        world.updates.push("message_reaction", body)

    def _post(self, user: User, chat: Chat, text: str, attachment: Attachment | None, how: Posting) -> Message:
        if chat.type == "private":
            user.started = True
        media = attach(self.world.files, attachment) if attachment else None
        message = self.world.post(
            chat,
            Content(text, find_entities(text), media),
            sender=_author(user, chat, how),
            sender_chat=chat if how.anonymous or chat.type == "channel" else None,
            reply_to=how.reply_to,
            thread=how.thread,
            extra=how.extra | _thread_of_replies(chat, how.reply_to),
        )
        return self._tell(message)

    def _tell(self, message: Message) -> Message:
        if bot_sees(self.world, message):
            kind = "channel_post" if message.chat.type == "channel" else "message"
            self.world.updates.push(kind, message.body())
        return message


def _author(user: User, chat: Chat, how: Posting) -> User | None:
    if chat.type == "channel":
        return None
    return ANONYMOUS if how.anonymous else user


def _thread_of_replies(chat: Chat, reply_to: Message | None) -> dict[str, Any]:
    """Outside forums, replies carry the id of a thread as well, which is no topic to post in."""
    if reply_to is None or chat.forum or chat.type != "supergroup":
        return {}
    return {"message_thread_id": reply_to.extra.get("message_thread_id", reply_to.id)}


def _reactions(emoji: Sequence[str]) -> list[dict[str, str]]:
    return [{"type": "emoji", "emoji": each} for each in emoji]


def _counts(message: Message) -> list[dict[str, Any]]:
    given = [emoji for each in message.reactions.values() for emoji in each]
    return [{"type": {"type": "emoji", "emoji": each}, "total_count": given.count(each)} for each in sorted(set(given))]
