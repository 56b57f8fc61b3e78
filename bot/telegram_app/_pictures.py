"""Pictures of Telegram: found in messages, fetched by file id alone, never from an address, and only up to a size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telegram import Bot, ExternalReplyInfo, Message, User
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.core.errors import PictureGone, PictureTooLarge
from bot.core.values import Picture

MB: Final = 2**20
MAX_DOWNLOAD_BYTES: Final = 20 * MB
TOO_BIG: Final = "file is too big"
PICTURE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".mp4", ".webm")

_FILE_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,255}")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a message: its id, and its size where Telegram told it."""

    file_id: str
    size: int | None = None


def find_file(message: Message | ExternalReplyInfo) -> Found | None:
    """The picture a message shows: a photo, sticker, animation, short video, or a document that is a picture.

    Drawn stickers (TGS) are programs, not pictures; their preview stands in for them.
    """
    if message.photo:
        return Found(message.photo[-1].file_id, message.photo[-1].file_size)
    sticker = message.sticker
    if sticker is not None:
        shown = sticker.thumbnail if sticker.is_animated else sticker
        return Found(shown.file_id, shown.file_size) if shown else None
    moving = message.animation or message.video or message.video_note
    if moving is not None:
        return Found(moving.file_id, moving.file_size)
    document = message.document
    if document is None or not _is_picture(document.mime_type or "", document.file_name or ""):
        return None
    return Found(document.file_id, document.file_size)


def _is_picture(mime_type: str, name: str) -> bool:
    known = mime_type.startswith("image/") or mime_type in {"video/mp4", "video/webm"}
    return (known and mime_type != "image/svg+xml") or name.lower().endswith(PICTURE_SUFFIXES)


class FileFinder:
    """Pictures by file id. Telegram keeps files, so ids stay good after a restart."""

    def __init__(self, bot: Bot, max_bytes: int = MAX_DOWNLOAD_BYTES) -> None:
        self._bot = bot
        self._max_bytes = min(max_bytes, MAX_DOWNLOAD_BYTES)

    def find_picture(self, ref: str) -> Picture | None:
        """The core's way back from a stored reference to the picture."""
        return self.picture(Found(ref)) if _FILE_ID.fullmatch(ref) else None

    def picture_of(self, message: Message | ExternalReplyInfo | None) -> Picture | None:
        found = find_file(message) if message else None
        return self.picture(found) if found else None

    async def avatar_of(self, user: User) -> Picture | None:
        """A person's profile photo; None where there is none, or none that the bot may see."""
        try:
            photos = await self._bot.get_user_profile_photos(user.id, limit=1)
        except (BadRequest, Forbidden):
            return None
        if not photos.photos:
            return None
        largest = photos.photos[0][-1]
        return self.picture(Found(largest.file_id, largest.file_size))

    def picture(self, found: Found) -> Picture:
        async def load() -> bytes:
            return await self._load(found)

        return Picture(found.file_id, load, lasting=True)

    async def _load(self, found: Found) -> bytes:
        if (found.size or 0) > self._max_bytes:
            raise PictureTooLarge
        try:
            file = await self._bot.get_file(found.file_id)
            if (file.file_size or 0) > self._max_bytes:
                raise PictureTooLarge
            return bytes(await file.download_as_bytearray())
        except BadRequest as error:
            raise PictureTooLarge if TOO_BIG in error.message.lower() else PictureGone from error
        except (InvalidToken, Forbidden, TelegramError) as error:
            # The library reads a missing file (404) as a bad token.
            raise PictureGone from error
