"""Feeds the backbone's training: everyday objects and disguised templates, from arrays held in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference.models.pictures import normalise
from training.datasets.objects import ObjectPictures
from training.drawing.augment import OBJECT_JITTER, TEMPLATE_JITTER, jitter_batch

BARE_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class VisionBatch:
    """`pixels` float32 (N, 3, S, S): the objects, then a first and a second guise of each template; int64 labels."""

    pixels: torch.Tensor
    objects: torch.Tensor
    templates: torch.Tensor


@dataclass(frozen=True, slots=True)
class VisionSet:
    """Training pictures in memory; `views` is uint8 (templates, guises, 96, 96, 3)."""

    objects: ObjectPictures
    views: NDArray[np.uint8]
    seed: int

    def batch(self, step: int, objects: int, templates: int, side: int) -> VisionBatch:
        """The batch of a step is the same in every run, so that a resumed training sees what it would have seen."""
        rng = np.random.default_rng((self.seed, step))
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        chosen = _walk(len(self.objects.labels), step, objects, self.seed)
        ids = _walk(len(self.views), step, templates, self.seed + 1)
        first, second = rng.integers(0, self.views.shape[1], (2, len(ids)))
        first[rng.random(len(ids)) < BARE_SHARE] = 0
        photos = normalise(torch.from_numpy(self.objects.pixels[chosen]))
        guises = np.concatenate([self.views[ids, first], self.views[ids, second]])
        memes = normalise(torch.from_numpy(guises))
        pixels = torch.cat(
            [
                jitter_batch(photos, side, OBJECT_JITTER, generator),
                jitter_batch(memes, side, TEMPLATE_JITTER, generator),
            ]
        )
        return VisionBatch(
            pixels.contiguous(memory_format=torch.channels_last),
            torch.from_numpy(self.objects.labels[chosen]),
            torch.from_numpy(ids),
        )


def _walk(items: int, step: int, size: int, seed: int) -> NDArray[np.int64]:
    """The `step`-th slice of an endless sequence of shuffled epochs."""
    size = min(size, items)
    per_epoch = items // size
    order = np.random.default_rng((seed, step // per_epoch)).permutation(items)
    place = step % per_epoch
    return order[place * size : (place + 1) * size].astype(np.int64)
