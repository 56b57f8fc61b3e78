"""What the caption writer makes of a picture before it asks the caption model."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image

from inference.captioning import CaptionWriter
from inference.models.backbone import PictureEmbedding
from inference.models.template_index import KnownTemplate, TemplateIndex
from inference.sight import Frame, Sight
from inference.templates.catalogue import Catalogue

BARE = torch.full((4,), 2.0)
SEEN = torch.full((4,), 0.5)


class OnePicture:
    """Sees the same in every picture."""

    def __init__(self, template: torch.Tensor) -> None:
        self._seen = PictureEmbedding(SEEN, template)

    def embed(self, pictures: list[Image.Image]) -> list[PictureEmbedding]:
        return [self._seen for _ in pictures]


@pytest.mark.parametrize(
    ("template", "features"),
    [
        pytest.param(torch.tensor([0.8, 0.6]), BARE, id="under a caption: the bare template's"),
        pytest.param(torch.tensor([0.0, 1.0]), SEEN, id="something else: its own"),
    ],
)
def test_a_template_is_seen_whatever_is_written_on_it(template: torch.Tensor, features: torch.Tensor) -> None:
    """A caption is scored for the joke's template, not for the letters that cover it."""
    index = TemplateIndex([KnownTemplate("Cat", (), BARE)], torch.tensor([[1.0, 0.0]]), torch.tensor([0]), 0.7)
    nothing: Any = SimpleNamespace(index=index)
    sight = Sight(lambda: OnePicture(template), _unasked, _unasked)
    writer = CaptionWriter(nothing, nothing, Catalogue.of([]), sight)
    assert torch.equal(writer.look_at(Frame("picture", Image.new("RGB", (8, 8)))), features)


def _unasked() -> Any:
    pytest.fail("Nothing is to be read.")
