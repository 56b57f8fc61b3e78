"""Draws the bundled templates: every SVG of `inference/templates/art` becomes a WebP in `inference/templates/pictures`.

Run by a maintainer after a drawing changed, so that nobody else needs an SVG renderer:
`python -m training.draw_templates [NAME ...] [--sheet docs/templates.webp]`. Knows nothing of captions or text boxes.
"""

from __future__ import annotations

import argparse
import io
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import resvg_py
from PIL import Image, ImageOps

from inference.templates.catalogue import BUNDLED_DIR, Catalogue
from inference.templates.entries import PICTURES_NAME

LONGEST_SIDE_PX: Final = 1024
WEBP_QUALITY: Final = 90
ART_DIR: Final = BUNDLED_DIR / "art"
_SHEET_COLUMNS: Final = 6
_SHEET_CELL_PX: Final = 256
_SHEET_GAP_PX: Final = 8


def render_svg(path: Path) -> Image.Image:
    """Render a drawing to RGB with its longest side at 1024 px; no font is ever used."""
    png = resvg_py.svg_to_bytes(svg_path=str(path), skip_system_fonts=True)
    width, height = Image.open(io.BytesIO(png)).size
    if max(width, height) != LONGEST_SIDE_PX:
        png = resvg_py.svg_to_bytes(
            svg_path=str(path),
            skip_system_fonts=True,
            width=LONGEST_SIDE_PX if width >= height else None,
            height=LONGEST_SIDE_PX if height > width else None,
        )
    return Image.open(io.BytesIO(png)).convert("RGB")


def draw_template(svg: Path, folder: Path) -> Path:
    """Write the picture of one drawing into `folder` and return its path."""
    target = folder / f"{svg.stem}.webp"
    render_svg(svg).save(target, "WEBP", quality=WEBP_QUALITY, method=6)
    return target


def draw_sheet(pictures: Sequence[Path], target: Path) -> None:
    """Write all pictures, small and in order, into one picture of six columns."""
    step = _SHEET_CELL_PX + _SHEET_GAP_PX
    rows = math.ceil(len(pictures) / _SHEET_COLUMNS)
    sheet = Image.new("RGB", (_SHEET_COLUMNS * step + _SHEET_GAP_PX, rows * step + _SHEET_GAP_PX), "white")
    for index, path in enumerate(pictures):
        row, column = divmod(index, _SHEET_COLUMNS)
        with Image.open(path) as picture:
            small = ImageOps.pad(picture.convert("RGB"), (_SHEET_CELL_PX, _SHEET_CELL_PX), color="white")
        sheet.paste(small, (_SHEET_GAP_PX + column * step, _SHEET_GAP_PX + row * step))
    sheet.save(target, "WEBP", quality=WEBP_QUALITY, method=6)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Draw the bundled templates from their SVG sources.")
    parser.add_argument("names", nargs="*", help="templates to draw; all when left out")
    parser.add_argument("--sheet", type=Path, help="also write one picture that shows all of them")
    options = parser.parse_args(argv)
    drawings = [ART_DIR / f"{name}.svg" for name in options.names] or sorted(ART_DIR.glob("*.svg"))
    for svg in drawings:
        target = draw_template(svg, BUNDLED_DIR / PICTURES_NAME)
        sys.stdout.write(f"{target.name}  {target.stat().st_size:,} bytes\n")
    if options.sheet:
        draw_sheet([template.picture for template in Catalogue.load()], options.sheet)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
