"""What people attach to messages, beside photos: stickers, animations, videos, documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tests.wire.telegram.files import FileStore, PhotoSize, Upload, open_image
from tests.wire.telegram.messages import Media

STICKER_FORMATS: Final = {"static": "webp", "animated": "tgs", "video": "webm"}
MIME_TYPES: Final = {"webp": "image/webp", "tgs": "application/x-tgsticker", "webm": "video/webm"}


@dataclass(frozen=True)
class Attachment:
    """A file to attach as `kind`; `thumbnail` is a picture of it, where Telegram makes one."""

    kind: str
    upload: Upload
    thumbnail: bytes | None = None
    details: tuple[tuple[str, Any], ...] = ()


def sticker(data: bytes, form: str = "static", thumbnail: bytes | None = None) -> Attachment:
    """`form` is static (WebP), animated (TGS) or video (WebM)."""
    suffix = STICKER_FORMATS[form]
    details = (
        ("type", "regular"),
        ("width", 512),
        ("height", 512),
        ("is_animated", form == "animated"),
        ("is_video", form == "video"),
        ("emoji", "😀"),
    )
    return Attachment("sticker", Upload(data, f"sticker.{suffix}", MIME_TYPES[suffix]), thumbnail, details)


def animation(data: bytes, thumbnail: bytes | None = None) -> Attachment:
    """An MP4 without sound, which is what a GIF becomes on Telegram."""
    details = (("width", 320), ("height", 240), ("duration", 2), ("mime_type", "video/mp4"))
    return Attachment("animation", Upload(data, "animation.mp4", "video/mp4"), thumbnail, details)


def video(data: bytes, thumbnail: bytes | None = None) -> Attachment:
    details = (("width", 320), ("height", 240), ("duration", 9), ("mime_type", "video/mp4"))
    return Attachment("video", Upload(data, "video.mp4", "video/mp4"), thumbnail, details)


def document(data: bytes, name: str, mime_type: str, *, size: int = 0, thumbnail: bytes | None = None) -> Attachment:
    """A file as it is. `size` may claim more bytes than there are."""
    details = (("file_name", name), ("mime_type", mime_type))
    return Attachment("document", Upload(data, name, mime_type, size), thumbnail, details)


def attach(files: FileStore, attachment: Attachment) -> Media:
    if attachment.kind == "photo":
        photo = files.add_photo(attachment.upload.data)
        return Media("photo", photo[-1].file, photo)
    file = files.add(attachment.upload, f"{attachment.kind}s")
    return Media(attachment.kind, file, thumbnail=_thumbnail(files, attachment), details=dict(attachment.details))


def _thumbnail(files: FileStore, attachment: Attachment) -> PhotoSize | None:
    if attachment.thumbnail is None:
        return None
    file = files.add(Upload(attachment.thumbnail, "thumb.jpg", "image/jpeg"), "thumbnails")
    return PhotoSize(file, *open_image(attachment.thumbnail).size)
