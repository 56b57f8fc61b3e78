"""Draws rage comics: panels of known faces and of crude new ones on paper, as people made them in a paint program."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageOps

from training.drawing.lettering import Colour, Ink, font_files
from training.drawing.sheet import Sheet

PANEL: Final = 150
GRIDS: Final = ((2, 1), (2, 2), (2, 2), (2, 2), (2, 3), (1, 2), (1, 3), (3, 2), (2, 4))
BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)
SKINS: Final[tuple[Colour, ...]] = (WHITE, WHITE, WHITE, (240, 240, 240), (255, 220, 180), (235, 190, 150))
PAPERS: Final[tuple[Colour, ...]] = (WHITE, WHITE, WHITE, WHITE, (250, 245, 225), (225, 240, 255), (200, 200, 200))
INKS: Final[tuple[Colour, ...]] = (BLACK, BLACK, BLACK, BLACK, (200, 0, 0), (0, 0, 180))


@dataclass(frozen=True, slots=True)
class Panel:
    """A cell of the page in pixels, with room for a frame."""

    left: int
    top: int
    width: int
    height: int


def draw_rage_comic(faces: Sequence[Image.Image], texts: Sequence[str], rng: random.Random) -> Sheet:
    """A page of panels, or now and then one face alone."""
    if rng.random() < 0.15:
        return draw_single_face(faces, texts, rng)
    columns, rows = rng.choice(GRIDS)
    width, height = PANEL, round(PANEL * rng.uniform(0.8, 1.2))
    gap = rng.choice((0, 0, 6))
    sheet = Sheet.blank((width + gap) * columns + gap, (height + gap) * rows + gap, rng.choice(PAPERS))
    for cell in range(columns * rows):
        left = gap + (width + gap) * (cell % columns)
        top = gap + (height + gap) * (cell // columns)
        _draw_panel(sheet, Panel(left, top, width, height), faces, texts, rng)
    return sheet


def draw_single_face(faces: Sequence[Image.Image], texts: Sequence[str], rng: random.Random) -> Sheet:
    """One large face on paper, with or without words above or below."""
    side = rng.randint(160, 260)
    sheet = Sheet.blank(side, side, rng.choice(PAPERS))
    top, bottom = 8, side - 8
    ink = Ink(font=rng.choice(font_files()), size=rng.randint(14, 22), colour=BLACK)
    if rng.random() < 0.5:
        top = sheet.write(rng.choice(texts)[:50], ink, (8, 6), side - 16, centre=True) + 4
    if rng.random() < 0.3:
        bottom = side - 2 * ink.size - 10
        sheet.write(rng.choice(texts)[:36], ink, (8, bottom), side - 16, centre=True)
    _place_face(sheet, faces, (10, top, side - 10, max(top + 40, bottom)), rng)
    return sheet


def draw_crude_face(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], rng: random.Random) -> None:
    """A head with eyes, brows, wrinkles and a mouth in shaky strokes."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    stroke = rng.choice((1, 2, 2, 3))
    outline = _shaky_ring(box, rng)
    pen.polygon(outline, fill=rng.choice(SKINS))
    pen.line([*outline, outline[0]], fill=BLACK, width=stroke, joint="curve")
    for side in (0.32, 0.66):
        x, y = left + width * (side + rng.uniform(-0.04, 0.04)), top + height * rng.uniform(0.32, 0.44)
        size = width * rng.uniform(0.05, 0.15)
        pen.ellipse((x - size, y - size, x + size, y + size), fill=WHITE, outline=BLACK, width=stroke)
        pupil = size * rng.uniform(0.15, 0.6)
        pen.ellipse((x - pupil, y - pupil, x + pupil, y + pupil), fill=BLACK)
        tilt = rng.uniform(-0.1, 0.1) * height
        pen.line(
            (x - size * 1.4, y - size * 1.6 + tilt, x + size * 1.4, y - size * 1.6 - tilt), fill=BLACK, width=stroke
        )
    for _ in range(rng.randint(0, 5)):
        x, y = left + width * rng.uniform(0.2, 0.8), top + height * rng.uniform(0.15, 0.65)
        pen.line((x, y, x + width * rng.uniform(-0.2, 0.2), y + height * rng.uniform(0, 0.08)), fill=BLACK, width=1)
    _draw_mouth(pen, box, stroke, rng)


