"""Draws what is no meme: charts, flow charts, leaflets, adverts; examples of the genre "experimental"."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image

from training.drawing.lettering import Colour, Ink, font_files
from training.drawing.sheet import Sheet

SIDE: Final = 280
INK: Final[Colour] = (30, 30, 30)
WHITE: Final[Colour] = (255, 255, 255)
PAPERS: Final[tuple[Colour, ...]] = (WHITE, WHITE, (245, 240, 225), (20, 24, 40), (255, 150, 50), (220, 240, 235))


def draw_plain(picture: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """One such picture in a random style; `picture` is shown in adverts and leaflets."""
    style: Callable[[Image.Image, Sequence[str], random.Random], Sheet]
    style = rng.choice((_bars, _pie, _flow, _leaflet, _advert, _advert, _paper))
    return style(picture, texts, rng)


def _colour(rng: random.Random) -> Colour:
    return rng.randrange(30, 240), rng.randrange(30, 240), rng.randrange(30, 240)


def _ink(size: int, colour: Colour = INK, bold: bool = False) -> Ink:
    faces = font_files()
    return Ink(font=faces[min(1, len(faces) - 1) if bold else -1], size=size, colour=colour)


def _titled(texts: Sequence[str], rng: random.Random) -> tuple[Sheet, int, Colour]:
    """A sheet with a title; the row below it, and a colour that can be read on the paper."""
    paper = rng.choice(PAPERS)
    letters: Colour = WHITE if sum(paper) < 300 else INK
    sheet = Sheet.blank(SIDE, rng.randint(200, 320), paper)
    y = sheet.write(
        rng.choice(texts)[:44], _ink(rng.randint(14, 20), letters, bold=True), (12, 8), SIDE - 24, centre=True
    )
    return sheet, y + 6, letters


def _bars(picture: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    del picture
    sheet, top, letters = _titled(texts, rng)
    bottom, count = sheet.picture.height - 24, rng.randint(3, 7)
    step = (SIDE - 50) // count
    sheet.pen.line((30, top, 30, bottom, SIDE - 10, bottom), fill=letters, width=2)
    for number in range(count):
        left, height = 38 + number * step, rng.randint(8, max(9, bottom - top - 4))
        sheet.pen.rectangle((left, bottom - height, left + step * 2 // 3, bottom), fill=_colour(rng))
        sheet.write(rng.choice(texts).split()[0][:7], _ink(9, letters), (left, bottom + 3), step + 20)
    return sheet


def _pie(picture: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    del picture
    sheet, top, letters = _titled(texts, rng)
    size = min(150, sheet.picture.height - top - 10)
    turn = 0
    for number in range(rng.randint(2, 5)):
        end = 360 if number == 4 else min(360, turn + rng.randint(30, 190))
        colour = _colour(rng)
        sheet.pen.pieslice((12, top, 12 + size, top + size), turn, end, fill=colour)
        sheet.pen.rectangle((SIDE - 108, top + 22 * number, SIDE - 98, top + 22 * number + 10), fill=colour)
        sheet.write(rng.choice(texts)[:16], _ink(10, letters), (SIDE - 92, top + 22 * number), 90)
        turn = end
    sheet.pen.pieslice((12, top, 12 + size, top + size), turn, 360, fill=_colour(rng))
    return sheet


def _flow(picture: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    del picture
    sheet, y, letters = _titled(texts, rng)
    while y < sheet.picture.height - 40:
        for column in range(rng.choice((1, 2, 2))):
            left = 14 + column * 132 + rng.randint(0, 20)
            sheet.pen.rounded_rectangle((left, y, left + 108, y + 30), 6, outline=letters, width=2)
            sheet.write(rng.choice(texts)[:26], _ink(9, letters), (left + 6, y + 4), 98)
            sheet.pen.line((left + 54, y + 30, left + 54 + rng.randint(-40, 40), y + 48), fill=letters, width=2)
        y += 50
    return sheet


def _leaflet(picture: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    sheet, y, letters = _titled(texts, rng)
    while y < sheet.picture.height - 46:
        tint = _colour(rng)
        sheet.pen.ellipse((14, y, 46, y + 32), fill=tint)
        if rng.random() < 0.4:
            sheet.paste(picture, (16, y + 2, 44, y + 30))
        sheet.write(rng.choice(texts)[:60], _ink(11, letters), (56, y), SIDE - 66)
        y += 44
    return sheet


def _advert(picture: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """A thing on plain paper, with a price or a slogan beside it, or with nothing."""
    paper: Colour = rng.choice((WHITE, WHITE, (240, 240, 240), _colour(rng)))
    sheet = Sheet.blank(SIDE, rng.randint(220, 320), paper)
    height = sheet.picture.height
    sheet.paste(picture, (40, 40, SIDE - 40, height - 60))
    if rng.random() < 0.6:
        sheet.write(" ".join(rng.choice(texts).split()[:4]), _ink(20, INK, bold=True), (14, 8), SIDE - 28, centre=True)
    if rng.random() < 0.5:
        sheet.write(f"${rng.randint(3, 90)}.99   Free shipping", _ink(13), (14, height - 44), SIDE - 28)
    return sheet


def _paper(picture: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """A newspaper's page: a title, a picture, columns of small print."""
    sheet = Sheet.blank(SIDE, 320, (238, 235, 226))
    y = sheet.write(rng.choice(texts).upper()[:40], _ink(22, INK, bold=True), (10, 10), SIDE - 20)
    sheet.paste(picture, (10, y + 4, 170, y + 110))
    for left in (10, 100, 190):
        top = y + 118 if left < 170 else y + 4
        for row in range(top, 312, 7):
            sheet.pen.line((left, row, left + rng.randint(60, 80), row), fill=(120, 120, 120), width=2)
    return sheet
