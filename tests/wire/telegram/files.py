"""The files of the local Telegram: what people and the bot uploaded, by file id and by path."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

MAX_DOWNLOAD_BYTES: Final = 20 * 2**20
MAX_UPLOAD_BYTES: Final = 50 * 2**20
MAX_PHOTO_BYTES: Final = 10 * 2**20
MAX_PHOTO_SIDES: Final = 10_000
MAX_PHOTO_RATIO: Final = 20
PHOTO_SIDES: Final = (90, 320, 800, 1280)


@dataclass(eq=False)
class File:
    """Bytes under an id. `size` is what Telegram says it is, which a test may set larger than the bytes are."""

    id: str
    path: str
    data: bytes = field(repr=False)
    size: int = 0
    mime_type: str = ""

    @property
    def unique_id(self) -> str:
        return f"u-{self.id}"

    def body(self) -> dict[str, Any]:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass(frozen=True, eq=False)
class PhotoSize:
    """One resolution of a photo."""

    file: File
    width: int
    height: int

    def body(self) -> dict[str, Any]:
        return {**self.file.body(), "width": self.width, "height": self.height}


Photo = tuple[PhotoSize, ...]
"""A photo in its resolutions, smallest first."""


@dataclass(frozen=True)
class Upload:
    """A file on its way. `size` may claim more bytes than there are."""

    data: bytes = field(repr=False)
    name: str = "file.bin"
    mime_type: str = "application/octet-stream"
    size: int = 0


class FileStore:
    """Every file there ever was; file ids stay good for ever."""

    def __init__(self) -> None:
        self._by_id: dict[str, File] = {}
        self._numbers = itertools.count(1)
        self.downloads: list[str] = []

    def add(self, upload: Upload, folder: str = "documents") -> File:
        number = next(self._numbers)
        suffix = upload.name.rpartition(".")[2]
        path = f"{folder}/file_{number}.{suffix}"
        file = File(f"AgAC{number:08d}", path, upload.data, upload.size or len(upload.data), upload.mime_type)
        self._by_id[file.id] = file
        return file

    def get(self, file_id: str) -> File | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> File | None:
        return next((file for file in self._by_id.values() if file.path == path), None)

    def add_photo(self, data: bytes) -> Photo:
        """A photo with smaller copies, as Telegram keeps them. Raises ValueError for what is no picture."""
        image = open_image(data)
        sizes = [self._shrunk(image, side) for side in PHOTO_SIDES if side < max(image.size)]
        full = self.add(Upload(data, "photo.jpg", "image/jpeg"), "photos")
        return (*sizes, PhotoSize(full, *image.size))

    def _shrunk(self, image: Image.Image, side: int) -> PhotoSize:
        small = image.convert("RGB")
        small.thumbnail((side, side))
        buffer = io.BytesIO()
        small.save(buffer, "JPEG")
        file = self.add(Upload(buffer.getvalue(), "photo.jpg", "image/jpeg"), "photos")
        return PhotoSize(file, *small.size)


def open_image(data: bytes) -> Image.Image:
    """Raises ValueError for what is no picture."""
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError("not a picture") from error
    return image


def complain_of_photo(data: bytes) -> str | None:
    """Why Telegram would not take these bytes as a photo."""
    if len(data) > MAX_PHOTO_BYTES:
        return "file is too big for a photo: max 10 MB"
    try:
        width, height = open_image(data).size
    except ValueError:
        return "IMAGE_PROCESS_FAILED"
    if width + height > MAX_PHOTO_SIDES or max(width, height) > MAX_PHOTO_RATIO * min(width, height):
        return "PHOTO_INVALID_DIMENSIONS"
    return None


def is_animation(data: bytes) -> bool:
    """GIF or MP4: all that Telegram plays as an animation."""
    return data[:4] == b"GIF8" or data[4:8] == b"ftyp"
