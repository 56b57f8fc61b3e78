"""Eight-bit numbers in place of real ones: how a trained backbone is stored, and how its layers are read back.

Weights are symmetric per output channel, activations affine per tensor (Jacob et al. 2018). Weights keep to seven bits,
because processors without VNNI add two products in sixteen bits, where eight-bit weights can overflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from inference.models.efficientnet import ConvUnit

LARGEST_WEIGHT: Final = 63
LEAST_SCALE: Final = 2.0**-14  # the least normal number in half precision: dead channels have no weight at all
STEPS: Final = 255
CLIP: Final = 6.0

Tensors = Mapping[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Grid:
    """The real number `scale * (step - zero)` for each step 0..255."""

    scale: float
    zero: int

    @classmethod
    def over(cls, low: float, high: float) -> Grid:
        """The grid over `low`..`high` (and 0, which padding needs to be exact)."""
        low, high = min(low, 0.0), max(high, 0.0)
        scale = max(high - low, 1e-6) / STEPS
        return cls(scale, round(-low / scale))


@dataclass(frozen=True, slots=True)
class QuantisedConv:
    """`weight` int8 (O, I, k, k) times `scales` float32 (O,) is the filter; `bias` float32 (O,); `output` its grid."""

    weight: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.float32]
    output: Grid

    @classmethod
    def read(cls, tensors: Tensors, name: str) -> QuantisedConv:
        low, high = tensors[f"{name}.range"].tolist()
        return cls(
            tensors[f"{name}.weight"].numpy(),
            tensors[f"{name}.scales"].float().numpy(),
            tensors[f"{name}.bias"].float().numpy(),
            Grid.over(low, high),
        )


def quantise_unit(unit: ConvUnit, name: str, seen: tuple[float, float]) -> dict[str, torch.Tensor]:
    """The tensors of a folded unit; `seen` is the range of its output, before a clip."""
    assert unit.conv.bias is not None  # noqa: S101 - folded units have one
    weight = unit.conv.weight.detach()
    scales = weight.abs().amax(dim=(1, 2, 3)) / LARGEST_WEIGHT
    scales = scales.clamp_min(LEAST_SCALE).half().float()
    steps = (weight / scales[:, None, None, None]).round().clamp(-LARGEST_WEIGHT, LARGEST_WEIGHT)
    low, high = (0.0, min(seen[1], CLIP)) if unit.clipped else seen
    return {
        f"{name}.weight": steps.to(torch.int8),
        f"{name}.scales": scales,
        f"{name}.bias": unit.conv.bias.detach(),
        f"{name}.range": torch.tensor([low, high]),
    }


@torch.no_grad()
def fill_unit(unit: ConvUnit, name: str, tensors: Tensors) -> None:
    """Give a folded unit the real numbers that the stored ones stand for."""
    assert unit.conv.bias is not None  # noqa: S101 - folded units have one
    unit.conv.weight.copy_(tensors[f"{name}.weight"].float() * tensors[f"{name}.scales"].float()[:, None, None, None])
    unit.conv.bias.copy_(tensors[f"{name}.bias"])
