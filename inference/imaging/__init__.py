"""The only door through which bytes from people become pictures: checked, capped, upright, RGB, without metadata.

Knows Pillow and, for videos, a process with FFmpeg; nothing of models, chats or memes. `decode_picture` either returns
a `DecodedPicture` or raises `InvalidImage` with one sentence that says what is wrong and what to do.
"""

from __future__ import annotations

from inference.imaging.decode import decode_picture
from inference.imaging.limits import DEFAULT_LIMITS, ImageLimits
from inference.imaging.picture import DecodedPicture
from inference.imaging.sniff import PictureFormat, sniff_format

__all__ = [
    "DEFAULT_LIMITS",
    "DecodedPicture",
    "ImageLimits",
    "PictureFormat",
    "decode_picture",
    "sniff_format",
]
