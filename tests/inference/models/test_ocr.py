"""Reading text in pictures, with the real reader on pictures drawn here."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from inference.contract import Box, OcrLine, OcrOutput
from inference.manifest import Manifest
from inference.models.loaded import LoadedModels
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


def shipped_reader() -> TextReader:
    reader: TextReader = LoadedModels(Manifest.read(), "cpu", threads=1).reader
    return reader


def photograph(seed: int) -> Image.Image:
    """A hill, a sky and something round, out of focus and with the noise of a sensor."""
    chance = np.random.default_rng(seed)
    sky, land = (tuple(int(value) for value in chance.integers(60, 230, 3)) for _ in range(2))
    scene = Image.new("RGB", (480, 340), sky)
    pen = ImageDraw.Draw(scene)
    pen.ellipse((-100, int(chance.integers(150, 230)), 400, 600), fill=land)
    x, y = (int(value) for value in chance.integers(60, 260, 2))
    pen.ellipse((x, y, x + 90, y + 90), fill=tuple(int(value) for value in chance.integers(20, 250, 3)))
    blurred = np.asarray(scene.filter(ImageFilter.GaussianBlur(5)))
    return Image.fromarray(np.clip(blurred + chance.normal(0, 6, blurred.shape), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("seed", [4, 5, 7])
def test_a_plain_photograph_is_not_read_at_all(seed: int) -> None:
    """The spotter answers for it; the reader's models are not even loaded."""
    reader = shipped_reader()
    assert reader.read(photograph(seed)) == OcrOutput("", ())
    assert reader._engine is None


@pytest.mark.parametrize("size", [18, 26, 48], ids=lambda size: f"{size} pixels")
@pytest.mark.parametrize("seed", [4, 5, 7])
def test_a_caption_on_that_photograph_is_not_skipped(seed: int, size: int) -> None:
    """One short line of letters, small ones too, is enough to be read."""
    picture = photograph(seed)
    font = ImageFont.load_default(size=size)
    ImageDraw.Draw(picture).text(
        (40, 290), "me on monday", "white", font, stroke_width=max(1, size // 12), stroke_fill="black"
    )
    assert shipped_reader().may_have_text(picture)


def test_a_small_caption_on_a_photograph_is_read() -> None:
    """From spotting to letters, as the engine has it."""
    picture = photograph(4)
    ImageDraw.Draw(picture).text((40, 290), "me on monday", "white", ImageFont.load_default(size=26))
    assert "monday" in shipped_reader().read(picture).text


def test_a_very_long_picture_is_always_read() -> None:
    """Squashed to a square its text would be gone, so nothing is guessed about it."""
    assert shipped_reader().may_have_text(Image.new("RGB", (300, 900)))


def test_a_reader_without_a_spotter_reads_everything(reader: TextReader) -> None:
    """Weights folders that have none work as before."""
    assert reader.may_have_text(photograph(0))
