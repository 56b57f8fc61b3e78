"""Rendering time beside a plain Pillow draw of the same text: `python -m tests.bench.render`.

The baseline is what one writes without this package: one font, a size known beforehand, lines broken by counting
letters, an outlined `multiline_text`, and the same encoder. It neither fits, nor splits scripts, nor keeps to a box, so
the ratio is the price of those.
"""

from __future__ import annotations

import statistics
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.table import Table

from inference.contract import Layout
from inference.imaging import DecodedPicture, PictureFormat
from inference.render import default_book, render_meme
from inference.render.fonts import Voice

_ROUNDS = 15
_FRAMES = 24


@dataclass(frozen=True, slots=True)
class _Case:
    """What is rendered; `size` is the letters' height that the baseline is told."""

    name: str
    picture: DecodedPicture
    lines: tuple[str, ...]
    size: int
    layout: Layout = Layout.TOP_BOTTOM


def main() -> None:
    """Print a table: median milliseconds of both, and their ratio (ours / plain)."""
    table = Table(title="rendering, median of a warm process on one thread")
    for heading in ("case", "plain Pillow ms", "render_meme ms", "ratio"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for case in _cases():
        plain, ours = _median_ms(lambda case=case: _draw_plain(case)), _median_ms(lambda case=case: _render(case))
        table.add_row(case.name, f"{plain:.1f}", f"{ours:.1f}", f"{ours / plain:.2f}")
    Console().print(table)


def _cases() -> list[_Case]:
    photo = DecodedPicture.still(_photo(1024, 768))
    frames = tuple(_photo(480, 360, shift) for shift in range(_FRAMES))
    moving = DecodedPicture(
        frames=frames, durations_ms=(60,) * _FRAMES, format=PictureFormat.GIF, source_size=(480, 360)
    )
    english = ("when you finally fix the bug", "and create five new ones")
    prose = ("me explaining to my mother why I need a second monitor to watch films about doing more in less time",)
    return [
        _Case("1024 px photo, two short lines", photo, english, 88),
        _Case("1024 px photo, Korean", photo, ("월요일 아침에 알람이 울릴 때", "5분만 더 자고 싶다"), 88),
        _Case("1024 px photo, white bar", photo, prose, 60, Layout.BAR),
        _Case("1024 px photo, 600 letters", photo, ("many words " * 28, "and many more " * 22), 30),
        _Case(f"480 px GIF, {_FRAMES} frames", moving, english, 42),
    ]


def _photo(width: int, height: int, shift: int = 0) -> Image.Image:
    """Smooth colours with some grain: as hard to compress as a usual photograph."""
    rng = np.random.default_rng(shift)
    coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    smooth = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    grain = rng.normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(np.asarray(smooth) + grain, 0, 255).astype(np.uint8))


def _render(case: _Case) -> None:
    render_meme(case.picture, case.lines, layout=case.layout)


def _draw_plain(case: _Case) -> None:
    face = default_book().face_for(case.lines[0][0], Voice.LOUD) or default_book().main_face(Voice.LOUD)
    font = ImageFont.truetype(face.path, case.size)
    frames = [frame.copy() for frame in case.picture.frames]
    for frame in frames:
        draw = ImageDraw.Draw(frame)
        for index, line in enumerate(case.lines):
            text = textwrap.fill(line.upper(), width=int(frame.width / (0.62 * case.size)))
            y = 10 if index == 0 else frame.height - 2.4 * case.size
            draw.multiline_text(
                (frame.width // 2, y), text, font=font, anchor="ma", align="center",
                fill="white", stroke_width=round(case.size * 0.07), stroke_fill="black",
            )  # fmt: skip
    buffer = BytesIO()
    if len(frames) == 1:
        frames[0].save(buffer, "JPEG", quality=88)
    else:
        frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=60, loop=0)


def _median_ms(work: Callable[[], None]) -> float:
    work()
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
