"""Memes for the benches: captioned templates of our own as a chat would send them."""

from __future__ import annotations

import io
from functools import cache
from itertools import islice
from typing import Final

from PIL import Image

from inference.contract import Layout
from inference.imaging import decode_picture
from inference.render import render_meme
from inference.templates.catalogue import Catalogue, read_picture

MEMES: Final = 12
WIDEST: Final = 800
LINES: Final = ("when you finally fix the bug", "and create five new ones")


@cache
def meme_files() -> list[bytes]:
    """JPEG files of `MEMES` memes, `WIDEST` pixels at most."""
    return [_drawn(read_picture(template)) for template in islice(Catalogue.load(), MEMES)]


def _drawn(template: bytes) -> bytes:
    drawn = render_meme(decode_picture(template, max_frames=1), LINES, layout=Layout.TOP_BOTTOM)
    picture = Image.open(io.BytesIO(drawn.picture)).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()
