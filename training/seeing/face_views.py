"""Faces as a training sees them: moved, turned, scaled, mirrored, partly covered. On tensors, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True)
class Wobble:
    """How far views stray: `turn` in radians, `zoom` and `shift` in shares of the side, `cover` a patch's chance."""

    turn: float = 0.2
    zoom: float = 0.12
    shift: float = 0.08
    cover: float = 0.3


def wobble_faces(faces: torch.Tensor, wobble: Wobble, generator: torch.Generator) -> torch.Tensor:
    """Normalised faces (N, 1, S, S) to new views of the same shape; outside of the picture the edge is repeated."""
    count = len(faces)

    def spread(width: float) -> torch.Tensor:
        return (torch.rand(count, generator=generator) * 2 - 1) * width

    angle, scale = spread(wobble.turn), 1 + spread(wobble.zoom)
    mirrored = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    matrix = torch.stack(
        [
            torch.stack([mirrored * scale * angle.cos(), -scale * angle.sin(), 2 * spread(wobble.shift)], dim=1),
            torch.stack([mirrored * scale * angle.sin(), scale * angle.cos(), 2 * spread(wobble.shift)], dim=1),
        ],
        dim=1,
    )
    grid = functional.affine_grid(matrix, list(faces.shape), align_corners=False)
    views = functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)
    return _cover(views, wobble.cover, generator).contiguous(memory_format=torch.channels_last)


def _cover(views: torch.Tensor, chance: float, generator: torch.Generator) -> torch.Tensor:
    """Hide a random patch of some views (Zhong et al. 2020), up to two fifths of each side, under plain grey."""
    count, side = len(views), views.shape[-1]
    hidden = torch.rand(count, generator=generator) < chance
    size = (torch.rand(count, 2, generator=generator) * 0.3 + 0.1) * side
    start = torch.rand(count, 2, generator=generator) * (side - size)
    place = torch.arange(side)
    inside = (place >= start[..., None]) & (place < (start + size)[..., None])
    patch = inside[:, 0, :, None] & inside[:, 1, None, :] & hidden[:, None, None]
    return views.masked_fill(patch[:, None], 0.0)
