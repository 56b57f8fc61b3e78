"""A backbone of the real shape with random weights and narrow outputs, written as a training writes it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Final

import torch

from inference.models.backbone import MODEL_NAME, Backbone, BackboneConfig
from training.export import Provenance, export_model
from training.seeing.quantising import quantise_backbone

TINY: Final = BackboneConfig(input_side=64, feature_width=12, template_width=8)


def random_backbone(seed: int = 1) -> Backbone:
    torch.manual_seed(seed)
    return Backbone(TINY).eval()


def write_tiny_backbone(folder: Path, seed: int = 1) -> Backbone:
    """Exports `backbone` below `folder`; returns the float network, its normalisations folded."""
    backbone = random_backbone(seed)
    generator = torch.Generator().manual_seed(seed)
    batches = [torch.rand(8, 3, 64, 64, generator=generator) * 2 - 1 for _ in range(2)]
    stored = quantise_backbone(backbone, batches)
    provenance = Provenance(task="backbone", version="1", command="none", data=(), scores={})
    export_model(MODEL_NAME, stored, asdict(TINY), provenance, folder)
    return backbone
