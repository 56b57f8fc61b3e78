"""A picture under construction that remembers where its text stands, so that no OCR is needed to know the layout."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from inference.contract import Box, OcrLine, OcrOutput
from training.drawing.lettering import Colour, Ink, wrap

Corners = tuple[float, float, float, float]


@dataclass(slots=True)
class Sheet:
    """`picture` is drawn on in place; `written` holds each line with its left, top, right, bottom in pixels."""

    picture: Image.Image
    written: list[tuple[str, Corners]] = field(default_factory=list)

    @classmethod
    def blank(cls, width: int, height: int, colour: Colour) -> Sheet:
        return cls(Image.new("RGB", (width, height), colour))

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.picture)

    def write(self, text: str, ink: Ink, place: tuple[int, int], width: int, centre: bool = False) -> int:
        """Wraps `text` into `width` pixels from `place` down; returns the pixel row below it."""
        left, top = place
        pen = self.pen
        for line in wrap(text, ink, width):
            x = left + (width - round(ink.face.getlength(line))) // 2 if centre else left
            pen.text((x, top), line, font=ink.face, fill=ink.colour, stroke_width=ink.stroke, stroke_fill=ink.outline)
            self.written.append((line, (x, top, x + ink.face.getlength(line), top + ink.size * 1.1)))
            top += round(ink.size * 1.3) + ink.stroke
        return top

    def paste(self, picture: Image.Image, box: tuple[int, int, int, int]) -> None:
        """Squashes `picture` into `box` (left, top, right, bottom)."""
        size = (max(1, box[2] - box[0]), max(1, box[3] - box[1]))
        self.picture.paste(picture.resize(size, Image.Resampling.BILINEAR), box[:2])

    def cut(self, height: int) -> None:
        """Drops everything below `height`, text included."""
        self.picture = self.picture.crop((0, 0, self.picture.width, max(16, min(height, self.picture.height))))
        self.written = [(line, box) for line, box in self.written if box[3] <= self.picture.height + 2]

    def to_ocr(self) -> OcrOutput:
        """What a perfect reader would say."""
        width, height = self.picture.size
        lines = tuple(OcrLine(line, _as_box(box, width, height), 0.95) for line, box in self.written)
        return OcrOutput(" ".join(line for line, _ in self.written), lines)


def _as_box(corners: Corners, width: int, height: int) -> Box:
    left, right = (min(1.0, max(0.0, value / width)) for value in (corners[0], corners[2]))
    top, bottom = (min(1.0, max(0.0, value / height)) for value in (corners[1], corners[3]))
    return Box(left, top, right - left, bottom - top)
