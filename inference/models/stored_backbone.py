"""The backbone as its weights file holds it: convolutions in eight bits, the layers behind them in half precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import torch
from torch import nn

from inference.models.backbone import Backbone, BackboneConfig
from inference.models.efficientnet import ConvUnit, InvertedResidual, fold_norms
from inference.models.eight_bits import fill_unit, quantise_unit

HEADS: Final = ("features", "layout", "template")
Range = tuple[float, float]


def named_units(backbone: Backbone) -> Iterator[tuple[str, ConvUnit]]:
    """Every convolution unit with its name in the file."""
    return ((name, part) for name, part in backbone.named_modules() if isinstance(part, ConvUnit))


def named_sums(backbone: Backbone) -> Iterator[tuple[str, InvertedResidual]]:
    """Every block that adds its input to its output."""
    blocks = ((name, part) for name, part in backbone.named_modules() if isinstance(part, InvertedResidual))
    return ((name, block) for name, block in blocks if block.adds)


def store_backbone(backbone: Backbone, ranges: Mapping[str, Range]) -> dict[str, torch.Tensor]:
    """Tensors of a folded backbone, rounded as the file rounds them; `ranges` are the outputs of units and sums."""
    stored: dict[str, torch.Tensor] = {}
    for name, unit in named_units(backbone):
        stored |= quantise_unit(unit, name, ranges[name])
    stored |= {f"{name}.range": torch.tensor(ranges[name]) for name, _ in named_sums(backbone)}
    for head in HEADS:
        layer: nn.Module = getattr(backbone, head)
        stored |= {f"{head}.{key}": value for key, value in layer.state_dict().items()}
    return {key: value.half().float() if value.is_floating_point() else value for key, value in stored.items()}


def restore_backbone(tensors: Mapping[str, torch.Tensor], config: BackboneConfig) -> Backbone:
    """The float network that the stored numbers stand for, to be run by torch."""
    backbone = Backbone(config)
    fold_norms(backbone)
    for name, unit in named_units(backbone):
        fill_unit(unit, name, tensors)
    for head in HEADS:
        layer: nn.Module = getattr(backbone, head)
        layer.load_state_dict({key: tensors[f"{head}.{key}"] for key in layer.state_dict()})
    return backbone.eval()
