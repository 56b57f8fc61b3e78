"""Texts, fonts and measuring tools shared by the rendering tests."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image, ImageChops

from inference.boxes import TextBox
from inference.contract import Box
from inference.render.fonts import FontBook, package_folders
from inference.render.layouts import place_lines
from inference.render.paint import press

TEXTS = {
    "latin": "When you finally fix the bug and create five new ones",
    "one word": "wat",
    "korean": "월요일 아침에 알람이 울릴 때",
    "arabic": "عندما تصل متأخرا إلى الاجتماع 10:30",
    "hebrew": "כשהקוד עובד בפעם הראשונה (bug?)",
    "mixed": "hello عالم world שלום 안녕 123",
    "emoji": "it is friday 😀 ❤️ 👍🏽 👨‍👩‍👧 🇰🇷 1️⃣ yes",
    "japanese": "カレーが好き。とても好き！",
    "long word": "Donaudampfschifffahrtsgesellschaftskapitän",
    "marks": "Z" + "\u0301\u0323\u0302\u0327" * 40 + "algo pýgmy",
    "own lines": "first\nsecond line\n\nthird",
    "overlong": "many words and more " * 60,
}


@cache
def package_fonts() -> FontBook:
    """The fonts that are there on every machine, and no others."""
    return FontBook(package_folders())


def drawn_box(text: str, box: TextBox, size: tuple[int, int], book: FontBook) -> tuple[int, int, int, int] | None:
    """Bounds (left, top, right, bottom) in pixels of all that changed when `text` was drawn on a grey picture."""
    before = Image.new("RGB", size, (120, 130, 140))
    after = before.copy()
    press(after, place_lines(size, (text,), (box,), book))
    return ImageChops.difference(before, after).getbbox()


def changed(before: Image.Image, after: Image.Image) -> np.ndarray:
    """Which pixels differ, as a boolean array of (height, width)."""
    return np.any(np.asarray(before) != np.asarray(after), axis=2)


def part(x: float, y: float, w: float, h: float, **style: object) -> TextBox:
    return TextBox(box=Box(x, y, w, h), **style)
