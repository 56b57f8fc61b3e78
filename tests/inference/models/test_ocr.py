"""Reading text in pictures, with the real reader on pictures drawn here."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from inference.contract import Box, OcrLine
from inference.models.ocr import TextReader, in_reading_order


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(threads=1)


def picture_of(*lines: str) -> Image.Image:
    picture = Image.new("RGB", (480, 90 * len(lines)), (40, 90, 120))
    font = ImageFont.load_default(size=36)
    for at, line in enumerate(lines):
        ImageDraw.Draw(picture).text((20, 20 + 90 * at), line, "white", font, stroke_width=2, stroke_fill="black")
    return picture


def test_captions_are_read_from_top_to_bottom(reader: TextReader) -> None:
    """What is written at the top comes first, joined line by line."""
    found = reader.read(picture_of("WHEN THE CODE", "WORKS TODAY"))
    assert [line.text.replace(" ", "") for line in found.lines] == ["WHENTHECODE", "WORKSTODAY"]
    assert found.text == "\n".join(line.text for line in found.lines)


def test_boxes_are_fractions_around_the_text(reader: TextReader) -> None:
    """The second of two lines lies in the lower half and inside the picture."""
    first, second = reader.read(picture_of("HELLO THERE", "BIG WORLD")).lines
    assert first.box.y + first.box.h <= 0.55 < second.box.y + second.box.h <= 1.0
    assert 0.0 <= second.box.x < 0.2
    assert 0.5 <= second.score <= 1.0


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_every_kind_of_picture_is_read(reader: TextReader, mode: str) -> None:
    """Palettes and transparency do not matter."""
    assert "HELLO" in reader.read(picture_of("HELLO THERE").convert(mode)).text


def test_a_picture_without_text_has_none(reader: TextReader) -> None:
    """Nothing to read is an answer, not an error."""
    found = reader.read(Image.new("RGB", (200, 120), (200, 30, 30)))
    assert found.text == ""
    assert found.lines == ()


def test_lines_side_by_side_are_read_left_to_right() -> None:
    """Two columns on one height belong to one row even when one sits a little higher."""
    left = OcrLine("left", Box(0.1, 0.12, 0.3, 0.1), 1.0)
    right = OcrLine("right", Box(0.6, 0.10, 0.3, 0.1), 1.0)
    below = OcrLine("below", Box(0.1, 0.5, 0.3, 0.1), 1.0)
    assert [line.text for line in in_reading_order([below, right, left])] == ["left", "right", "below"]
