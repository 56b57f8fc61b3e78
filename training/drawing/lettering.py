"""Draws captions the way people put them on pictures, for training only.

What people are shown is drawn by `inference.render`. Here speed goes before beauty: tens of thousands of pictures are
lettered on a small machine.
"""

from __future__ import annotations

import functools
import importlib.util
import random
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

FONT_PACKAGES: Final = ("font_roboto", "koreanize_matplotlib", "matplotlib")
FACES: Final = (
    "Roboto-Black",
    "Roboto-Bold",
    "NanumGothicExtraBold",
    "DejaVuSans-Bold",
    "DejaVuSerif-Bold",
    "Roboto-Regular",
    "NanumGothic",
    "DejaVuSans",
)
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """Letters of `size` pixels in `colour`, outlined by `stroke` pixels of `outline`."""

    font: Path | None
    size: int
    colour: Colour = (255, 255, 255)
    outline: Colour = (0, 0, 0)
    stroke: int = 0

    @property
    def face(self) -> ImageFont.FreeTypeFont:
        return load_face(self.font, self.size)


@functools.lru_cache(maxsize=1)
def font_files() -> tuple[Path | None, ...]:
    """Bold faces used for captions first, then plain ones, of the packages at hand; None is Pillow's own face."""
    specs = [importlib.util.find_spec(package) for package in FONT_PACKAGES]
    folders = [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin]
    found = {path.stem: path for folder in folders for path in folder.rglob("*.ttf")}
    return tuple(found[name] for name in FACES if name in found) or (None,)


@functools.lru_cache(maxsize=512)
def load_face(font: Path | None, size: int) -> ImageFont.FreeTypeFont:
    if font is not None:
        return ImageFont.truetype(str(font), size, layout_engine=ImageFont.Layout.BASIC)
    face = ImageFont.load_default(size)
    assert isinstance(face, ImageFont.FreeTypeFont)  # noqa: S101
    return face


def caption_ink(rng: random.Random, height: int) -> Ink:
    """Outlined letters as on a classic macro, sized for a picture `height` pixels high."""
    size = max(8, round(height * rng.uniform(0.06, 0.14)))
    colour = (255, 255, 255) if rng.random() < 0.85 else _bright(rng)
    return Ink(font=_some_font(rng), size=size, colour=colour, stroke=max(1, size // 12))


def plain_ink(rng: random.Random, height: int, colour: Colour) -> Ink:
    """Letters without outline, as in posts and bars."""
    return Ink(font=_some_font(rng), size=max(7, round(height * rng.uniform(0.045, 0.09))), colour=colour)


def wrap(text: str, ink: Ink, width: int) -> list[str]:
    """Lines of about `width` pixels."""
    per_letter = max(1.0, ink.face.getlength("abcdefghiEFGHMR ") / 16)
    return textwrap.wrap(text, max(4, int(width / per_letter)))


def draw_lines(picture: Image.Image, lines: Sequence[str], ink: Ink, top: int, centre: bool = True) -> None:
    """Draws from `top` (pixels) downwards, in place."""
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        x = picture.width // 2 if centre else round(picture.width * 0.04)
        place = (x, top + number * (ink.size + ink.stroke + 1))
        draw.text(
            place,
            line,
            font=ink.face,
            fill=ink.colour,
            stroke_width=ink.stroke,
            stroke_fill=ink.outline,
            anchor="ma" if centre else "la",
        )


def draw_top_bottom(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> None:
    """The first box at the top, the second at the bottom, in capitals more often than not."""
    ink = caption_ink(rng, picture.height)
    capitals = rng.random() < 0.75
    for place, box in enumerate(boxes[:2]):
        lines = wrap(box.upper() if capitals else box, ink, round(picture.width * 0.96))[:4]
        height = len(lines) * (ink.size + ink.stroke + 1)
        draw_lines(picture, lines, ink, picture.height - height - 4 if place else 3)


def draw_labels(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> None:
    """Every box somewhere on the picture, small."""
    for box in boxes:
        ink = caption_ink(rng, round(picture.height * 0.7))
        lines = wrap(box, ink, round(picture.width * rng.uniform(0.25, 0.6)))[:4]
        width = max(1, round(picture.width * 0.6))
        layer = Image.new("RGBA", (width, max(1, len(lines) * (ink.size + ink.stroke + 1) + 4)))
        draw_lines(layer, lines, ink, 1)
        x = rng.randint(-width // 5, max(0, picture.width - width))
        y = rng.randint(0, max(0, picture.height - layer.height))
        picture.paste(layer, (x, y), layer)


def _some_font(rng: random.Random) -> Path | None:
    files = font_files()
    return files[min(int(rng.expovariate(0.6)), len(files) - 1)]


def _bright(rng: random.Random) -> Colour:
    return rng.choice([(255, 255, 0), (255, 220, 40), (120, 255, 120), (255, 80, 80), (20, 20, 20)])
