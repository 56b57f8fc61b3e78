"""Draws faces that a face finder finds, so that no picture of a person is needed."""

from __future__ import annotations

from PIL import Image, ImageDraw


def draw_face(picture: Image.Image, x: int, y: int, scale: float) -> None:
    """A face that looks straight ahead, its middle at (x, y)."""
    draw = ImageDraw.Draw(picture)

    def oval(left: float, top: float, right: float, bottom: float, fill: str) -> None:
        draw.ellipse((x + left * scale, y + top * scale, x + right * scale, y + bottom * scale), fill)

    oval(-70, -90, 70, 90, "#e1b9a0")
    for side in (-28, 28):
        oval(side - 24, -44, side + 24, -32, "#3c281e")
        oval(side - 18, -28, side + 18, -8, "#f5f5f5")
        oval(side - 9, -28, side + 9, -9, "#281e1e")
    oval(-13, -15, 13, 26, "#f0cdb4")
    oval(-18, 18, 18, 32, "#be8c78")
    oval(-35, 42, 35, 62, "#963c3c")
