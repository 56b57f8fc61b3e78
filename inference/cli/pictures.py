"""Where a finished meme goes on disk: under the name that was asked for, or under one that is still free."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path
from typing import Final

from PIL import Image

from inference.contract import RenderOutput
from inference.errors import InferenceError, Unsupported

ENDINGS: Final = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF"}


class CannotSave(InferenceError):
    """The place that was named takes no file."""


def save_picture(meme: RenderOutput, path: Path | None) -> Path:
    """Write a meme and return where; `path` None picks meme.ENDING, meme-2.ENDING ... and overwrites nothing.

    Raises Unsupported for an ending that is no picture's, CannotSave where the file cannot be written.
    """
    target = path or _free_name(meme.ending)
    kind = _kind_of(target)
    same = ENDINGS[meme.ending] == kind
    try:
        target.write_bytes(meme.picture if same else _converted(meme.picture, kind))
    except OSError as error:
        raise CannotSave(f"{target} cannot be written: {error.strerror}.") from error
    return target


def check_target(path: Path | None) -> None:
    """Refuse a bad ending or a missing folder before any work is done."""
    if path is None:
        return
    _kind_of(path)
    if not path.parent.is_dir():
        raise CannotSave(f"There is no folder {path.parent}.")


def _kind_of(path: Path) -> str:
    """Pillow's name of the format that the ending stands for; raises Unsupported."""
    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise Unsupported(f"{path} should end in one of {', '.join(ENDINGS)}.")
    return kind


def _free_name(ending: str) -> Path:
    names = (Path(f"meme{'' if number == 1 else f'-{number}'}{ending}") for number in count(1))
    return next(name for name in names if not name.exists())


def _converted(data: bytes, kind: str) -> bytes:
    target = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        animated = kind in {"GIF", "WEBP"} and getattr(image, "n_frames", 1) > 1
        if animated:
            image.save(target, kind, save_all=True)
        else:
            image.convert("RGB").save(target, kind)
    return target.getvalue()
