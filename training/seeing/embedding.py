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
    """Features (N, D) and template embeddings (N, K) of the pictures, in order."""
    chunks = [pictures[start : start + CHUNK] for start in range(0, len(pictures), CHUNK)]
    found = [one for chunk in track(chunks, told) for one in model.embed(chunk)]
    return torch.stack([one.features for one in found]), torch.stack([one.template for one in found])
