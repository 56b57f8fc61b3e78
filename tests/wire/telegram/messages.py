"""Messages as a chat shows them, and as the Bot API tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.wire.telegram.entities import Entity
from tests.wire.telegram.files import File, Photo, PhotoSize
from tests.wire.telegram.people import User

if TYPE_CHECKING:
    from tests.wire.telegram.chats import Chat


@dataclass(frozen=True)
class Button:
    """An inline button: callback data, or something else in `other` (url, switch_inline_query, …)."""

    text: str
    data: str | None = None
    other: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return (
            {"text": self.text, **self.other} if self.data is None else {"text": self.text, "callback_data": self.data}
        )


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, eq=False)
class Media:
    """A file shown in a message; `kind` is the field of the Bot API that carries it."""

    kind: str
    file: File
    photo: Photo = ()
    thumbnail: PhotoSize | None = None
    details: dict[str, Any] = field(default_factory=dict)
    spoiler: bool = False

    def body(self) -> dict[str, Any]:
        if self.kind == "photo":
            spoiler = {"has_media_spoiler": True} if self.spoiler else {}
            return {"photo": [size.body() for size in self.photo], **spoiler}
        body = {**self.file.body(), **self.details}
        if self.thumbnail:
            body["thumbnail"] = self.thumbnail.body()
        # An animation is told of as a document as well, for clients that know no animations.
        return {self.kind: body, "document": body} if self.kind == "animation" else {self.kind: body}


@dataclass(frozen=True)
class Content:
    """What a message says: text, or media with a caption."""

    text: str = ""
    entities: tuple[Entity, ...] = ()
    media: Media | None = None
    keyboard: Keyboard = ()

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = self.media.body() if self.media else {}
        prefix = "caption_" if self.media else ""
        if self.text or not self.media:
            body["caption" if self.media else "text"] = self.text
        if self.entities:
            body[f"{prefix}entities"] = [entity.body() for entity in self.entities]
        if self.keyboard:
            body["reply_markup"] = {"inline_keyboard": [[button.body() for button in row] for row in self.keyboard]}
        return body


@dataclass(eq=False)
class Message:
    """One message; `before` holds what it said before each edit, oldest first."""

    id: int
    chat: Chat
    content: Content
    date: int
    sender: User | None = None
    sender_chat: Chat | None = None
    reply_to: Message | None = None
    thread: int | None = None
    by_bot: bool = False
    silent: bool = False
    force_reply: bool = False
    deleted: bool = False
    edited: int | None = None
    before: list[Content] = field(default_factory=list)
    reactions: dict[int, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "" if self.content.media else self.content.text

    @property
    def caption(self) -> str:
        return self.content.text if self.content.media else ""

    @property
    def said(self) -> str:
        """Text or caption, whichever there is."""
        return self.content.text

    @property
    def media(self) -> Media | None:
        return self.content.media

    @property
    def picture(self) -> bytes:
        """The bytes of the file that is shown."""
        assert self.content.media is not None, f"message {self.id} shows no file but {self.text!r}"
        return self.content.media.file.data

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.content.keyboard for button in row]

    @property
    def mentions(self) -> list[str]:
        """Everybody this message would notify."""
        return [entity.of(self.said) for entity in self.content.entities if entity.type in {"mention", "text_mention"}]

    def button(self, label: str) -> Button:
        """The first button whose text has `label` in it, or whose data is exactly that."""
        for button in self.buttons:
            if label in button.text or label == button.data:
                return button
        raise AssertionError(f"no button {label!r} among {[button.text for button in self.buttons]}")

    def change(self, now: int, **changes: Any) -> None:
        self.before.append(self.content)
        self.content = replace(self.content, **changes)
        self.edited = now

    def body(self, with_reply: bool = True) -> dict[str, Any]:
        return {**dict(self._frame()), **self.content.body(), **self._reply(with_reply), **self.extra}

    def inaccessible(self) -> dict[str, Any]:
        return {"chat": self.chat.body(), "message_id": self.id, "date": 0}

    def _frame(self) -> Iterator[tuple[str, Any]]:
        yield "message_id", self.id
        yield "date", self.date
        yield "chat", self.chat.body()
        if self.sender:
            yield "from", self.sender.body()
        if self.sender_chat:
            yield "sender_chat", self.sender_chat.body()
        if self.thread is not None:
            yield "message_thread_id", self.thread
            yield "is_topic_message", True
        if self.edited is not None:
            yield "edit_date", self.edited

    def _reply(self, with_reply: bool) -> dict[str, Any]:
        if not with_reply or self.reply_to is None or self.reply_to.deleted:
            return {}
        return {"reply_to_message": self.reply_to.body(with_reply=False)}
