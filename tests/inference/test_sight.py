"""A picture is embedded and read once, however many jobs ask about it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from PIL import Image

from inference.contract import ExpressionOutput, OcrOutput
from inference.models.backbone import PictureEmbedding
from inference.sight import Frame, Remembered, Sight


class CountingEyes:
    """Embeds and reads, and keeps count."""

    def __init__(self) -> None:
        self.embedded = 0
        self.read_ = 0
        self.met = 0

    def embed(self, pictures: Sequence[Image.Image]) -> list[PictureEmbedding]:
        self.embedded += len(pictures)
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
