"""Writes finished memes as files that every chat shows: small enough, fast to write, in the kind that suits them.

Drawings become PNG, photographs JPEG, animations and videos GIF, or WebP where they came as WebP or APNG. Whatever
would be too heavy is written again with less quality, then smaller, then with fewer frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, pairwise
from typing import Final

from PIL import Image

from inference.errors import ModelError
from inference.imaging import PictureFormat

MAX_BYTES: Final = 8_000_000
_JPEG_QUALITIES: Final = (88, 78, 65, 50)
_SCALES: Final = (1.0, 0.75, 0.5, 0.35, 0.25)
_FEW_COLOURS: Final = 600
_SAMPLE_PX: Final = 160
_MOST_PNG_BYTES: Final = 2_000_000
_GIF_TICK_MS: Final = 10
_MOSAIC_TILES: Final = 6


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file's bytes, its media type, and its size in pixels."""

    data: bytes
    media_type: str
    size: tuple[int, int]


def encode_still(image: Image.Image, max_bytes: int = MAX_BYTES) -> Encoded:
    """A PNG for pictures of few colours where it stays small, a JPEG for all others."""
    if _has_few_colours(image):
        data = _save(image, "PNG", compress_level=6)
        if len(data) <= min(_MOST_PNG_BYTES, max_bytes):
            return Encoded(data, "image/png", image.size)
    for scale in _SCALES:
        (smaller,) = _scale_frames([image], scale)
        for quality in _JPEG_QUALITIES:
            data = _save(smaller, "JPEG", quality=quality, subsampling="4:2:0")
            if len(data) <= max_bytes:
                return Encoded(data, "image/jpeg", smaller.size)
    raise _too_heavy()


@dataclass(frozen=True, slots=True)
class Animation:
    """Frames of one size, how long each shows, and how often it plays (0 for ever)."""

    frames: Sequence[Image.Image]
    durations_ms: Sequence[int]
    plays: int


def encode_animation(animation: Animation, kind: PictureFormat, max_bytes: int = MAX_BYTES) -> Encoded:
    """A GIF, or a WebP for those that came as WebP or APNG; every frame keeps its time.

    GIF counts time in hundredths of a second, to which the ends of frames are rounded.
    """
    write = _save_webp if kind in {PictureFormat.WEBP, PictureFormat.APNG} else _save_gif
    media_type = "image/webp" if write is _save_webp else "image/gif"
    heaviest = 0.0  # bytes at full size, guessed low from what was written: hopeless scales are not tried
    while True:
        for scale in _SCALES:
            if heaviest * scale**2 > 1.2 * max_bytes and scale != _SCALES[-1]:
                continue
            frames = _scale_frames(animation.frames, scale)
            data = write(Animation(frames, animation.durations_ms, animation.plays))
            if len(data) <= max_bytes:
                return Encoded(data, media_type, frames[0].size)
            heaviest = max(heaviest, len(data) / scale**2 / 2)
        if len(animation.frames) == 1:
            raise _too_heavy()
        animation, heaviest = _halve(animation), heaviest / 2


def _has_few_colours(image: Image.Image) -> bool:
    """Told from a sparse sample of pixels, so that a photograph costs no more than a drawing."""
    sample = image.resize((_SAMPLE_PX, _SAMPLE_PX), Image.Resampling.NEAREST)
    return sample.getcolors(_FEW_COLOURS) is not None


def _scale_frames(frames: Sequence[Image.Image], scale: float) -> Sequence[Image.Image]:
    if scale == 1.0:
        return frames
    width, height = (max(1, round(side * scale)) for side in frames[0].size)
    return [frame.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0) for frame in frames]


def _halve(animation: Animation) -> Animation:
    """Every second frame, each shown as long as the two it stands for."""
    durations = animation.durations_ms
    pairs = [sum(durations[start : start + 2]) for start in range(0, len(durations), 2)]
    return Animation(animation.frames[::2], pairs, animation.plays)


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _save_gif(animation: Animation) -> bytes:
    palette = _shared_palette(animation.frames)
    frames = [frame.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for frame in animation.frames]
    loop = {} if animation.plays == 1 else {"loop": max(0, animation.plays - 1)}
    ticks = _whole_ticks(animation.durations_ms)
    return _save(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=ticks, **loop)


def _whole_ticks(durations_ms: Sequence[int]) -> list[int]:
    """Durations in whole ticks: frames end at the nearest one, so what one loses is made up by the next."""
    ends = [round(end / _GIF_TICK_MS) * _GIF_TICK_MS for end in accumulate(durations_ms)]
    return [end - begin for begin, end in pairwise([0, *ends])]


def _shared_palette(frames: Sequence[Image.Image]) -> Image.Image:
    """One palette for all frames, from a mosaic of a few: palettes of their own would make still parts flicker."""
    step = -(-len(frames) // _MOSAIC_TILES)
    tiles = [frame.resize((_SAMPLE_PX, _SAMPLE_PX), Image.Resampling.NEAREST) for frame in frames[::step]]
    mosaic = Image.new("RGB", (_SAMPLE_PX * len(tiles), _SAMPLE_PX))
    for index, tile in enumerate(tiles):
        mosaic.paste(tile, (index * _SAMPLE_PX, 0))
    return mosaic.quantize(255, method=Image.Quantize.MEDIANCUT)


def _save_webp(animation: Animation) -> bytes:
    first, *others = animation.frames
    return _save(
        first, "WEBP", save_all=True, append_images=others, duration=list(animation.durations_ms),
        loop=animation.plays, quality=80, method=2,
    )  # fmt: skip


def _too_heavy() -> ModelError:
    return ModelError("The meme could not be made small enough to post; please try a smaller picture.")
