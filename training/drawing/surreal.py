"""Draws deep-fried, warped and pasted-together pictures: examples of the genre "ironic or surrealist"."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from training.drawing.augment import compress
from training.drawing.lettering import Colour
from training.drawing.sheet import Sheet

TINTS: Final[tuple[Colour, ...]] = ((255, 60, 0), (255, 200, 0), (120, 0, 255), (0, 255, 120))


def distort(sheet: Sheet, rng: random.Random) -> Sheet:
    """One of several ways to spoil a meme; the text stays about in place."""
    way: Callable[[Sheet, random.Random], Sheet]
    way = rng.choice((_fry, _fry, _warp, _starve, _paint))
    return way(sheet, rng)


def draw_collage(pieces: Sequence[Image.Image], rng: random.Random) -> Sheet:
    """Things cut out and pasted where they do not belong, at odd sizes, turned, over a loud or an empty ground."""
    sheet = Sheet.blank(260, rng.randint(180, 320), (rng.randrange(256), rng.randrange(256), rng.randrange(256)))
    if rng.random() < 0.7:
        sheet.paste(rng.choice(pieces), (0, 0, *sheet.picture.size))
    for _ in range(rng.randint(2, 6)):
        side = rng.randint(40, 170)
        piece = rng.choice(pieces).resize((side, round(side * rng.uniform(0.5, 1.6))))
        mask = Image.new("L", piece.size, 0)
        pen = ImageDraw.Draw(mask)
        pen.ellipse((0, 0, piece.width, piece.height), fill=255)
        turned = rng.uniform(-60, 60)
        piece, mask = piece.rotate(turned, expand=True), mask.rotate(turned, expand=True)
        place = rng.randint(-30, 220), rng.randint(-30, sheet.picture.height - 40)
        sheet.picture.paste(piece, place, mask)
    return _fry(sheet, rng) if rng.random() < 0.3 else sheet


def _fry(sheet: Sheet, rng: random.Random) -> Sheet:
    """Deep-fried: colours and edges driven too far, glowing eyes, compressed again and again."""
    picture = _bulge(sheet.picture, rng) if rng.random() < 0.5 else sheet.picture.copy()
    for _ in range(rng.choice((0, 0, 1, 2))):
        _glow(picture, rng)
    picture = ImageEnhance.Color(picture).enhance(rng.uniform(2, 6))
    picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(1.5, 3.5))
    if rng.random() < 0.5:
        picture = ImageOps.posterize(picture, rng.randint(2, 4))
    if rng.random() < 0.15:
        picture = ImageOps.invert(picture)
    tint = Image.new("RGB", picture.size, rng.choice(TINTS))
    picture = Image.blend(picture, tint, rng.uniform(0, 0.3))
    picture = picture.filter(ImageFilter.UnsharpMask(3, rng.randint(150, 500), 0))
    for _ in range(rng.randint(1, 4)):
        picture = compress(picture, rng.randint(3, 12))
    return Sheet(picture, sheet.written)


def _warp(sheet: Sheet, rng: random.Random) -> Sheet:
    """Swirled or blown up, in its own colours."""
    picture = sheet.picture
    for _ in range(rng.randint(1, 3)):
        picture = _bulge(picture, rng)
    return Sheet(picture, sheet.written)


def _starve(sheet: Sheet, rng: random.Random) -> Sheet:
    """A few pixels of the middle, blown up: what is left of a picture that was passed on too often."""
    width, height = sheet.picture.size
    share = rng.uniform(0.25, 0.6)
    left, top = rng.uniform(0, 1 - share) * width, rng.uniform(0, 1 - share) * height
    part = sheet.picture.crop((round(left), round(top), round(left + share * width), round(top + share * height)))
    tiny = part.resize((rng.randint(16, 48), rng.randint(16, 48)))
    picture = compress(
        tiny.resize((width, height), rng.choice((Image.Resampling.NEAREST, Image.Resampling.BILINEAR))), 10
    )
    return Sheet(picture)


def _paint(sheet: Sheet, rng: random.Random) -> Sheet:
    """Colours turned around the wheel or exchanged."""
    bands = list(sheet.picture.split())
    rng.shuffle(bands)
    picture = Image.merge("RGB", bands)
    hue, saturation, value = picture.convert("HSV").split()
    turn = rng.randrange(256)
    hue = hue.point([(level + turn) % 256 for level in range(256)])
    return Sheet(
        ImageEnhance.Color(Image.merge("HSV", (hue, saturation, value)).convert("RGB")).enhance(2), sheet.written
    )


def _glow(picture: Image.Image, rng: random.Random) -> None:
    """A burst of light with rays, as over an eye."""
    x, y = rng.uniform(0.2, 0.8) * picture.width, rng.uniform(0.2, 0.7) * picture.height
    size = rng.uniform(0.06, 0.2) * picture.width
    layer = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(layer)
    pen.ellipse((x - size / 2, y - size / 2, x + size / 2, y + size / 2), fill=255)
    for ray in range(8):
        turn = ray / 8 * math.tau
        pen.line((x, y, x + 2 * size * math.cos(turn), y + 2 * size * math.sin(turn)), fill=255, width=3)
    soft = layer.filter(ImageFilter.GaussianBlur(size / 8))
    picture.paste(rng.choice(((255, 0, 0), (255, 255, 255), (80, 120, 255))), (0, 0), soft)


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
