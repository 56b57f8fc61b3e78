"""The layers that tell templates apart, fitted to what a trunk saw."""

from __future__ import annotations

import torch

from tests.inference.models.tiny_backbone import TINY, random_backbone
from training.seeing.template_head import Cells, HeadRecipe, fit_template_head

CHANNELS = 432


def guises(templates: int, views: int) -> Cells:
    """Each template has a pattern of its own, under noise as strong as itself."""
    generator = torch.Generator().manual_seed(0)
    patterns = torch.randn(templates, 1, CHANNELS, TINY.cells, TINY.cells, generator=generator)
    noise = torch.randn(templates, views, CHANNELS, TINY.cells, TINY.cells, generator=generator)
    photos = torch.randn(24, CHANNELS, TINY.cells, TINY.cells, generator=generator)
    return Cells((patterns + noise).half(), photos.half())


def test_guises_of_a_template_come_together_and_photographs_stay_away() -> None:
    """After a short fit, unseen guises are nearest to their own template, and photographs near to none."""
    everything = guises(30, 6)
    shown = Cells(everything.guises[:, :5], everything.photos[:16])
    backbone = random_backbone()

    fit_template_head(backbone, shown, HeadRecipe(steps=60, templates=30, photos=8, dropout=0.0), seed=0)

    with torch.inference_mode():
        bare = backbone.read_cells(everything.guises[:, 0].float())
        unseen = backbone.read_cells(everything.guises[:, 5].float())
        photos = backbone.read_cells(everything.photos[16:].float())
    assert float(((unseen @ bare.T).argmax(dim=1) == torch.arange(30)).float().mean()) > 0.9
    assert float((photos @ bare.T).amax(dim=1).mean()) < float((unseen * bare).sum(dim=1).mean())
