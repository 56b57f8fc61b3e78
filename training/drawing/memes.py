"""Draws plain captioned pictures in the ways people caption them, to tell the other genres from."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image

from training.drawing.lettering import Colour, Ink, caption_ink, font_files, wrap
from training.drawing.sheet import Sheet

WIDTH: Final = 260
BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)


def draw_macro(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> Sheet:
    """Top and bottom lines, a bar above or below, a framed poster, or labels on things."""
    style: Callable[[Image.Image, Sequence[str], random.Random], Sheet]
    style = rng.choice((_top_bottom, _top_bottom, _top_bottom, _bar, _bar, _poster, _labelled))
    return style(picture, boxes, rng)


def write_top_bottom(sheet: Sheet, boxes: Sequence[str], ink: Ink, margin: int = 6) -> None:
    """The first box at the top, the second, where there is one, at the bottom; `margin` pixels free at both sides."""
    width, height = sheet.picture.size
    sheet.write(boxes[0], ink, (margin, 4), width - 2 * margin, centre=True)
    for box in boxes[1:2]:
        lines = len(wrap(box, ink, width - 2 * margin))
        top = height - lines * (round(ink.size * 1.3) + ink.stroke) - 4
        sheet.write(box, ink, (margin, top), width - 2 * margin, centre=True)


def _height(picture: Image.Image) -> int:
    return max(120, min(420, round(WIDTH * picture.height / picture.width)))


def _top_bottom(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> Sheet:
    height = _height(picture)
    sheet = Sheet.blank(WIDTH, height, BLACK)
    sheet.paste(picture, (0, 0, WIDTH, height))
    write_top_bottom(sheet, [box.upper() for box in boxes], caption_ink(rng, min(height, 230)))
    return sheet


def _bar(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> Sheet:
    """The words in a bar above, now and then some below as well."""
    height = _height(picture)
    paper, letters = (WHITE, BLACK) if rng.random() < 0.85 else (BLACK, WHITE)
    ink = Ink(font=rng.choice(font_files()), size=rng.randint(14, 20), colour=letters)
    below = boxes[-1] if len(boxes) > 1 and rng.random() < 0.4 else ""
    above = " ".join(boxes[:-1] if below else boxes)
    tall, deep = (len(wrap(words, ink, WIDTH - 16)) * round(ink.size * 1.3) + 14 for words in (above, below))
    sheet = Sheet.blank(WIDTH, height + tall + (deep if below else 0), paper)
    sheet.paste(picture, (0, tall, WIDTH, height + tall))
    sheet.write(above, ink, (8, 6), WIDTH - 16)
    if below:
        sheet.write(below, ink, (8, height + tall + 4), WIDTH - 16)
    return sheet


def _poster(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> Sheet:
    """A framed picture on black, a word in large letters and a line below it."""
    height = _height(picture) * 3 // 4
    sheet = Sheet.blank(WIDTH, height + 90, BLACK)
    sheet.pen.rectangle((22, 16, WIDTH - 22, height + 20), outline=WHITE)
    sheet.paste(picture, (26, 20, WIDTH - 26, height + 16))
    title = Ink(font=font_files()[min(4, len(font_files()) - 1)], size=rng.randint(18, 24), colour=WHITE)
    y = sheet.write(boxes[0].upper()[:22], title, (10, height + 26), WIDTH - 20, centre=True)
    sheet.write(" ".join(boxes[1:])[:70], Ink(font=title.font, size=10, colour=WHITE), (14, y), WIDTH - 28, centre=True)
    sheet.cut(y + 34)
    return sheet


def _labelled(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> Sheet:
    """Words on the things in the picture."""
    height = _height(picture)
    sheet = Sheet.blank(WIDTH, height, BLACK)
    sheet.paste(picture, (0, 0, WIDTH, height))
    for box in boxes[:3]:
        ink = caption_ink(rng, 160)
        sheet.write(box[:30], ink, (rng.randint(4, WIDTH // 2), rng.randint(4, max(5, height - 50))), WIDTH // 2)
    return sheet
