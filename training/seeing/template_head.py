"""Fits the layers that tell templates apart to the standing eight-bit trunk, on what the trunk sees of every guise.

The trunk looks once at each guise; the layers then learn for thousands of steps in minutes, with hundreds of templates
side by side (NT-Xent). Plain pictures of objects are pushed away from every template.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from rich.progress import track
from torch import nn
from torch.nn import functional

from inference.models.backbone import Backbone, BackboneConfig
from inference.models.backbone_graph import GraphRunner
from inference.models.efficientnet import LAST_WIDTH, MIDDLE_WIDTH
from inference.models.pictures import normalise
from training.drawing.augment import OBJECT_JITTER, TEMPLATE_JITTER, Jitter, jitter_batch
from training.run import progress_bar
from training.seeing.vision_set import VisionSet, as_seen

CHUNK: Final = 64
PHOTO_VIEWS: Final = 16
CELL_WIDTH: Final = MIDDLE_WIDTH + LAST_WIDTH
PAIR_TEMPERATURE: Final = 0.1
PHOTO_COSINE: Final = 0.3
PHOTO_WEIGHT: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRecipe:
    """`steps` of two guises of `templates` and `photos` pictures of objects, out of `known_photos` looked at once."""

    steps: int = 1800
    templates: int = 256
    photos: int = 128
    known_photos: int = 4000
    rate: float = 2e-3
    decay: float = 0.02
    dropout: float = 0.1


QUICK_HEAD: Final = HeadRecipe(steps=3, templates=8, photos=4, known_photos=16)


@dataclass(frozen=True, slots=True)
class Cells:
    """What the trunk sees: `guises` float16 (T, V, 432, C, C), the bare picture first, and `photos` (P, 432, C, C)."""

    guises: torch.Tensor
    photos: torch.Tensor


def look_at_guises(run: GraphRunner, data: VisionSet, config: BackboneConfig, recipe: HeadRecipe, cache: Path) -> Cells:
    """Every guise, some objects and photographs, moved and tinted a little (bare pictures are not); kept in `cache`."""
    if cache.is_file():
        return Cells(*torch.load(cache, weights_only=True))
    generator = torch.Generator().manual_seed(data.seed)
    side = config.input_side
    rows = torch.empty(*data.views.shape[:2], CELL_WIDTH, config.cells, config.cells, dtype=torch.float16)
    for place, views in enumerate(track(data.views, "looking at guises")):
        moved = _jittered(views, side, TEMPLATE_JITTER, generator)
        moved[:1] = as_seen(views[:1], side)
        rows[place] = run.look(moved)[1]
    chosen = data.objects.pixels[:: max(1, len(data.objects.pixels) // recipe.known_photos)]
    chunks = [*np.array_split(chosen, max(1, len(chosen) // CHUNK)), *[data.photos] * PHOTO_VIEWS]
    seen = torch.cat([run.look(_jittered(chunk, side, OBJECT_JITTER, generator))[1].half() for chunk in chunks])
    torch.save((rows, seen), cache)
    return Cells(rows, seen)


def fit_template_head(backbone: Backbone, cells: Cells, recipe: HeadRecipe, seed: int) -> None:
    """Trains `layout` and `template` of `backbone`, in place, from where they are."""
    generator = torch.Generator().manual_seed(seed)
    layers = [*backbone.layout.parameters(), *backbone.template.parameters()]
    optimizer = torch.optim.AdamW(layers, lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, total_steps=recipe.steps, pct_start=0.1)
    with progress_bar("template head", recipe.steps) as advance:
        for _ in range(recipe.steps):
            loss = _loss(backbone, *_draw(cells, recipe, generator), recipe.dropout)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(layers, 5.0)
            optimizer.step()
            schedule.step()
            advance(f"loss {loss.item():.3f}")


def pair_loss(guises: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """NT-Xent (Chen et al. 2020) over two guises of each template, `guises` (2 T, K); `others` (P, K) match nothing."""
    pairs = len(guises) // 2
    cosines = guises @ torch.cat([guises, others]).T / PAIR_TEMPERATURE
    cosines.fill_diagonal_(-1e4)
    partner = torch.arange(2 * pairs, device=guises.device).roll(pairs)
    return functional.cross_entropy(cosines, partner)


def _loss(backbone: Backbone, guises: torch.Tensor, photos: torch.Tensor, dropout: float) -> torch.Tensor:
    kept = (torch.rand(1, guises.shape[1], 1, 1) >= dropout) / (1 - dropout)  # one mask for all: far cheaper
    embeddings = backbone.read_cells(torch.cat([guises, photos]) * kept)
    memes, plain = embeddings[: len(guises)], embeddings[len(guises) :]
    near = (plain @ memes.T).amax(dim=1)
    photo_loss = functional.relu(near - PHOTO_COSINE).square().mean()
    return pair_loss(memes, plain) + PHOTO_WEIGHT * photo_loss


def _draw(cells: Cells, recipe: HeadRecipe, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Guises (2 T, 432, C, C), first ones then second ones of the same templates, and photos, half of them mirrored."""
    templates, views = cells.guises.shape[:2]
    ids = torch.randperm(templates, generator=generator)[: recipe.templates]
    first, second = torch.randint(views, (2, len(ids)), generator=generator)
    first[torch.rand(len(ids), generator=generator) < 0.5] = 0
    guises = torch.cat([cells.guises[ids, first], cells.guises[ids, second]]).float()
    photos = cells.photos[torch.randint(len(cells.photos), (recipe.photos,), generator=generator)].float()
    mirrored = torch.rand(len(photos), generator=generator) < 0.5
    photos[mirrored] = photos[mirrored].flip(3)
    return guises, photos


def _jittered(views: np.ndarray, side: int, jitter: Jitter, generator: torch.Generator) -> torch.Tensor:
    return jitter_batch(normalise(torch.from_numpy(views)), side, jitter, generator).clamp(-1, 1).contiguous()
