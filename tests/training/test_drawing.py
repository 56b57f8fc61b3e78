"""Drawn examples of every genre: many styles, honest about where their text stands, spoiled like what a reader says."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from inference.contract import Box, OcrLine, OcrOutput
from tests.training.picture_sets import picture
from training.drawing.memes import draw_macro
from training.drawing.misreading import misread
from training.drawing.plain import draw_plain
from training.drawing.posts import draw_post
from training.drawing.rage import draw_rage_comic, draw_single_face
from training.drawing.sheet import Sheet
from training.drawing.surreal import distort, draw_collage
from training.drawing.video import draw_video_frame

TEXTS = ["when the rain comes", "and you are out", "nobody told me", "so I stayed at home"]
DRAWERS: dict[str, Callable[[random.Random], Sheet]] = {
    "rage comic": lambda rng: draw_rage_comic([picture(1), picture(2)], TEXTS, rng),
    "rage comic without known faces": lambda rng: draw_rage_comic([], TEXTS, rng),
    "single face": lambda rng: draw_single_face([picture(1)], TEXTS, rng),
    "post": lambda rng: draw_post(TEXTS, picture(3), rng),
    "post without a picture": lambda rng: draw_post(TEXTS, None, rng),
    "video frame": lambda rng: draw_video_frame(picture(4), TEXTS, rng),
    "macro": lambda rng: draw_macro(picture(5), TEXTS[:2], rng),
    "distorted macro": lambda rng: distort(draw_macro(picture(6), TEXTS[:2], rng), rng),
    "collage": lambda rng: draw_collage([picture(7), picture(8)], rng),
    "no meme": lambda rng: draw_plain(picture(9), TEXTS, rng),
}


@pytest.mark.parametrize("kind", DRAWERS)
def test_text_is_remembered_inside_the_picture(kind: str) -> None:
    """In every style, lines lie within the picture, which is RGB and has a size that a chat would show."""
    for seed in range(12):
        sheet = DRAWERS[kind](random.Random(seed))
        boxes = [line.box for line in sheet.to_ocr().lines]
        assert all(0 <= box.x <= 1 and 0 <= box.y <= 1 and box.x + box.w <= 1.001 for box in boxes)
        assert sheet.picture.mode == "RGB"
        assert 40 <= min(sheet.picture.size) <= max(sheet.picture.size) <= 1200


@pytest.mark.parametrize("kind", DRAWERS)
def test_a_seed_draws_the_same_and_another_draws_anew(kind: str) -> None:
    """Trainings can be repeated, and examples differ."""
    first, again, other = (DRAWERS[kind](random.Random(seed)) for seed in (3, 3, 4))
    assert first.picture.tobytes() == again.picture.tobytes()
    assert first.picture.tobytes() != other.picture.tobytes()


def test_a_misreading_keeps_most_and_spoils_some() -> None:
    """Most letters survive, some lines go, boxes stay inside the picture."""
    lines = tuple(OcrLine(f"line number {number}", Box(0.0, number / 50, 1.0, 0.03), 1.0) for number in range(40))
    spoiled = misread(OcrOutput("", lines), random.Random(1))
    assert 28 <= len(spoiled.lines) < 40
    assert any(" " not in line.text for line in spoiled.lines)
    assert sum("line" in line.text for line in spoiled.lines) > 15
    assert all(line.box.x + line.box.w <= 1.0 and line.box.y + line.box.h <= 1.0 for line in spoiled.lines)
    assert spoiled.text.count("line") == sum("line" in line.text for line in spoiled.lines)
