"""The one network that looks at pictures, so that a picture is embedded once for everything that is asked about it.

`features` say what is in the picture (objects, genre, flag and captions read them); `template` says which base picture
it is, whatever was written over it. Knows no names and no thresholds: those live in the models that read the outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from inference.manifest import Manifest
from inference.models.efficientnet import HEAD_WIDTH, LAST_WIDTH, MIDDLE_WIDTH, ConvUnit, Trunk
from inference.models.pictures import to_batch

MODEL_NAME: Final = "backbone"
SIDE_STEP_PIXELS: Final = 32
LAYOUT_CHANNELS: Final = 64


@dataclass(frozen=True, slots=True)
class BackboneConfig:
    """`input_side` is in pixels, a multiple of 32; the widths are those of the two outputs."""

    input_side: int = 128
    feature_width: int = 256
    template_width: int = 128

    @property
    def cells(self) -> int:
        """Cells along each side of the last maps."""
        return self.input_side // SIDE_STEP_PIXELS

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> BackboneConfig:
        return cls(**{name: int(values[name]) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class PictureEmbedding:
    """`features` float32 (D,), about unit scale per value; `template` float32 (K,), unit length."""

    features: torch.Tensor
    template: torch.Tensor


class Backbone(nn.Module):
    """Pictures (N, 3, S, S) in -1..1 to features (N, D) and template embeddings (N, K) of unit length.

    Where things are counts for a template and not for features: it is read from the cells of the maps, before they are
    averaged.
    """

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = Trunk()
        self.head = ConvUnit(LAST_WIDTH, HEAD_WIDTH, 1)
        self.features = nn.Linear(HEAD_WIDTH, config.feature_width)
        self.layout = nn.Conv2d(MIDDLE_WIDTH + LAST_WIDTH, LAYOUT_CHANNELS, 1)
        self.template = nn.Linear(LAYOUT_CHANNELS * config.cells**2, config.template_width)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        middle, last = self.trunk(pictures)
        return self.describe(last), self.place(middle, last)

    def describe(self, last: torch.Tensor) -> torch.Tensor:
        """Features of the last maps."""
        features: torch.Tensor = self.features(self.pool(last))
        return features

    def pool(self, last: torch.Tensor) -> torch.Tensor:
        """What the head makes of the last maps, averaged over the picture: (N, 1280)."""
        pooled: torch.Tensor = self.head(last).mean(dim=(2, 3))
        return pooled

    def place(self, middle: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        """Template embeddings of both maps."""
        return self.read_cells(torch.cat([functional.avg_pool2d(middle, 2), last], dim=1))

    def read_cells(self, cells: torch.Tensor) -> torch.Tensor:
        """Template embeddings of the joined maps (N, 432, S/32, S/32)."""
        layout = functional.relu(self.layout(cells))
        return functional.normalize(self.template(layout.flatten(1)), dim=1)


class Runner(Protocol):
    """Runs the network: pictures (N, 3, S, S) in -1..1 to the two outputs, on the CPU."""

    def __call__(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]: ...


class TorchRunner:
    """Runs a float network with torch, on any device."""

    def __init__(self, backbone: Backbone, device: str = "cpu") -> None:
        self._device = torch.device(device)
        self._backbone = backbone.eval().to(self._device)

    @torch.inference_mode()
    def __call__(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features, templates = self._backbone(pictures.to(self._device))
        return features.cpu(), templates.cpu()


class VisionModel:
    """The shipped backbone, ready to embed pictures."""

    def __init__(self, run: Runner, config: BackboneConfig) -> None:
        self._run = run
        self.config = config

    @classmethod
    def load(cls, manifest: Manifest, device: str = "cpu", threads: int = 1) -> VisionModel:
        """Eight-bit ONNX Runtime on a CPU, torch elsewhere; raises ModelError where weights are missing or altered."""
        # Imported when needed: what trains builds no eight-bit graph, and a GPU needs none.
        from inference.models.stored_backbone import restore_backbone  # noqa: PLC0415

        loaded = manifest.load(MODEL_NAME)
        config = BackboneConfig.from_json(loaded.config)
        if torch.device(device).type != "cpu":
            return cls(TorchRunner(restore_backbone(loaded.tensors, config), device), config)
        from inference.models.backbone_graph import GraphRunner  # noqa: PLC0415

        return cls(GraphRunner(loaded.tensors, config, threads), config)

    def embed(self, pictures: Sequence[Image.Image]) -> list[PictureEmbedding]:
        """One embedding per picture, in order, on the CPU; pictures of any size and mode."""
        if not pictures:
            return []
        outputs = self._run(to_batch(pictures, self.config.input_side))
        return [PictureEmbedding(*pair) for pair in zip(*outputs, strict=True)]
