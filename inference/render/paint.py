"""Turns fitted blocks of type into stamps: small masks that are drawn once and pressed onto every frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from inference.boxes import Align, Anchor, Ink, TextBox
from inference.render.fit import Block
from inference.render.fonts import Face, load_font
from inference.render.setting import PlacedPiece, SetLine, emoji_extent, shaped_text

Colour = tuple[int, int, int]

_FILL: Final = {Ink.OUTLINED: (255, 255, 255), Ink.DARK: (17, 17, 17), Ink.LIGHT: (255, 255, 255)}
_OUTLINE: Final = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stamp:
    """`colour` through `mask` (mode L), or a picture through its own alpha, with its top-left corner at `x`, `y`."""

    x: int
    y: int
    mask: Image.Image
    colour: Colour | Image.Image


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Whole pixels; `x`, `y` is the top-left corner."""

    x: int
    y: int
    width: int
    height: int


def make_stamps(block: Block, room: Rectangle, box: TextBox) -> list[Stamp]:
    """The block placed in its room as the box says: outline first, letters above it, emoji last."""
    x, y = _corner(block, room, box)
    pens = [(_line_pen(line, block, box.align), base) for line, base in zip(block.lines, block.baselines, strict=True)]
    stamps = []
    if block.stroke:
        stamps.append(Stamp(x, y, _draw_mask(block, pens, block.stroke), _OUTLINE))
    stamps.append(Stamp(x, y, _draw_mask(block, pens, 0), _FILL[box.ink]))
    stamps.extend(_emoji_stamps(block, pens, (x, y)))
    return stamps


def press(image: Image.Image, stamps: Iterable[Stamp]) -> None:
    """Put stamps onto `image` (RGB), in order, in place."""
    for stamp in stamps:
        where = (stamp.x, stamp.y, stamp.x + stamp.mask.width, stamp.y + stamp.mask.height)
        image.paste(stamp.colour, where, stamp.mask)


def _corner(block: Block, room: Rectangle, box: TextBox) -> tuple[int, int]:
    spare_x, spare_y = room.width - block.width, room.height - block.height
    across = {Align.LEFT: 0, Align.CENTER: spare_x // 2, Align.RIGHT: spare_x}[box.align]
    down = {Anchor.TOP: 0, Anchor.MIDDLE: spare_y // 2, Anchor.BOTTOM: spare_y}[box.anchor]
    return room.x + across, room.y + down


def _line_pen(line: SetLine, block: Block, align: Align) -> int:
    """Where the pen starts so that the line's ink is aligned within the block."""
    inside = block.width - 2 * block.stroke
    spare = inside - (line.extent.right - line.extent.left)
    return block.stroke - line.extent.left + {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[align]


def _draw_mask(block: Block, pens: list[tuple[int, int]], stroke: int) -> Image.Image:
    mask = Image.new("L", (block.width, block.height))
    draw = ImageDraw.Draw(mask)
    for line, (pen, baseline) in zip(block.lines, pens, strict=True):
        for placed in line.placed:
            if not placed.piece.is_emoji:
                _draw_piece(draw, placed, (pen + placed.x, baseline), (block.size, stroke))
    return mask


def _draw_piece(draw: ImageDraw.ImageDraw, placed: PlacedPiece, at: tuple[int, int], pen: tuple[int, int]) -> None:
    piece, (size, stroke) = placed.piece, pen
    font = load_font(piece.face, size)
    direction = piece.direction
    draw.text(at, shaped_text(piece), fill=255, font=font, anchor="ls", stroke_width=stroke, direction=direction)


def _emoji_stamps(block: Block, pens: list[tuple[int, int]], corner: tuple[int, int]) -> list[Stamp]:
    stamps = []
    extent = emoji_extent(block.size)
    for line, (pen, baseline) in zip(block.lines, pens, strict=True):
        for placed in line.placed:
            if placed.piece.is_emoji:
                picture = draw_emoji(placed.piece.face, placed.piece.text, extent.right - extent.left)
                x, y = corner[0] + pen + placed.x + extent.left, corner[1] + baseline + extent.top
                stamps.append(Stamp(x, y, picture.getchannel("A"), picture.convert("RGB")))
    return stamps


@lru_cache(maxsize=256)
def draw_emoji(face: Face, cluster: str, side: int) -> Image.Image:
    """One emoji (RGBA), drawn at its font's own size, scaled into a square of `side` pixels and centred there."""
    font = load_font(face, side)
    width, height = (round(edge) + 2 for edge in font.getbbox(cluster, anchor="lt")[2:])
    drawn = Image.new("RGBA", (max(1, width), max(1, height)))
    ImageDraw.Draw(drawn).text((1, 1), cluster, font=font, anchor="lt", embedded_color=True)
    drawn = drawn.crop(drawn.getbbox())
    scale = side / max(drawn.size)
    fitted = (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))
    square = Image.new("RGBA", (side, side))
    square.paste(drawn.resize(fitted, Image.Resampling.LANCZOS), ((side - fitted[0]) // 2, (side - fitted[1]) // 2))
    return square
