"""What the public ImageNet classifier says of pictures that nobody labelled, told in our classes and one more: "other".

The labelled objects are small and each shows one of our classes; a user's photo is sharp and mostly shows none of
them. The classifier knows a thousand classes, so it can tell "none of ours" where labels cannot. Which of its classes
is which of ours is read off the labelled pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from PIL import Image
from rich.progress import track
from torch.nn import functional

from inference.models.backbone import Backbone, BackboneConfig
from inference.models.pictures import to_batch
from training.datasets.objects import ObjectPictures
from training.seeing.starting_weights import fill_from_imagenet, read_classifier
from training.seeing.vision_set import as_seen

CHUNK: Final = 32
LEARNED_FROM: Final = 12  # labelled pictures per class


class ObjectTeacher:
    """The unchanged public network with its classifier, and the place of each of our classes among its thousand."""

    def __init__(self, known: ObjectPictures) -> None:
        self._network = Backbone(BackboneConfig())
        fill_from_imagenet(self._network)
        self._network.eval()
        self._weight, self._bias = read_classifier()
        self._places = self._match(known)

    @torch.inference_mode()
    def judge(self, pictures: Sequence[Image.Image]) -> torch.Tensor:
        """Probabilities float32 (N, classes + 1), the last one of anything else."""
        side = self._network.config.input_side
        chunks = [pictures[start : start + CHUNK] for start in range(0, len(pictures), CHUNK)]
        chances = torch.cat([self._say(to_batch(chunk, side)) for chunk in track(chunks, "asking the teacher")])
        ours = chances[:, self._places]
        return torch.cat([ours, (1 - ours.sum(dim=1, keepdim=True)).clamp_min(0)], dim=1)

    @torch.inference_mode()
    def _match(self, known: ObjectPictures) -> torch.Tensor:
        """Int64 (classes,): the teacher's class that gets most of the probability on pictures of each of ours."""
        labels = torch.from_numpy(known.labels)
        shown = torch.cat([(labels == label).nonzero()[:LEARNED_FROM, 0] for label in range(len(known.names))])
        sized = as_seen(known.pixels[shown.numpy()], self._network.config.input_side)
        chances = torch.cat([self._say(part) for part in sized.split(CHUNK)])  # type: ignore[no-untyped-call]
        sums = torch.zeros(len(known.names), chances.shape[1]).index_add_(0, labels[shown], chances)
        return sums.argmax(dim=1)

    def _say(self, pixels: torch.Tensor) -> torch.Tensor:
        pooled = self._network.pool(self._network.trunk(pixels)[1])
        return functional.linear(pooled, self._weight, self._bias).softmax(dim=1)
