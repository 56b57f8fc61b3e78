"""Teaches the flag model's picture head: what HarMeme's pictures add to what their words say.

The head learns to tell HarMeme's offensive pictures from its calm ones and from the blank templates of ordinary memes,
then it is weighed against the words on texts that the reader has not learned. No head is kept where it does not help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.errors import ModelError
from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.flag import PictureHead
from inference.models.mixed_reader import MixedReader
from inference.models.template_index import TemplateIndex
from training.datasets.offence import OffenceItem
from training.datasets.pictures import open_picture

SOURCE: Final = "harmeme"
FOLDER: Final = "offence/harmeme_images"
PASSES: Final = 24
BATCH: Final = 64
EMBEDDED_TOGETHER: Final = 32
CALM_WEIGHT: Final = 0.2
NOISE: Final = 0.1


@dataclass(frozen=True, slots=True)
class PictureRows:
    """`features` (N, D), the words' `logits` (N,), `wanted` 0/1 (N,) and how much each row counts (N,)."""

    features: Tensor
    logits: Tensor
    wanted: Tensor
    weights: Tensor

    def with_calm(self, features: Tensor) -> PictureRows:
        """More pictures (M, D) that do not offend, without words."""
        nothing = torch.zeros(len(features))
        return PictureRows(
            torch.cat([self.features, features]),
            torch.cat([self.logits, nothing]),
            torch.cat([self.wanted, nothing]),
            torch.cat([self.weights, nothing + CALM_WEIGHT]),
        )


def embed_pictures(data: Path, items: Sequence[OffenceItem], weights: Path) -> dict[str, Tensor]:
    """Backbone features by file name; none without a shipped backbone; unreadable pictures are left out."""
    try:
        model = VisionModel.load(Manifest.read(weights))
    except ModelError:
        return {}
    names = sorted({item.image for item in items if item.source == SOURCE and item.image})
    found: dict[str, Tensor] = {}
    for at in range(0, len(names), EMBEDDED_TOGETHER):
        opened = {name: _opened(data / FOLDER / name) for name in names[at : at + EMBEDDED_TOGETHER]}
        pictures = {name: picture for name, picture in opened.items() if picture is not None}
        embeddings = model.embed(list(pictures.values()))
        found |= {name: embedding.features for name, embedding in zip(pictures, embeddings, strict=True)}
    return found


def template_pictures(weights: Path) -> Tensor | None:
    """Features (N, D) of the blank templates in the shipped index; None without one."""
    try:
        index = TemplateIndex.load(Manifest.read(weights))
    except ModelError:
        return None
    found = [features for name in index.names if (features := index.features_of(name)) is not None]
    return torch.stack(found).float() if found else None


@torch.no_grad()
def picture_rows(
    reader: MixedReader, items: Sequence[OffenceItem], pictures: Mapping[str, Tensor]
) -> PictureRows | None:
    """Items that have a picture, with what the English reader makes of their words."""
    own = [item for item in items if item.source == SOURCE]
    seen = [(item, pictures[item.image]) for item in own if item.image is not None and item.image in pictures]
    if not seen:
        return None
    return PictureRows(
        features=torch.stack([features for _, features in seen]),
        logits=reader.eval()([item.text for item, _ in seen])[:, 0],
        wanted=torch.tensor([float(item.offensive) for item, _ in seen]),
        weights=torch.ones(len(seen)),
    )


def fit_picture_head(known: PictureRows, dev: PictureRows, seed: int) -> PictureHead | None:
    """`dev` decides after which pass the head is kept, and how much it counts beside the words."""
    torch.manual_seed(seed)
    head = PictureHead(known.features.shape[1], dropout=0.4)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.1)
    best, kept = torch.inf, None
    for _ in range(PASSES):
        head.train()
        for rows in torch.split(torch.randperm(len(known.wanted)), BATCH):
            noisy = known.features[rows] + NOISE * torch.randn_like(known.features[rows])
            loss = binary_cross_entropy_with_logits(head(noisy), known.wanted[rows], known.weights[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        head.eval()
        if (now := float(_loss(torch.ones(()), head(dev.features).detach(), dev, with_words=False))) < best:
            best, kept = now, deepcopy(head)
    return None if kept is None else _weighed(kept, dev)


@torch.no_grad()
def _weighed(head: PictureHead, dev: PictureRows) -> PictureHead | None:
    """Scale and centre the head so that words and picture together do best; None where no weight above 0 does."""
    added = head(dev.features)
    centre = added.mean()
    weights = torch.arange(0.0, 2.01, 0.1)
    losses = torch.stack([_loss(weight, added - centre, dev, with_words=True) for weight in weights])
    weight = weights[int(losses.argmin())]
    if weight == 0:
        return None
    head.out.bias.sub_(centre).mul_(weight)
    head.out.weight.mul_(weight)
    return head


def _loss(weight: Tensor, added: Tensor, rows: PictureRows, *, with_words: bool) -> Tensor:
    logits = weight * added + (rows.logits if with_words else 0.0)
    return binary_cross_entropy_with_logits(logits, rows.wanted)


def _opened(path: Path) -> Image.Image | None:
    try:
        return open_picture(path)
    except OSError:
        return None
