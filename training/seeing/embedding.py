"""Runs the backbone over many pictures, a chunk at a time, under a progress bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from PIL import Image
from rich.progress import track

from inference.models.backbone import VisionModel

CHUNK: Final = 32


def embed_all(model: VisionModel, pictures: Sequence[Image.Image], told: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (N, D) and template embeddings (N, K) of the pictures, in order.

    They are written into place at once: small tensors kept between large ones that come and go scatter the memory.
    """
    features = torch.empty(len(pictures), model.config.feature_width)
    templates = torch.empty(len(pictures), model.config.template_width)
    for start in track(range(0, len(pictures), CHUNK), told):
        for place, one in enumerate(model.embed(pictures[start : start + CHUNK]), start):
            features[place], templates[place] = one.features, one.template
    return features, templates
