"""Sets the backbone's feature layer so that the features have unit scale and no two say the same (PCA whitening).

What reads the features need not know how the public network scales what it sees.
"""

from __future__ import annotations

from typing import Final

import torch

from inference.models.backbone import Backbone
from training.seeing.vision_set import VisionSet, as_seen

CHUNK: Final = 64
LEAST: Final = 1e-3
FLOOR: Final = 0.05  # of the greatest deviation: directions that hardly vary are not blown up


@torch.no_grad()
def whiten_features(backbone: Backbone, data: VisionSet, count: int) -> None:
    """Fit `backbone.features` on `count` pictures, half of them objects and half templates."""
    seen = _look(backbone.eval(), data, count)
    mean = seen.mean(dim=0)
    _, deviations, directions = torch.linalg.svd(seen - mean, full_matrices=False)
    width = backbone.config.feature_width
    deviations = (deviations / max(1, len(seen) - 1) ** 0.5)[:width]
    weight = directions[:width] / deviations.clamp_min(FLOOR * deviations[0].item() + LEAST)[:, None]
    backbone.features.weight.copy_(weight)
    backbone.features.bias.copy_(-weight @ mean)


def _look(backbone: Backbone, data: VisionSet, count: int) -> torch.Tensor:
    """What the head makes of the pictures, float32 (N, 1280)."""
    objects = data.objects.pixels[:: max(1, len(data.objects.pixels) * 2 // count)]
    views = data.views[:: max(1, len(data.views) * 2 // count), 0]
    chunks = [part[at : at + CHUNK] for part in (objects, views) for at in range(0, len(part), CHUNK)]
    pixels = (as_seen(chunk, backbone.config.input_side) for chunk in chunks)
    return torch.cat([backbone.pool(backbone.trunk(one)[1]) for one in pixels])
