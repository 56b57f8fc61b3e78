"""What the backbone learns from, held in memory: everyday objects, and the many guises of every template."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from inference.models.pictures import normalise, squash
from training.datasets.captions import read_caption_boxes
from training.datasets.negatives import LEARNED, read_negatives
from training.datasets.objects import ObjectPictures, read_objects
from training.datasets.templates import read_templates
from training.options import TrainOptions
from training.seeing.views import SIDE_PIXELS, ViewPlan, cached_views

VIEWS: Final = 16
CAPTIONS: Final = 3000


@dataclass(frozen=True, slots=True)
class VisionSet:
    """`views` is uint8 (templates, guises, 128, 128, 3), the bare picture first; `photos` uint8 (P, 128, 128, 3).

    `seed` is for what is drawn from them.
    """

    objects: ObjectPictures
    views: NDArray[np.uint8]
    photos: NDArray[np.uint8]
    seed: int


def as_seen(pixels: NDArray[np.uint8], side: int) -> torch.Tensor:
    """Pictures (N, H, W, 3) as the network sees them: float32 (N, 3, side, side) in -1..1."""
    plain = normalise(torch.from_numpy(pixels))
    return functional.interpolate(plain, size=(side, side), mode="bilinear", align_corners=False)


def gather_pictures(options: TrainOptions, kept: Path) -> VisionSet:
    """Objects, and guises of the templates that may be shown, which are drawn once and kept in the folder `kept`.

    A tenth of the templates without captions is never shown: it measures templates added later.
    """
    pictures = read_objects(options.data, "train", limit=64 if options.quick else None)
    shown = [template for template in read_templates(options.data).items if not template.is_held_out]
    captions = read_caption_boxes(options.data, CAPTIONS).items
    views = 3 if options.quick else VIEWS
    plan = ViewPlan(views, options.seed, workers=1 if options.quick else 2)
    guises = cached_views(shown, captions, plan, kept / f"views-{views}.npy")
    photos = np.stack([squash(photo, SIDE_PIXELS) for photo in read_negatives(options.data).items[LEARNED]])
    return VisionSet(pictures, guises, photos, options.seed)
