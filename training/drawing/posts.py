"""Draws screenshots of posts, chats and headlines: examples of the genre "text post" in several styles and themes.

The frames are generic: no platform's logo or name is imitated, only the parts all of them share: avatar, handle, time,
counts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from training.drawing.lettering import Colour, Ink, font_files
from training.drawing.sheet import Sheet

WIDTH: Final = 300
SYLLABLES: Final = ("ka", "ri", "mo", "ten", "lu", "sha", "be", "dor", "ni", "gra", "vel", "so", "pix", "jo", "tam")


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a screen."""

    paper: Colour
    text: Colour
    faint: Colour
    accent: Colour


THEMES: Final = (
    Theme((255, 255, 255), (15, 20, 25), (110, 118, 125), (29, 155, 240)),
    Theme((21, 32, 43), (240, 243, 245), (136, 153, 166), (29, 155, 240)),
    Theme((0, 0, 0), (231, 233, 234), (113, 118, 123), (249, 24, 128)),
    Theme((246, 247, 248), (28, 30, 33), (101, 103, 107), (24, 119, 242)),
    Theme((26, 26, 27), (215, 218, 220), (129, 131, 132), (255, 69, 0)),
)
PAPERS: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((255, 255, 255), (0, 0, 0)),
    ((0, 0, 0), (255, 255, 255)),
    ((40, 60, 110), (255, 255, 255)),
)


def draw_post(texts: Sequence[str], picture: Image.Image | None, rng: random.Random) -> Sheet:
    """One screenshot in a random style; `texts` are what people say in it, `picture` may be attached."""
    style: Callable[[Sequence[str], Image.Image | None, random.Random], Sheet]
    style = rng.choice((_microblog, _microblog, _microblog, _forum, _chat, _headline, _plain_text, _gallery))
    sheet = style(texts, picture, rng)
    if picture is not None and rng.random() < 0.12:
        return _beside(sheet, picture, rng)
    return _on_phone(sheet, rng) if rng.random() < 0.15 else sheet


def _beside(sheet: Sheet, picture: Image.Image, rng: random.Random) -> Sheet:
    """The screenshot with a picture under it, as an answer to it."""
    height = round(WIDTH * min(1.0, picture.height / picture.width))
    whole = Sheet.blank(sheet.picture.width, sheet.picture.height + height, (0, 0, 0))
    whole.picture.paste(sheet.picture, (0, 0))
    whole.paste(picture, (0, sheet.picture.height, sheet.picture.width, whole.picture.height))
    whole.written = list(sheet.written)
    if rng.random() < 0.5:
        words = " ".join(line for line, _ in sheet.written[-2:])[:30].upper()
        ink = Ink(font=font_files()[0], size=18, colour=(255, 255, 255), stroke=2)
        whole.write(words, ink, (10, whole.picture.height - 30), WIDTH - 20, centre=True)
    return whole


def _on_phone(sheet: Sheet, rng: random.Random) -> Sheet:
    """On a telephone's screen: clock and battery above, empty space below."""
    paper = sheet.picture.getpixel((1, 1))
    assert isinstance(paper, tuple)  # noqa: S101
    red, green, blue = (int(value) for value in paper[:3])
    letters: Colour = (255, 255, 255) if red + green + blue < 300 else (0, 0, 0)
    top = 22
    room = rng.randint(0, 160)
    whole = Sheet.blank(sheet.picture.width, sheet.picture.height + top + room, (red, green, blue))
    down = top + room // 2
    whole.picture.paste(sheet.picture, (0, down))
    whole.written = [
        (line, (left, upper + down, right, lower + down)) for line, (left, upper, right, lower) in sheet.written
    ]
    whole.write(f"{rng.randint(1, 12)}:{rng.randint(10, 59)}", _ink(11, letters), (8, 4), 60)
    width = whole.picture.width
    whole.pen.rectangle((width - 30, 6, width - 10, 15), outline=letters)
    whole.write(f"{rng.randint(4, 99)}%", _ink(10, letters), (width - 64, 5), 40)
    return whole


