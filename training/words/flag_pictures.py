"""Teaches the flag model's picture head: what HarMeme's pictures add to what their words say.

The text network stays as it is; the head is kept from the pass that does best on texts' held-out part, and no head is
kept where none beats the words alone.
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
from inference.models.hashed import HashedClassifier
from training.datasets.offence import OffenceItem
from training.datasets.pictures import open_picture

SOURCE: Final = "harmeme"
FOLDER: Final = "offence/harmeme_images"
PASSES: Final = 30
BATCH: Final = 64
EMBEDDED_TOGETHER: Final = 32
WORDLESS: Final = 0.2


@dataclass(frozen=True, slots=True)
class PictureRows:
    """`features` (N, F), `hidden` (N, H) of the text network, its `logits` (N,), and `wanted` 0/1 (N,)."""

    features: Tensor
    hidden: Tensor
    logits: Tensor
    wanted: Tensor


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


@torch.no_grad()
def picture_rows(
    text: HashedClassifier, items: Sequence[OffenceItem], pictures: Mapping[str, Tensor], *, wordless: bool = False
) -> PictureRows | None:
    """Items that have a picture, with what the text network makes of their words, or of none."""
    own = [item for item in items if item.source == SOURCE]
    seen = [(item, pictures[item.image]) for item in own if item.image is not None and item.image in pictures]
    if not seen:
        return None
    hidden = text.eval().encode(text.bags(["" if wordless else item.text for item, _ in seen]))
    return PictureRows(
        features=torch.stack([features for _, features in seen]),
        hidden=hidden,
        logits=text.out(hidden)[:, 0],
        wanted=torch.tensor([float(item.offensive) for item, _ in seen]),
    )


def fit_picture_head(known: PictureRows, bare: PictureRows, dev: PictureRows, seed: int) -> PictureHead | None:
    """`bare` are the known rows without their words: a picture has to be judged alone too."""
    torch.manual_seed(seed)
    head = PictureHead(known.features.shape[1], known.hidden.shape[1], dropout=0.4)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.05)
    best, kept = _loss(None, dev), None
    for _ in range(PASSES):
        head.train()
        order = torch.randperm(len(known.wanted))
        for rows in torch.split(order, BATCH):
            source = bare if float(torch.rand(())) < WORDLESS else known
            added = head(source.features[rows], source.hidden[rows])
            loss = binary_cross_entropy_with_logits(source.logits[rows] + added, source.wanted[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        head.eval()
        if (now := _loss(head, dev)) < best:
            best, kept = now, deepcopy(head)
    return kept


@torch.no_grad()
def _loss(head: PictureHead | None, rows: PictureRows) -> float:
    added = torch.zeros_like(rows.logits) if head is None else head(rows.features, rows.hidden)
    return float(binary_cross_entropy_with_logits(rows.logits + added, rows.wanted))


def _opened(path: Path) -> Image.Image | None:
    try:
        return open_picture(path)
    except OSError:
        return None
