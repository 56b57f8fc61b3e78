"""A picture is embedded and read once, however many jobs ask about it."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import torch
from PIL import Image, ImageChops

from inference.contract import ExpressionOutput, OcrOutput
from inference.covering import PARTS
from inference.models.backbone import PictureEmbedding
from inference.sight import Frame, Remembered, Sight


class CountingEyes:
    """Embeds and reads, and keeps count."""

    def __init__(self) -> None:
        self.embedded = 0
        self.read_ = 0
        self.met = 0
        self.shown: list[Image.Image] = []

    def embed(self, pictures: Sequence[Image.Image]) -> list[PictureEmbedding]:
        self.embedded += len(pictures)
        self.shown += pictures
        return [PictureEmbedding(torch.zeros(4), torch.ones(2)) for _ in pictures]

    def read(self, picture: Image.Image) -> OcrOutput:
        del picture
        self.read_ += 1
        return OcrOutput("", ())

    def express(self, picture: Image.Image) -> ExpressionOutput:
        del picture
        self.met += 1
        return ExpressionOutput(())


def frame(digest: str) -> Frame:
    return Frame(digest, Image.new("RGB", (4, 4)))


def test_the_same_content_is_looked_at_once() -> None:
    """Neither a second job nor a repost runs a model again; a picture without text counts as read."""
    eyes = CountingEyes()
    sight = Sight(lambda: eyes, lambda: eyes, lambda: eyes)
    for digest in ("a", "b", "a", "b"):
        sight.embed(frame(digest))
        sight.read(frame(digest))
        sight.express(frame(digest))
    assert (eyes.embedded, eyes.read_, eyes.met) == (2, 2, 2)


def test_the_least_recently_used_is_forgotten() -> None:
    """Memory is bounded, and use keeps a value alive."""
    made: list[str] = []
    kept: Remembered[str] = Remembered(capacity=2)
    for digest in ("a", "b", "a", "c", "a", "b"):
        kept.get_or_make(digest, lambda digest=digest: made.append(digest) or digest)  # type: ignore[misc, func-returns-value]
    assert made == ["a", "b", "c", "b"]


def test_every_part_is_covered_once_and_the_picture_stays() -> None:
    """Nine pictures, each with another ninth in the mean colour and all else as it was; together they cover all."""
    eyes = CountingEyes()
    picture = Image.effect_noise((90, 61), 90).convert("RGB")
    before = picture.copy()
    found = Sight(lambda: eyes, lambda: eyes, lambda: eyes).embed_parts(Frame("a", picture))
    assert [part for part, _ in found] == list(PARTS)
    assert picture == before
    changed = [ImageChops.difference(picture, shown).convert("L").point(bool) for shown in eyes.shown]
    for mask, part in zip(changed, PARTS, strict=True):
        left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
        assert part.x * 90 - 1 <= left < right <= (part.x + part.w) * 90 + 1
        assert part.y * 61 - 1 <= top < bottom <= (part.y + part.h) * 61 + 1
    everywhere = functools.reduce(ImageChops.lighter, changed)
    assert everywhere.getbbox() == (0, 0, 90, 61)
