"""How much of a picture is accepted; every number here is checked before, or while, it would cost anything."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from inference.contract import PictureProblem
from inference.errors import InvalidImage
from inference.imaging.sniff import PictureFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLimits:
    """Ceilings of one picture. Sizes are in pixels, `budget_s` is time for one call of `decode_picture`: wall
    time, and for a video, read by another process, that process' own.

    `max_bytes`, `max_side` and the pixels of one frame, told from the header, refuse: `max_jpeg_pixels` for JPEG, which
    is decoded in strips and can be shrunk on the way, `max_video_pixels` for videos, whose decoders hold some sixteen
    frames, `max_pixels` for the others, whose decoders hold several whole copies (a WebP some 20 bytes per pixel).
    Animations are cut rather than refused: frames are read until `max_source_frames` or until their pixels reach
    `max_source_pixels`, of a video until `max_source_s`, whichever comes first; of those, `max_frames` are kept, evenly
    spaced, each shown as long as the frames it stands for; and the kept ones are shrunk together until they hold
    `max_kept_pixels` at most.
    """

    max_bytes: int = 20 * 1024 * 1024
    max_jpeg_pixels: int = 52_000_000
    max_pixels: int = 36_000_000
    max_video_pixels: int = 9_000_000
    max_side: int = 16_384
    max_frames: int = 100
    max_source_frames: int = 600
    max_source_pixels: int = 250_000_000
    max_source_s: float = 30.0
    max_kept_pixels: int = 40_000_000
    budget_s: float = 8.0

    def most_pixels(self, kind: PictureFormat) -> int:
        """The ceiling on the pixels of one frame."""
        if kind.is_video:
            return self.max_video_pixels
        return self.max_jpeg_pixels if kind is PictureFormat.JPEG else self.max_pixels


DEFAULT_LIMITS: Final = ImageLimits()


class Budget:
    """Wall time given to one picture. `spend` is called between steps; a step itself cannot be interrupted here."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def spend(self) -> None:
        """Raise InvalidImage once the time is used up."""
        if time.monotonic() > self._ends:
            raise too_slow()


def too_slow() -> InvalidImage:
    sentence = "This picture takes too long to open; please send a smaller or a shorter one."
    return InvalidImage(sentence, PictureProblem.TOO_SLOW)


def check_bytes(data: bytes, limits: ImageLimits) -> None:
    """Raise InvalidImage for an empty or an overweight file."""
    if not data:
        raise InvalidImage("This file is empty; please send the picture again.", PictureProblem.EMPTY)
    if len(data) > limits.max_bytes:
        raise InvalidImage(
            f"This file is {len(data) / 2**20:.1f} MB and {limits.max_bytes / 2**20:.0f} MB is the most; "
            "please send a smaller picture.",
            PictureProblem.TOO_HEAVY,
        )


def check_size(size: tuple[int, int], kind: PictureFormat, limits: ImageLimits) -> None:
    """Raise InvalidImage for a frame that is empty, too long or too large; `size` is (width, height)."""
    width, height = size
    most = limits.most_pixels(kind)
    if width < 1 or height < 1:
        raise InvalidImage("This picture has no pixels; please send another one.")
    if max(size) > limits.max_side:
        raise InvalidImage(
            f"This picture is {width} x {height} pixels and {limits.max_side} is the longest side that can be "
            "opened; please send a smaller one.",
            PictureProblem.TOO_LARGE,
        )
    if width * height > most:
        raise InvalidImage(
            f"This picture has {width * height / 1e6:.0f} million pixels and "
            f"{most / 1e6:.0f} million is the most; please send a smaller one.",
            PictureProblem.TOO_LARGE,
        )
