"""Draws examples of the genres that real labels hardly have, and plain captioned pictures to tell them from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from training.drawing.augment import compress
from training.drawing.lettering import Colour, Ink, caption_ink, font_files, wrap
from training.drawing.sheet import Sheet

PANEL: Final = 150
BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)


def draw_rage_comic(faces: Sequence[Image.Image], texts: Sequence[str], rng: random.Random) -> Sheet:
    """Panels with a drawn face each, black lettering on white, now and then a stick body or rays."""
    columns, rows = rng.choice(((1, 1), (2, 1), (2, 2), (2, 2), (2, 3), (1, 2), (3, 2)))
    paper: Colour = WHITE if rng.random() < 0.85 else (250, 245, 225)
    sheet = Sheet.blank(PANEL * columns, PANEL * rows, paper)
    for cell in range(columns * rows):
        left, top = PANEL * (cell % columns), PANEL * (cell // columns)
        ink = Ink(font=rng.choice(font_files()), size=rng.randint(9, 14), colour=BLACK)
        below = sheet.write(rng.choice(texts)[:70], ink, (left + 5, top + 4), PANEL - 10) if rng.random() < 0.8 else top
        side = rng.randint(60, 105)
        x = left + rng.randint(4, PANEL - side - 4)
        y = max(min(below + 2, top + PANEL - side - 2), top + 2)
        face = rng.choice(faces)
        sheet.paste(ImageOps.mirror(face) if rng.random() < 0.3 else face, (x, y, x + side, y + side))
        if rng.random() < 0.4:
            _stick_body(sheet.pen, x + side // 2, y + side, rng)
    for column in range(1, columns):
        sheet.pen.line((PANEL * column, 0, PANEL * column, PANEL * rows), fill=BLACK, width=2)
    for row in range(1, rows):
        sheet.pen.line((0, PANEL * row, PANEL * columns, PANEL * row), fill=BLACK, width=2)
    return sheet


def draw_video_frame(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """A frame with some of: play button, progress bar with time, subtitles, black bars, a title above."""
    width = 300
    height = round(width * rng.choice((0.5625, 0.5625, 0.75, 1.4)))
    sheet = Sheet.blank(width, height, BLACK)
    bar = round(height * rng.choice((0.0, 0.0, 0.1)))
    sheet.paste(frame, (0, bar, width, height - bar))
    ink = Ink(font=font_files()[-1], size=12, colour=WHITE, stroke=1)
    if rng.random() < 0.6:
        _play_button(sheet, rng)
    if rng.random() < 0.7:
        _progress(sheet, ink, rng)
    if rng.random() < 0.5:
        sheet.write(rng.choice(texts)[:60], ink, (20, height - bar - 48), width - 40, centre=True)
    if rng.random() < 0.3:
        sheet.write(rng.choice(texts)[:50], ink, (8, 6), width - 16)
        sheet.write(f"{rng.randint(1, 999)}K views", ink, (8, 36), 120)
    return sheet


def draw_macro(picture: Image.Image, boxes: Sequence[str], rng: random.Random) -> Sheet:
    """Top and bottom lines, or a white bar above, as on most captioned pictures."""
    width, height = 260, max(120, min(420, round(260 * picture.height / picture.width)))
    if rng.random() < 0.35:
        ink = Ink(font=rng.choice(font_files()), size=rng.randint(14, 20), colour=BLACK)
        bar = len(wrap(" ".join(boxes), ink, width - 16)) * round(ink.size * 1.3) + 14
        sheet = Sheet.blank(width, height + bar, WHITE)
        sheet.paste(picture, (0, bar, width, height + bar))
        sheet.write(" ".join(boxes), ink, (8, 6), width - 16)
        return sheet
    sheet = Sheet.blank(width, height, BLACK)
    sheet.paste(picture, (0, 0, width, height))
    write_top_bottom(sheet, [box.upper() for box in boxes], caption_ink(rng, min(height, 230)))
    return sheet


def write_top_bottom(sheet: Sheet, boxes: Sequence[str], ink: Ink, margin: int = 6) -> None:
    """The first box at the top, the second, where there is one, at the bottom; `margin` pixels free at both sides."""
    width, height = sheet.picture.size
    sheet.write(boxes[0], ink, (margin, 4), width - 2 * margin, centre=True)
    for box in boxes[1:2]:
        lines = len(wrap(box, ink, width - 2 * margin))
        top = height - lines * (round(ink.size * 1.3) + ink.stroke) - 4
        sheet.write(box, ink, (margin, top), width - 2 * margin, centre=True)


def distort(sheet: Sheet, rng: random.Random) -> Sheet:
    """Deep-fried: colours and edges driven too far, swirled, compressed again; the text stays about in place."""
    picture = sheet.picture
    if rng.random() < 0.7:
        picture = _bulge(picture, rng)
    picture = ImageEnhance.Color(picture).enhance(rng.uniform(2, 6))
    picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(1.5, 3.5))
    if rng.random() < 0.5:
        picture = ImageOps.posterize(picture, rng.randint(2, 4))
    if rng.random() < 0.3:
        picture = ImageOps.invert(picture)
    tint = Image.new("RGB", picture.size, rng.choice(((255, 60, 0), (255, 200, 0), (120, 0, 255), (0, 255, 120))))
    picture = Image.blend(picture, tint, rng.uniform(0, 0.3)).filter(
        ImageFilter.UnsharpMask(3, rng.randint(150, 500), 0)
    )
    for _ in range(rng.randint(1, 4)):
        picture = compress(picture, rng.randint(3, 12))
    return Sheet(picture, sheet.written)


def _bulge(picture: Image.Image, rng: random.Random) -> Image.Image:
    pixels = np.asarray(picture)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    centre_x, centre_y = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.3, 0.7)
    dx, dy = (x - centre_x) / width, (y - centre_y) / height
    reach = np.exp(-(dx**2 + dy**2) / rng.uniform(0.03, 0.12))
    pull, turn = rng.uniform(-0.9, 0.6), rng.uniform(-2, 2)
    angle = turn * reach
    new_x = centre_x + width * (1 - pull * reach) * (dx * np.cos(angle) - dy * np.sin(angle))
    new_y = centre_y + height * (1 - pull * reach) * (dx * np.sin(angle) + dy * np.cos(angle))
    rows = np.clip(new_y, 0, height - 1).astype(np.intp)
    columns = np.clip(new_x, 0, width - 1).astype(np.intp)
    return Image.fromarray(pixels[rows, columns])


def _stick_body(pen: ImageDraw.ImageDraw, x: int, y: int, rng: random.Random) -> None:
    reach = rng.randint(12, 30)
    pen.line((x, y, x, y + 30), fill=BLACK, width=2)
    pen.line((x, y + 8, x - reach, y + rng.randint(-4, 22)), fill=BLACK, width=2)
    pen.line((x, y + 8, x + reach, y + rng.randint(-4, 22)), fill=BLACK, width=2)


def _play_button(sheet: Sheet, rng: random.Random) -> None:
    x, y = sheet.picture.width // 2, sheet.picture.height // 2
    radius = rng.randint(16, 34)
    disc = rng.choice(((0, 0, 0), (200, 20, 20), (60, 60, 60)))
    if rng.random() < 0.5:
        sheet.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=disc)
    else:
        sheet.pen.rounded_rectangle((x - radius - 8, y - radius, x + radius + 8, y + radius), 10, fill=disc)
    half = radius // 2
    sheet.pen.polygon([(x - half, y - half), (x - half, y + half), (x + half, y)], fill=WHITE)


def _progress(sheet: Sheet, ink: Ink, rng: random.Random) -> None:
    width, height = sheet.picture.size
    done = rng.uniform(0.02, 0.9)
    line = height - rng.choice((3, 22))
    sheet.pen.rectangle((6, line, width - 6, line + 2), fill=(150, 150, 150))
    sheet.pen.rectangle((6, line, round(6 + (width - 12) * done), line + 2), fill=rng.choice(((255, 0, 0), WHITE)))
    if line < height - 10:
        minutes = rng.randint(1, 14)
        told = f"{int(minutes * done)}:{rng.randint(10, 59)} / {minutes}:{rng.randint(10, 59)}"
        sheet.write(told, ink, (10, height - 17), 120)