def _gallery(texts: Sequence[str], picture: Image.Image | None, rng: random.Random) -> Sheet:
    """A posted picture with its poster above, and hearts and comments below."""
    theme = rng.choice(THEMES)
    sheet = Sheet.blank(WIDTH, 760, theme.paper)
    tint = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
    sheet.pen.ellipse((8, 6, 32, 30), fill=tint)
    name = made_up_name(rng)
    sheet.write(name, _ink(12, theme.text, bold=True), (40, 10), 200)
    y = 38
    if picture is not None:
        height = round(WIDTH * min(1.1, picture.height / picture.width))
        sheet.paste(picture, (0, y, WIDTH, y + height))
        y += height
    for place in (10, 36, 62, WIDTH - 24):
        sheet.pen.ellipse((place, y + 6, place + 14, y + 20), outline=theme.text, width=2)
    y = sheet.write(
        f"{rng.randint(2, 99)},{rng.randint(100, 999)} likes", _ink(12, theme.text, bold=True), (10, y + 26), 240
    )
    y = sheet.write(f"{name} {texts[0]}", _ink(12, theme.text), (10, y), WIDTH - 20)
    y = sheet.write(f"View all {rng.randint(2, 900)} comments", _ink(11, theme.faint), (10, y + 2), WIDTH - 20)
    sheet.cut(y + 8)
    return sheet


def made_up_name(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3)))


def _ink(size: int, colour: Colour, bold: bool = False) -> Ink:
    faces: tuple[Path | None, ...] = font_files()
    return Ink(font=faces[1 if bold and len(faces) > 1 else -1 if len(faces) < 6 else 5], size=size, colour=colour)


def _microblog(texts: Sequence[str], picture: Image.Image | None, rng: random.Random) -> Sheet:
    theme = rng.choice(THEMES)
    sheet = Sheet.blank(WIDTH, 700, theme.paper)
    y = 8
    for text in texts[: rng.choice((1, 1, 2))]:
        y = _author(sheet, theme, y, rng)
        y = sheet.write(text, _ink(rng.randint(13, 18), theme.text), (10, y), WIDTH - 20) + 6
        if picture is not None and rng.random() < 0.5:
            height = round((WIDTH - 20) * min(1.0, picture.height / picture.width))
            sheet.paste(picture, (10, y, WIDTH - 10, y + height))
            y += height + 6
        y = _counts(sheet, theme, y, rng)
    sheet.cut(y + 6)
    return sheet


def _author(sheet: Sheet, theme: Theme, y: int, rng: random.Random) -> int:
    tint = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
    sheet.pen.ellipse((10, y, 42, y + 32), fill=tint)
    name = made_up_name(rng)
    sheet.write(name.title(), _ink(13, theme.text, bold=True), (50, y), 200)
    moment = rng.choice((f"{rng.randint(1, 23)}h", f"{rng.randint(2, 55)}m", f"Mar {rng.randint(1, 30)}"))
    sheet.write(f"@{name}{rng.randint(1, 99)} · {moment}", _ink(11, theme.faint), (50, y + 17), 220)
    return y + 40


def _counts(sheet: Sheet, theme: Theme, y: int, rng: random.Random) -> int:
    if rng.random() < 0.5:
        clock = f"{rng.randint(1, 12)}:{rng.randint(10, 59)} {rng.choice(('AM', 'PM'))}"
        y = sheet.write(f"{clock} · {rng.randint(1, 12)}/{rng.randint(1, 28)}/20", _ink(11, theme.faint), (10, y), 260)
    likes = f"{rng.randint(1, 99)}K Shares   {rng.randint(1, 900)} Comments   {rng.randint(1, 99)}K Likes"
    return sheet.write(likes, _ink(11, rng.choice((theme.faint, theme.accent))), (10, y + 4), 280) + 6


