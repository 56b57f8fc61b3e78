"""Draws the bundled templates: every SVG of `inference/templates/art` becomes a WebP in `inference/templates/pictures`.

Run by a maintainer after a drawing changed, so that nobody else needs an SVG renderer:
`python -m training.draw_templates [NAME ...]`. Knows nothing of captions or text boxes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import resvg_py
from PIL import Image

from inference.templates.catalogue import BUNDLED_DIR
from inference.templates.entries import PICTURES_NAME

LONGEST_SIDE_PX: Final = 1024
WEBP_QUALITY: Final = 90
ART_DIR: Final = BUNDLED_DIR / "art"


def render_svg(path: Path) -> Image.Image:
    """Render a drawing to RGB with its longest side at 1024 px; no font is ever used."""
    png = resvg_py.svg_to_bytes(svg_path=str(path), skip_system_fonts=True)
    width, height = Image.open(io.BytesIO(png)).size
    if max(width, height) != LONGEST_SIDE_PX:
        side = "width" if width >= height else "height"
        png = resvg_py.svg_to_bytes(svg_path=str(path), skip_system_fonts=True, **{side: LONGEST_SIDE_PX})
    return Image.open(io.BytesIO(png)).convert("RGB")


def draw_template(svg: Path, folder: Path) -> Path:
    """Write the picture of one drawing into `folder` and return its path."""
    target = folder / f"{svg.stem}.webp"
    render_svg(svg).save(target, "WEBP", quality=WEBP_QUALITY, method=6)
    return target


def main(argv: Sequence[str] | None = None) -> int:
    names = list(sys.argv[1:] if argv is None else argv)
    drawings = [ART_DIR / f"{name}.svg" for name in names] if names else sorted(ART_DIR.glob("*.svg"))
    for svg in drawings:
        target = draw_template(svg, BUNDLED_DIR / PICTURES_NAME)
        sys.stdout.write(f"{target.name}  {target.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
