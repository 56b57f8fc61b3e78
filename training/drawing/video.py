"""Draws frames of videos as they are passed on: players, upright clips, thumbnails, stills with subtitles, news.

The frames are generic: no platform's logo is imitated, only what players share.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image

from training.drawing.lettering import Colour, Ink, font_files, wrap
from training.drawing.posts import made_up_name
from training.drawing.sheet import Sheet

WIDTH: Final = 300
BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)
YELLOW: Final[Colour] = (255, 235, 60)
RED: Final[Colour] = (225, 20, 20)


def draw_video_frame(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """One frame in a random style; `texts` are what its subtitles and titles say."""
    style: Callable[[Image.Image, Sequence[str], random.Random], Sheet]
    style = rng.choice((_player, _player, _upright, _upright, _subtitled, _thumbnail, _news, _bare))
    return style(frame, texts, rng)


def _ink(size: int, colour: Colour = WHITE, stroke: int = 1) -> Ink:
    return Ink(font=font_files()[-1], size=size, colour=colour, stroke=stroke)


def _bold(size: int, colour: Colour, stroke: int = 0) -> Ink:
    return Ink(font=font_files()[0], size=size, colour=colour, stroke=stroke)


def _wide(frame: Image.Image, rng: random.Random) -> Sheet:
    """The frame at a video's shape, in the middle of black bars now and then."""
    height = round(WIDTH * rng.choice((0.5625, 0.5625, 0.5625, 0.75)))
    sheet = Sheet.blank(WIDTH, height, BLACK)
    if rng.random() < 0.25:
        inner = round(height * rng.uniform(0.5, 0.8))
        sheet.paste(frame, ((WIDTH - inner) // 2, 0, (WIDTH + inner) // 2, height))
    else:
        bar = round(height * rng.choice((0.0, 0.0, 0.1)))
        sheet.paste(frame, (0, bar, WIDTH, height - bar))
    return sheet


def _player(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """A play button, a progress bar with time and icons; a title above or below."""
    sheet = _wide(frame, rng)
    if rng.random() < 0.65:
        _play_button(sheet, rng)
    if rng.random() < 0.75:
        _progress(sheet, rng)
    if rng.random() < 0.3:
        sheet.write(rng.choice(texts)[:50], _ink(12), (8, 6), WIDTH - 16)
    if rng.random() < 0.35:
        return _with_title(sheet, texts, rng)
    return sheet


def _with_title(sheet: Sheet, texts: Sequence[str], rng: random.Random) -> Sheet:
    """The video on its page: title, views, and who posted it, below."""
    dark = rng.random() < 0.4
    paper, letters = ((15, 15, 15), WHITE) if dark else (WHITE, (15, 15, 15))
    height = sheet.picture.height
    page = Sheet.blank(WIDTH, height + 120, paper)
    page.picture.paste(sheet.picture, (0, 0))
    page.written = list(sheet.written)
    y = page.write(rng.choice(texts)[:80], _bold(14, letters), (8, height + 6), WIDTH - 16)
    told = f"{rng.randint(1, 999)}{rng.choice(('K', 'M', ''))} views · {rng.randint(2, 11)} months ago"
    y = page.write(told, _ink(10, (120, 120, 120), 0), (8, y + 2), WIDTH - 16)
    page.write(made_up_name(rng).title() + "   SUBSCRIBE", _ink(11, RED, 0), (8, y + 6), WIDTH - 16)
    page.cut(y + 28)
    return page


def _upright(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """A clip from a telephone: upright, icons with counts at the right, a mark with the poster's name, a caption."""
    width, height = 200, rng.randint(300, 360)
    sheet = Sheet.blank(width, height, BLACK)
    if rng.random() < 0.6:
        sheet.picture.paste(_cover(frame, width, height), (0, 0))
    else:
        inner = round(width * frame.height / frame.width)
        sheet.paste(frame, (0, (height - inner) // 2, width, (height + inner) // 2))
    mark = f"@{made_up_name(rng)}{rng.randint(1, 99)}"
    corner = rng.choice(((8, 10), (width - 84, height - 40), (8, height // 2)))
    sheet.write(mark, _ink(11), corner, 120)
    if rng.random() < 0.6:
        _side_icons(sheet, rng)
    if rng.random() < 0.7:
        ink = rng.choice((_bold(14, WHITE, 1), _bold(13, BLACK)))
        y = rng.choice((40, height // 4, height * 3 // 5))
        lines = wrap(rng.choice(texts)[:60], ink, width - 50)
        if ink.stroke == 0:
            sheet.pen.rectangle((14, y - 2, width - 40, y + len(lines) * round(ink.size * 1.3) + 2), fill=WHITE)
        sheet.write(rng.choice(texts)[:60] if ink.stroke else " ".join(lines), ink, (20, y), width - 50, centre=True)
    return sheet


def _side_icons(sheet: Sheet, rng: random.Random) -> None:
    width, height = sheet.picture.size
    for number in range(rng.randint(3, 5)):
        y = height - 190 + number * 34
        tint: Colour = rng.choice((WHITE, WHITE, (250, 60, 80)))
        sheet.pen.ellipse((width - 28, y, width - 10, y + 18), fill=tint)
        sheet.write(f"{rng.randint(1, 999)}.{rng.randint(1, 9)}K", _ink(8), (width - 34, y + 19), 34)


def _subtitled(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """A still with subtitles, white or yellow, on the picture or in the black bar below it."""
    bar = rng.choice((0, 28, 36))
    inner = _wide(frame, rng)
    sheet = Sheet.blank(WIDTH, inner.picture.height + 2 * bar, BLACK)
    sheet.picture.paste(inner.picture, (0, bar))
    ink = _ink(rng.randint(12, 15), rng.choice((WHITE, YELLOW)))
    y = sheet.picture.height - 2 * ink.size - (8 if bar else 14)
    sheet.write(rng.choice(texts)[:52], ink, (12, y), WIDTH - 24, centre=True)
    if rng.random() < 0.4:
        _progress(sheet, rng)
    return sheet


def _thumbnail(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """What a video is chosen by: glaring letters, a duration in the corner."""
    sheet = _wide(frame, rng)
    width, height = sheet.picture.size
    colour: Colour = rng.choice((YELLOW, WHITE, RED, (60, 255, 90)))
    words = " ".join(rng.choice(texts).upper().split()[: rng.randint(1, 4)])
    sheet.write(words, _bold(rng.randint(26, 40), colour, 3), (8, rng.randint(6, height // 2)), width - 40)
    if rng.random() < 0.7:
        sheet.pen.rounded_rectangle((width - 44, height - 20, width - 4, height - 4), 3, fill=(20, 20, 20))
        sheet.write(f"{rng.randint(1, 19)}:{rng.randint(10, 59)}", _ink(11, WHITE, 0), (width - 40, height - 19), 38)
    return sheet


def _news(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """Television news: a banner across the lower part, a corner mark, a moving line."""
    sheet = _wide(frame, rng)
    width, height = sheet.picture.size
    top = round(height * rng.uniform(0.68, 0.78))
    band: Colour = rng.choice((RED, (20, 40, 120), WHITE, (15, 15, 15)))
    letters: Colour = BLACK if band == WHITE else WHITE
    if rng.random() < 0.6:
        sheet.pen.rectangle((0, top - 16, 110, top), fill=RED)
        sheet.write(rng.choice(("BREAKING NEWS", "LIVE", "JUST IN", "EXCLUSIVE")), _bold(11, WHITE), (5, top - 15), 108)
    sheet.pen.rectangle((0, top, width, height - 12), fill=band)
    sheet.write(rng.choice(texts).upper()[:40], _bold(15, letters), (6, top + 4), width - 12)
    sheet.pen.rectangle((0, height - 12, width, height), fill=(30, 30, 30))
    sheet.write(rng.choice(texts)[:60], _ink(9, WHITE, 0), (4, height - 12), 2 * width)
    return sheet


def _bare(frame: Image.Image, texts: Sequence[str], rng: random.Random) -> Sheet:
    """A frame with nothing but the play button in it."""
    del texts
    sheet = _wide(frame, rng)
    _play_button(sheet, rng)
    return sheet


def _cover(frame: Image.Image, width: int, height: int) -> Image.Image:
    scale = max(width / frame.width, height / frame.height)
    grown = frame.resize((max(width, round(frame.width * scale)), max(height, round(frame.height * scale))))
    left, top = (grown.width - width) // 2, (grown.height - height) // 2
    return grown.crop((left, top, left + width, top + height))


def _play_button(sheet: Sheet, rng: random.Random) -> None:
    x, y = sheet.picture.width // 2, sheet.picture.height // 2
    radius = rng.randint(14, 34)
    disc: Colour = rng.choice((BLACK, (200, 20, 20), (60, 60, 60), WHITE))
    kind = rng.random()
    if kind < 0.4:
        sheet.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=disc)
    elif kind < 0.7:
        sheet.pen.rounded_rectangle((x - radius - 8, y - radius, x + radius + 8, y + radius), 10, fill=disc)
    elif kind < 0.85:
        sheet.pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=WHITE, width=3)
    half = radius // 2
    mark: Colour = BLACK if disc == WHITE and kind < 0.7 else WHITE
    sheet.pen.polygon([(x - half, y - half), (x - half, y + half), (x + half, y)], fill=mark)


def _progress(sheet: Sheet, rng: random.Random) -> None:
    width, height = sheet.picture.size
    done = rng.uniform(0.02, 0.9)
    line = height - rng.choice((3, 22))
    sheet.pen.rectangle((6, line, width - 6, line + 2), fill=(150, 150, 150))
    sheet.pen.rectangle((6, line, round(6 + (width - 12) * done), line + 2), fill=rng.choice((RED, WHITE)))
    knob = round(6 + (width - 12) * done)
    sheet.pen.ellipse((knob - 4, line - 3, knob + 4, line + 5), fill=WHITE)
    if line < height - 10:
        minutes = rng.randint(1, 14)
        told = f"{int(minutes * done)}:{rng.randint(10, 59)} / {minutes}:{rng.randint(10, 59)}"
        sheet.pen.polygon([(10, height - 15), (10, height - 5), (18, height - 10)], fill=WHITE)
        sheet.write(told, _ink(11), (26, height - 17), 120)
        for place in (24, 44):
            sheet.pen.rectangle((width - place, height - 14, width - place + 10, height - 6), outline=WHITE)