def _forum(texts: Sequence[str], picture: Image.Image | None, rng: random.Random) -> Sheet:
    theme = rng.choice(THEMES)
    sheet = Sheet.blank(WIDTH, 800, theme.paper)
    poster = f"Posted by {made_up_name(rng)} {rng.randint(2, 20)} hours ago"
    y = sheet.write(poster, _ink(10, theme.faint), (28, 6), 260)
    y = sheet.write(texts[0], _ink(16, theme.text, bold=True), (28, y), WIDTH - 40)
    if picture is not None and rng.random() < 0.4:
        sheet.paste(picture, (28, y, WIDTH - 10, y + 150))
        y += 156
    for depth, text in enumerate(texts[1:4]):
        left = 28 + 12 * depth
        top = y
        poster = f"{made_up_name(rng)} · {rng.randint(1, 9)}.{rng.randint(1, 9)}k points"
        y = sheet.write(poster, _ink(10, theme.faint), (left, y + 4), 240)
        y = sheet.write(text, _ink(13, theme.text), (left, y), WIDTH - left - 10)
        sheet.pen.line((left - 8, top + 4, left - 8, y), fill=theme.faint, width=2)
    sheet.cut(y + 8)
    return sheet


def _chat(texts: Sequence[str], picture: Image.Image | None, rng: random.Random) -> Sheet:
    del picture
    dark = rng.random() < 0.4
    sheet = Sheet.blank(WIDTH - 60, 700, (12, 12, 14) if dark else (240, 240, 245))
    y = sheet.write(f"{rng.randint(1, 12)}:{rng.randint(10, 59)}", _ink(11, (128, 128, 128)), (6, 4), 60)
    mine = rng.choice(((10, 132, 255), (48, 209, 88), (0, 92, 75)))
    theirs: Colour = (44, 44, 46) if dark else (255, 255, 255)
    for text in [*texts, *texts][: rng.randint(2, 6)]:
        own = rng.random() < 0.5
        letters: Colour = (255, 255, 255) if own or dark else (0, 0, 0)
        left = 60 if own else 8
        size = rng.randint(12, 14)
        probe = Sheet.blank(WIDTH, 600, (0, 0, 0))
        bottom = probe.write(text[:90], _ink(size, letters), (left + 8, y + 5), 160) + 5
        sheet.pen.rounded_rectangle((left, y, left + 172, bottom), 12, fill=mine if own else theirs)
        sheet.write(text[:90], _ink(size, letters), (left + 8, y + 5), 160)
        y = bottom + 6
    sheet.cut(y + 4)
    return sheet


def _headline(texts: Sequence[str], picture: Image.Image | None, rng: random.Random) -> Sheet:
    sheet = Sheet.blank(WIDTH, 600, (255, 255, 255))
    bar = (rng.randrange(160), rng.randrange(80), rng.randrange(160))
    sheet.pen.rectangle((0, 0, WIDTH, 24), fill=bar)
    sheet.write(made_up_name(rng).upper() + " NEWS", _ink(14, (255, 255, 255), bold=True), (8, 4), 200)
    y = sheet.write(texts[0], _ink(rng.randint(18, 24), (10, 10, 10), bold=True), (8, 32), WIDTH - 16)
    author = f"By {made_up_name(rng).title()} · March {rng.randint(1, 30)}, 2020"
    y = sheet.write(author, _ink(11, (110, 110, 110)), (8, y + 2), 280)
    if picture is not None:
        sheet.paste(picture, (0, y + 6, WIDTH, y + 166))
        y += 170
    sheet.cut(y + 8)
    return sheet


def _plain_text(texts: Sequence[str], picture: Image.Image | None, rng: random.Random) -> Sheet:
    del picture
    paper, letters = rng.choice(PAPERS)
    sheet = Sheet.blank(WIDTH, 500, paper)
    y = 16
    for text in texts[: rng.randint(1, 4)]:
        y = sheet.write(text, _ink(rng.randint(15, 20), letters), (14, y), WIDTH - 28, centre=rng.random() < 0.3) + 8
    sheet.cut(y + 10)
    return sheet
