"""How pictures look, in numbers: the sort of picture moves them, its size does not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from inference.contract import Box, OcrLine, OcrOutput
from inference.models.look import BEHIND_TEXT, LOOK_WIDTH, look_features

NAMES = ("brightness", "contrast", "saturation", "saturation spread", "white", "black", "grey", "glaring")
SAID = OcrOutput("words", (OcrLine("words", Box(0.1, 0.1, 0.5, 0.1), 0.9),))


def paper() -> Image.Image:
    """White, with a few black strokes: a comic."""
    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).line((20, 20, 280, 180), fill="black", width=3)
    return image


def noise() -> Image.Image:
    pixels = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def named(picture: Image.Image) -> dict[str, float]:
    return dict(zip(NAMES, look_features(picture).tolist(), strict=False))


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (640, 480)], ids=["a pixel", "a strip", "a picture"])
@pytest.mark.parametrize("colour", ["white", "black", "red", "#808080"])
def test_any_picture_has_small_numbers(size: tuple[int, int], colour: str) -> None:
    """Plain pictures of any size, with and without text."""
    for ocr in (None, SAID):
        row = look_features(Image.new("RGB", size, colour), ocr)
        assert row.shape == (LOOK_WIDTH,)
        assert bool(row.isfinite().all())
        assert float(row.abs().max()) < 12


def test_paper_is_whiter_than_noise() -> None:
    """Shares of white and grey tell drawings on paper from coloured pictures."""
    drawn, coloured = named(paper()), named(noise())
    assert drawn["white"] > 1.5
    assert coloured["white"] < 0.1
    assert drawn["grey"] > coloured["grey"]
    assert named(Image.new("RGB", (9, 9), "red"))["glaring"] > drawn["glaring"]


def test_the_size_of_a_picture_does_not_matter() -> None:
    """The same picture twice as large looks the same."""
    large = paper().resize((600, 400), Image.Resampling.BILINEAR)
    assert torch.allclose(look_features(paper()), look_features(large), atol=0.25)


def test_the_ground_behind_the_words_is_seen() -> None:
    """The same line on white paper and on black paper; nothing is told where nothing was read."""
    white, black = (look_features(Image.new("RGB", (80, 80), colour), SAID) for colour in ("white", "black"))
    assert white[-BEHIND_TEXT] == 1.0
    assert black[-BEHIND_TEXT] == 0.0
    assert not look_features(paper())[-BEHIND_TEXT:].any()


@pytest.mark.parametrize("box", [Box(1.0, 1.0, 0.0, 0.0), Box(0.5, 0.5, 0.0, 0.3)], ids=["outside", "without width"])
def test_a_line_without_room_is_passed_over(box: Box) -> None:
    """Readers may return empty boxes."""
    assert bool(look_features(paper(), OcrOutput("x", (OcrLine("x", box, 0.9),))).isfinite().all())
