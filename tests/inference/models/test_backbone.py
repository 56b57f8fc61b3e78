"""The backbone, from a tiny random checkpoint that is saved and loaded by the real code."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from inference.errors import ModelError
from inference.manifest import Manifest
from inference.models.backbone import MODEL_NAME, Backbone, BackboneConfig, VisionModel
from training.export import Provenance, export_model

TINY = BackboneConfig(input_side=32, stem=4, widths=(4, 8), depths=(1, 1), template_width=6)


def export_tiny(folder: Path) -> Backbone:
    torch.manual_seed(1)
    backbone = Backbone(TINY)
    provenance = Provenance(task="backbone", version="1", command="none", data=(), scores={})
    export_model(MODEL_NAME, backbone.state_dict(), asdict(TINY), provenance, folder)
    return backbone


def noise(seed: int, width: int = 40, height: int = 24) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def test_an_exported_backbone_embeds_as_the_one_in_memory(tmp_path: Path) -> None:
    """Half precision on disk changes embeddings by little."""
    backbone = export_tiny(tmp_path)

    loaded = VisionModel.load(Manifest.read(tmp_path)).embed([noise(1)])[0]
    original = VisionModel(backbone).embed([noise(1)])[0]

    assert torch.allclose(loaded.template, original.template, atol=0.02)
    assert torch.allclose(loaded.features, original.features, atol=0.05)


def test_embeddings_have_the_widths_of_the_configuration(tmp_path: Path) -> None:
    """Features are (D,) float32; templates are (K,) of unit length."""
    export_tiny(tmp_path)

    first, second = VisionModel.load(Manifest.read(tmp_path)).embed([noise(1), noise(2)])

    assert first.features.shape == (TINY.feature_width,)
    assert first.features.dtype == torch.float32
    assert second.template.shape == (TINY.template_width,)
    assert float(second.template.norm()) == pytest.approx(1.0, abs=1e-4)


def test_a_picture_embeds_alike_alone_and_in_a_batch() -> None:
    """Neighbours in a batch do not change an embedding."""
    model = VisionModel(Backbone(TINY))

    alone = model.embed([noise(3)])[0]
    among = model.embed([noise(4), noise(3), noise(5)])[1]

    assert torch.allclose(alone.features, among.features, atol=1e-4)


def test_different_pictures_embed_differently() -> None:
    """The outputs depend on the picture."""
    model = VisionModel(Backbone(TINY))

    dark, bright = model.embed([Image.new("RGB", (20, 20)), noise(6)])

    assert not torch.allclose(dark.template, bright.template, atol=1e-3)


def test_no_pictures_have_no_embeddings() -> None:
    """An empty sequence needs no run of the network."""
    assert VisionModel(Backbone(TINY)).embed([]) == []


def test_a_missing_backbone_is_a_model_error(tmp_path: Path) -> None:
    """A weights folder without the backbone is told in a sentence."""
    Manifest(tmp_path, {}).write()

    with pytest.raises(ModelError, match="backbone"):
        VisionModel.load(Manifest.read(tmp_path))
