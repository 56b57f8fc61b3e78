"""Decodes one picture, cheapest check first: bytes, kind, size from the header, then pixels, then further frames.

Pillow is told which one format to expect, so that none of its other parsers ever sees a stranger's bytes.
"""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image

from inference.contract import PictureProblem
from inference.errors import InvalidImage
from inference.imaging.frames import count_frames, merge_durations, read_duration_ms, read_plays, spread_frames
from inference.imaging.limits import DEFAULT_LIMITS, Budget, ImageLimits, check_bytes, check_size
from inference.imaging.picture import DecodedPicture
from inference.imaging.pixels import read_orientation, shrink_to, to_rgb, turn_size
from inference.imaging.sniff import PictureFormat, sniff_format, webp_canvas
from inference.imaging.video import decode_video

# What Pillow's parsers raise on damaged files; the fuzz test holds the list to be complete.
_DAMAGED: Final = (
    OSError, EOFError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError,
    AssertionError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip
_KINDS_WITH_EXIF: Final = {PictureFormat.JPEG, PictureFormat.PNG, PictureFormat.APNG, PictureFormat.WEBP}
_TOO_LARGE: Final = (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a caller asks of one picture: longest side and frames at most, None for as they are."""

    kind: PictureFormat
    limits: ImageLimits
    max_side: int | None
    max_frames: int | None


def decode_picture(
    data: bytes,
    limits: ImageLimits = DEFAULT_LIMITS,
    *,
    max_side: int | None = None,
    max_frames: int | None = None,
) -> DecodedPicture:
    """Check and decode a picture from a stranger.

    `max_side` shrinks the result to that longest side in pixels, early enough that a large JPEG is never decoded in
    full; nothing is enlarged. `max_frames=1` decodes the first frame only, which is what a model wants.
    Raises InvalidImage, and nothing else, with a sentence for the sender.
    """
    check_bytes(data, limits)
    kind = sniff_format(data)
    if kind.is_video:
        return decode_video(data, kind, limits, max_side=max_side, max_frames=max_frames)
    wanted = _Wanted(kind, limits, max_side, max_frames)
    canvas = webp_canvas(data) if wanted.kind is PictureFormat.WEBP else None
    if canvas is not None:
        check_size(canvas, wanted.kind, limits)
    try:
        with warnings.catch_warnings():
            # The ceiling below is lower than Pillow's; its warning, as an error, is a second line behind it. What
            # else Pillow warns of (broken EXIF, odd APNG chunks) is dealt with here and interests nobody.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=[wanted.kind.pillow_name]) as image:
                return _decode(image, data, wanted)
    except _TOO_LARGE as error:
        raise InvalidImage(
            f"This picture has too many pixels; {limits.most_pixels(wanted.kind) / 1e6:.0f} million is the most, "
            "please send a smaller one.",
            PictureProblem.TOO_LARGE,
        ) from error
    except _DAMAGED as error:
        raise InvalidImage("This picture is damaged or breaks off; please send it again.") from error


def _decode(image: Image.Image, data: bytes, wanted: _Wanted) -> DecodedPicture:
    check_size(image.size, wanted.kind, wanted.limits)
    read = count_frames(image, data, wanted.kind, wanted.limits)
    kept = spread_frames(read, min(wanted.limits.max_frames, wanted.max_frames or read))
    animated = len(kept) > 1
    source_size = image.size
    turn = read_orientation(image) if wanted.kind in _KINDS_WITH_EXIF else None
    size = _kept_size(source_size, len(kept), wanted)
    if wanted.kind is PictureFormat.JPEG and size != source_size:
        image.draft(None, size)
    plan = _Plan(read if animated else 1, frozenset(kept), size, turn)
    frames, durations_ms = _read_frames(image, plan, wanted)
    return DecodedPicture(
        frames=frames,
        durations_ms=merge_durations(durations_ms, kept) if animated else (0,),
        format=wanted.kind,
        source_size=turn_size(source_size, turn),
        plays=read_plays(image.info, wanted.kind) if animated else 0,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """How many frames to read, the indices to keep, their size as stored, and the turn that sets them upright."""

    read: int
    kept: frozenset[int]
    size: tuple[int, int]
    turn: Image.Transpose | None


def _read_frames(image: Image.Image, plan: _Plan, wanted: _Wanted) -> tuple[tuple[Image.Image, ...], tuple[int, ...]]:
    """The kept frames, finished, and the times of all frames read. Frames build on one another, so none is skipped."""
    budget = Budget(wanted.limits.budget_s)
    frames, durations_ms = [], []
    for index in range(plan.read):
        if index:
            image.seek(index)
            check_size(image.size, wanted.kind, wanted.limits)
        image.load()
        budget.spend()
        durations_ms.append(read_duration_ms(image.info))
        if index in plan.kept:
            frame = shrink_to(to_rgb(image), plan.size)
            frames.append(frame if plan.turn is None else frame.transpose(plan.turn))
            budget.spend()
    return tuple(frames), tuple(durations_ms)


def _kept_size(size: tuple[int, int], frames: int, wanted: _Wanted) -> tuple[int, int]:
    """The size at which `frames` frames are kept: within `max_side`, and together within `max_kept_pixels`."""
    width, height = size
    scale = min(1.0, (wanted.max_side or max(size)) / max(size))
    if frames > 1:
        scale = min(scale, math.sqrt(wanted.limits.max_kept_pixels / (width * height * frames)))
    if scale == 1.0:
        return size
    return max(1, math.floor(width * scale)), max(1, math.floor(height * scale))
