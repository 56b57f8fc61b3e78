"""The backbone: the float network, its eight-bit twin on disk, and what both make of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import cosine_similarity

from inference.errors import ModelError
from inference.manifest import Manifest
from inference.models.backbone import MODEL_NAME, TorchRunner, VisionModel
from inference.models.eight_bits import Grid
from inference.models.stored_backbone import restore_backbone
from tests.inference.models.tiny_backbone import TINY, random_backbone, write_tiny_backbone


def noise(seed: int, width: int = 40, height: int = 24) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def plain(seed: int) -> Image.Image:
    """A few coloured squares, softer than noise."""
    return noise(seed, 4, 4).resize((90, 70), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("weights")
    write_tiny_backbone(where)
    return where


@pytest.fixture(scope="module")
def shipped(folder: Path) -> VisionModel:
    return VisionModel.load(Manifest.read(folder))


def test_eight_bits_say_nearly_what_the_float_network_says(shipped: VisionModel) -> None:
    """The graph that ships and the network that was trained agree about every picture."""
    pictures = [noise(seed) for seed in range(6)] + [plain(seed) for seed in range(6)]
    original = VisionModel(TorchRunner(random_backbone()), TINY)

    ours = torch.stack([one.features for one in shipped.embed(pictures)])
    wanted = torch.stack([one.features for one in original.embed(pictures)])

    assert cosine_similarity(ours, wanted).min() > 0.95


def test_torch_and_the_graph_read_the_same_file_alike(folder: Path, shipped: VisionModel) -> None:
    """On a GPU the stored numbers run as floats; templates learned on a CPU are recognised there, too."""
    restored = restore_backbone(Manifest.read(folder).load(MODEL_NAME).tensors, TINY)
    pictures = [noise(seed) for seed in range(6)]

    by_torch = VisionModel(TorchRunner(restored), TINY).embed(pictures)
    by_graph = shipped.embed(pictures)

    agreement = [float(one.template @ other.template) for one, other in zip(by_torch, by_graph, strict=True)]
    assert min(agreement) > 0.9


def test_weights_take_a_byte_each(folder: Path) -> None:
    """Convolutions are stored in eight bits, and none of them uses more than seven."""
    tensors = Manifest.read(folder).load(MODEL_NAME).tensors
    bytes_only = [value for name, value in tensors.items() if name.endswith(".weight") and value.ndim == 4]

    assert sum(value.dtype == torch.int8 for value in bytes_only) == len(bytes_only) - 1  # all but `layout`
    assert max(int(value.abs().max()) for value in bytes_only if value.dtype == torch.int8) == 63


def test_embeddings_have_the_widths_of_the_configuration(shipped: VisionModel) -> None:
    """Features are (D,) float32; templates are (K,) of unit length."""
    first, second = shipped.embed([noise(1), noise(2)])

    assert first.features.shape == (TINY.feature_width,)
    assert first.features.dtype == torch.float32
    assert second.template.shape == (TINY.template_width,)
    assert float(second.template.norm()) == pytest.approx(1.0, abs=1e-4)


def test_a_picture_embeds_alike_alone_and_in_a_batch(shipped: VisionModel) -> None:
    """Neighbours in a batch do not change an embedding."""
    alone = shipped.embed([noise(3)])[0]
    among = shipped.embed([noise(4), noise(3), noise(5)])[1]

    assert torch.allclose(alone.features, among.features, atol=1e-4)


def test_different_pictures_embed_differently(shipped: VisionModel) -> None:
    """The outputs depend on the picture."""
    dark, bright = shipped.embed([Image.new("RGB", (20, 20)), noise(6)])

    assert not torch.allclose(dark.template, bright.template, atol=1e-3)


def test_no_pictures_have_no_embeddings(shipped: VisionModel) -> None:
    """An empty sequence needs no run of the network."""
    assert shipped.embed([]) == []


def test_a_missing_backbone_is_a_model_error(tmp_path: Path) -> None:
    """A weights folder without the backbone is told in a sentence."""
    Manifest(tmp_path, {}).write()

    with pytest.raises(ModelError, match="backbone"):
        VisionModel.load(Manifest.read(tmp_path))


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 6.0), (-3.0, 5.0), (1.0, 2.0), (0.0, 0.0)], ids=["clipped", "both signs", "above", "empty"]
)
def test_a_grid_holds_zero_exactly(low: float, high: float) -> None:
    """Padding is zero, so zero must be a step of its own, within a byte."""
    grid = Grid.over(low, high)

    assert 0 <= grid.zero <= 255
    assert grid.scale * (255 - grid.zero) >= high - 1.01 * grid.scale
