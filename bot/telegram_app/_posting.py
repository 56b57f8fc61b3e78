"""Posts on their way to Telegram: sent, put in another's place, taken away, whatever the network and the chat say.

A lost connection is tried again; a group that became a supergroup is followed; what a chat forbids is not asked twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import structlog
from telegram import (
    Bot,
    ForceReply,
    InputFile,
    InputMediaAnimation,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.core.values import Place
from bot.telegram_app._quiet import ANYTHING, PICTURES, Quiet
from bot.telegram_app.replies import File, Post

log = structlog.get_logger(__name__)
Sent = TypeVar("Sent")

PATIENCE_S: Final = 600.0
LONGEST_PAUSE_S: Final = 30.0
NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
GONE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message to delete not found",
)
UNCHANGED: Final = "message is not modified"
NO_PHOTO: Final = ("photo_", "image_process_failed", "too big for a photo")
_MEDIA: Final = {"photo": InputMediaPhoto, "animation": InputMediaAnimation, "document": InputMediaDocument}


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes. `source` is the message that asked, which is replied to and kept with the meme."""

    place: Place
    source: int | None = None
    reply: bool = True

    @property
    def chat_id(self) -> int:
        return int(self.place.chat_id)

    @property
    def thread(self) -> int | None:
        return int(self.place.channel_id) if self.place.channel_id else None


class Unpostable(Exception):
    """The post could not be brought to the chat; `closed` says what the chat forbids, if that is why."""

    def __init__(self, closed: str | None) -> None:
        super().__init__(closed or "refused")
        self.closed = closed


class Gone(Exception):
    """The message that was to be changed is not there any more."""


class Poster:
    """All that is written to chats goes through here."""

    def __init__(self, bot: Bot, quiet: Quiet) -> None:
        self._bot = bot
        self._quiet = quiet
        self._moved: dict[int, int] = {}

    def find_place(self, place: Place) -> Place:
        """Where a place is now: a group may have become a supergroup meanwhile."""
        moved = self._moved.get(int(place.chat_id))
        return replace(place, chat_id=str(moved), channel_id="") if moved else place

    async def send(self, target: Target, post: Post, *, force_reply: ForceReply | None = None) -> int:
        """The new message's id. Raises Unpostable."""
        try:
            return (await self._deliver(target, lambda to: self._send(to, post, force_reply))).message_id
        except BadRequest as error:
            if post.file is None or not _is_no_photo(error):
                raise Unpostable(None) from error
            return await self.send(target, _as_document(post, post.file), force_reply=force_reply)

    async def put(self, target: Target, message_id: int, post: Post) -> None:
        """Change a message that shows text or media; media can take the place of text, never the other way round.

        Doing it again changes nothing. Raises Unpostable and Gone.
        """
        try:
            await self._deliver(target, lambda to: self._edit(to, message_id, post))
        except BadRequest as error:
            words = error.message.lower()
            if UNCHANGED in words:
                return
            if any(each in words for each in GONE):
                raise Gone from error
            if post.file is None or not _is_no_photo(error):
                raise Unpostable(None) from error
            await self.put(target, message_id, _as_document(post, post.file))

    async def replace(self, target: Target, message: Message, post: Post) -> int:
        """Let a post take the place of a message, in it or, where that cannot be, instead of it."""
        has_media = bool(message.photo or message.animation or message.document)
        if has_media and post.file is None:
            sent = await self.send(target, post)
            await self.delete(target, message.message_id)
            return sent
        await self.put(target, message.message_id, post)
        return message.message_id

    async def delete(self, target: Target, message_id: int) -> bool:
        """False when Telegram would not: after two days, or without the right to."""
        try:
            return bool(await self._deliver(target, lambda to: self._bot.delete_message(to.chat_id, message_id)))
        except BadRequest as error:
            return any(each in error.message.lower() for each in GONE)
        except Unpostable:
            return False

    async def _deliver(self, target: Target, call: Callable[[Target], Awaitable[Sent]]) -> Sent:
        """Raises BadRequest for what is wrong with the post itself, Unpostable for what the chat or network forbids."""
        if self._quiet.forbids(target.chat_id, ANYTHING):
            raise Unpostable(ANYTHING)
        give_up_at, pause_s = time.monotonic() + PATIENCE_S, 1.0
        while True:
            try:
                return await call(target)
            except ChatMigrated as moved:
                self._moved[target.chat_id] = moved.new_chat_id
                target = Target(self.find_place(target.place))
            except (BadRequest, Forbidden) as error:
                closed = self._quiet.note(target.chat_id, error)
                if closed or isinstance(error, Forbidden):
                    log.warning("telegram.forbidden", chat=target.chat_id, what=closed)
                    raise Unpostable(closed) from error
                raise
            except NetworkError as error:
                if time.monotonic() > give_up_at:
                    raise Unpostable(None) from error
                log.warning("telegram.unreachable", kind=type(error).__name__)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            except TelegramError as error:
                raise Unpostable(None) from error

    async def _send(self, target: Target, post: Post, force_reply: ForceReply | None) -> Message:
        frame: dict[str, Any] = {
            "chat_id": target.chat_id,
            "message_thread_id": target.thread,
            "reply_markup": force_reply or post.keyboard,
            "parse_mode": ParseMode.HTML,
        }
        if target.source is not None and target.reply:
            frame["reply_parameters"] = ReplyParameters(target.source, allow_sending_without_reply=True)
        file = post.file
        if file is None:
            return await self._bot.send_message(text=post.html, link_preview_options=NO_PREVIEW, **frame)
        if self._quiet.forbids(target.chat_id, PICTURES):
            raise Unpostable(PICTURES)
        frame |= {"caption": post.html, file.kind: InputFile(file.data, file.name)}
        match file.kind:
            case "photo":
                return await self._bot.send_photo(**frame)
            case "animation":
                return await self._bot.send_animation(**frame)
            case _:
                return await self._bot.send_document(**frame)

    async def _edit(self, target: Target, message_id: int, post: Post) -> object:
        if post.file is None:
            return await self._bot.edit_message_text(
                post.html,
                target.chat_id,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=post.keyboard,
                link_preview_options=NO_PREVIEW,
            )
        media = to_media(post.file, post.html)
        return await self._bot.edit_message_media(media, target.chat_id, message_id, reply_markup=post.keyboard)


def to_media(file: File, caption: str) -> InputMediaPhoto | InputMediaAnimation | InputMediaDocument:
    kind: Any = _MEDIA[file.kind]
    media: InputMediaPhoto | InputMediaAnimation | InputMediaDocument = kind(
        InputFile(file.data, file.name, attach=True), caption=caption, parse_mode=ParseMode.HTML
    )
    return media


def _is_no_photo(error: BadRequest) -> bool:
    return any(each in error.message.lower() for each in NO_PHOTO)


def _as_document(post: Post, file: File) -> Post:
    return replace(post, file=replace(file, kind="document"))
