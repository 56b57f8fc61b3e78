"""Which frames of an animation are read and kept, how long each shows, and how often it all plays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PIL import Image

from inference.errors import InvalidImage
from inference.imaging.limits import ImageLimits
from inference.imaging.sniff import PictureFormat

_SHORTEST_MS: Final = 20
_USUAL_MS: Final = 100
_LONGEST_MS: Final = 60_000


def count_frames(image: Image.Image, data: bytes, kind: PictureFormat, limits: ImageLimits) -> int:
    """Frames to read: those of the file, cut at the limits; 1 for a still. Raises for a GIF that breaks off."""
    most = max(1, min(limits.max_source_frames, limits.max_source_pixels // (image.width * image.height)))
    if kind is PictureFormat.GIF:
        return max(1, count_gif_frames(data, most))
    if kind in {PictureFormat.WEBP, PictureFormat.APNG}:
        return max(1, min(int(getattr(image, "n_frames", 1)), most))
    return 1


def count_gif_frames(data: bytes, most: int) -> int:
    """Frames of a GIF, counted up to `most` by stepping over its blocks (GIF89a, 18 to 27) without decoding any.

    Raises InvalidImage where a block breaks off. A missing trailer after a whole block is forgiven.
    """
    position = 13 + _table_bytes(data, 10)
    frames = 0
    while frames < most and position < len(data):
        introducer = data[position]
        if introducer == 0x21:
            position = _skip_sub_blocks(data, position + 2)
        elif introducer == 0x2C:
            position = _skip_sub_blocks(data, position + 11 + _table_bytes(data, position + 9))
            frames += 1
        else:
            break
    return frames


def _table_bytes(data: bytes, flags_at: int) -> int:
    """Length of the colour table that the flags byte announces."""
    if flags_at >= len(data):
        raise _broken_off()
    flags = data[flags_at]
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_sub_blocks(data: bytes, position: int) -> int:
    """The position after a chain of sub-blocks and its terminator."""
    while position < len(data):
        length = data[position]
        position += 1 + length
        if length == 0:
            return position
    raise _broken_off()


def _broken_off() -> InvalidImage:
    return InvalidImage("This GIF breaks off before its end; please send it again.")


def spread_frames(read: int, kept: int) -> tuple[int, ...]:
    """`kept` indices out of `range(read)`, evenly spaced, the first always among them."""
    kept = min(read, kept)
    return tuple(index * read // kept for index in range(kept))


def merge_durations(durations_ms: Sequence[int], kept: Sequence[int]) -> tuple[int, ...]:
    """How long each kept frame shows: its own time and that of the frames dropped after it."""
    ends = [*kept[1:], len(durations_ms)]
    return tuple(sum(durations_ms[start:end]) for start, end in zip(kept, ends, strict=True))


def read_duration_ms(info: Mapping[Any, Any]) -> int:
    """A frame's time. Below 20 ms browsers show 100, and files that say 0 rely on it."""
    stated = info.get("duration", 0)
    duration = round(stated) if isinstance(stated, int | float) else 0
    return min(duration, _LONGEST_MS) if duration >= _SHORTEST_MS else _USUAL_MS


def read_plays(info: Mapping[Any, Any], kind: PictureFormat) -> int:
    """How often the animation plays, 0 for ever. A GIF counts its repetitions, and plays once where it states none."""
    stated = info.get("loop")
    if not isinstance(stated, int):
        return 1
    return stated + 1 if kind is PictureFormat.GIF and stated else stated