def draw_stick_body(pen: ImageDraw.ImageDraw, x: int, y: int, rng: random.Random) -> None:
    """Spine and two arms, hanging from a head's chin at (x, y)."""
    reach = rng.randint(12, 30)
    pen.line((x, y, x, y + 30), fill=BLACK, width=2)
    pen.line((x, y + 8, x - reach, y + rng.randint(-4, 22)), fill=BLACK, width=2)
    pen.line((x, y + 8, x + reach, y + rng.randint(-4, 22)), fill=BLACK, width=2)


def _draw_panel(
    sheet: Sheet, panel: Panel, faces: Sequence[Image.Image], texts: Sequence[str], rng: random.Random
) -> None:
    if rng.random() < 0.12:
        shade: Colour = (rng.randrange(90, 256), rng.randrange(90, 256), rng.randrange(90, 256))
        sheet.pen.rectangle((panel.left, panel.top, panel.left + panel.width, panel.top + panel.height), fill=shade)
    ink = Ink(font=rng.choice(font_files()), size=rng.randint(9, 14), colour=rng.choice(INKS))
    below = panel.top + 3
    if rng.random() < 0.8:
        below = sheet.write(rng.choice(texts)[:80], ink, (panel.left + 5, panel.top + 4), panel.width - 10)
    last = panel.top + panel.height - 4
    figures = rng.choice((1, 1, 1, 2))
    for number in range(figures):
        side = rng.randint(46, 105) // figures + 14
        left = panel.left + 4 + number * panel.width // 2 + rng.randint(0, max(1, panel.width // figures - side - 8))
        top = max(panel.top + 2, min(below + 2, last - side))
        _place_face(sheet, faces, (left, top, left + side, min(last, top + side)), rng)
        if rng.random() < 0.4:
            draw_stick_body(sheet.pen, left + side // 2, min(last, top + side), rng)
    right, bottom = panel.left + panel.width, panel.top + panel.height
    sheet.pen.rectangle((panel.left, panel.top, right, bottom), outline=BLACK, width=rng.choice((1, 1, 2)))


def _place_face(sheet: Sheet, faces: Sequence[Image.Image], box: tuple[int, int, int, int], rng: random.Random) -> None:
    """A known face, in its own shape, or a crude new one."""
    if not faces or rng.random() < 0.3:
        draw_crude_face(sheet.pen, box, rng)
        return
    face = rng.choice(faces)
    face = ImageOps.mirror(face) if rng.random() < 0.3 else face
    scale = min((box[2] - box[0]) / face.width, (box[3] - box[1]) / face.height)
    left, top = box[0] + round((box[2] - box[0] - face.width * scale) / 2), box[1]
    sheet.paste(face, (left, top, left + round(face.width * scale), top + round(face.height * scale)))


def _draw_mouth(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], stroke: int, rng: random.Random) -> None:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    y = top + height * rng.uniform(0.62, 0.76)
    start, end = left + width * rng.uniform(0.22, 0.35), left + width * rng.uniform(0.62, 0.8)
    kind = rng.random()
    if kind < 0.4:
        pen.line((start, y, end, y + rng.uniform(-6, 6)), fill=BLACK, width=stroke)
    elif kind < 0.75:
        turn = rng.choice((0, 180))
        pen.arc((start, y - height * 0.1, end, y + height * 0.12), turn, turn + 180, fill=BLACK, width=stroke)
    else:
        pen.rectangle((start, y - height * 0.08, end, y + height * 0.1), fill=WHITE, outline=BLACK, width=stroke)
        for tooth in range(1, rng.randint(3, 7)):
            x = start + (end - start) * tooth / 7
            pen.line((x, y - height * 0.08, x, y + height * 0.1), fill=BLACK, width=1)


def _shaky_ring(box: tuple[int, int, int, int], rng: random.Random) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    shake = rng.uniform(0.01, 0.08)
    return [
        (
            middle_x + (right - left) / 2 * math.cos(turn / 12 * math.tau) * (1 + rng.uniform(-shake, shake)),
            middle_y + (bottom - top) / 2 * math.sin(turn / 12 * math.tau) * (1 + rng.uniform(-shake, shake)),
        )
        for turn in range(12)
    ]
