"""The one network that looks at pictures: a small residual CNN with two outputs.

`features` say what is in the picture (objects, genre, flag and captions read them); `template` says which base picture
it is, whatever was written over it. Knows no names and no thresholds: those live in the models that read the outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from inference.manifest import Manifest
from inference.models.pictures import to_batch

MODEL_NAME: Final = "backbone"
LAYOUT_CELLS: Final = 4


@dataclass(frozen=True, slots=True)
class BackboneConfig:
    """`input_side` is in pixels; `widths` are the channels of the stages, `depths` their residual blocks."""

    input_side: int = 64
    stem: int = 32
    widths: tuple[int, ...] = (64, 128, 256)
    depths: tuple[int, ...] = (1, 2, 3)
    template_width: int = 128

    @property
    def feature_width(self) -> int:
        return self.widths[-1]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> BackboneConfig:
        return cls(
            input_side=int(values["input_side"]),
            stem=int(values["stem"]),
            widths=tuple(values["widths"]),
            depths=tuple(values["depths"]),
            template_width=int(values["template_width"]),
        )


@dataclass(frozen=True, slots=True)
class PictureEmbedding:
    """`features` float32 (D,), about unit scale per value; `template` float32 (K,), unit length."""

    features: torch.Tensor
    template: torch.Tensor


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut (He et al. 2016), averaged where the block shrinks (ResNet-D).

    A fresh block passes its input through, which makes the first steps of a training safe (Goyal et al. 2017).
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        nn.init.zeros_(self.second_norm.weight)
        self.shrink = nn.AvgPool2d(2, ceil_mode=True) if stride == 2 else nn.Identity()
        self.widen = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else nn.Identity()

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        inner = functional.relu(self.first_norm(self.first(pixels)))
        inner = self.second_norm(self.second(inner))
        output: torch.Tensor = functional.relu(inner + self.widen(self.shrink(pixels)))
        return output


class Backbone(nn.Module):
    """Normalised pictures (N, 3, S, S) to features (N, D) and template embeddings (N, K) of unit length."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.config = config
        first = config.widths[0]
        layers: list[nn.Module] = [*_strided(3, config.stem), *_strided(config.stem, first)]
        inputs = first
        for stage, (width, depth) in enumerate(zip(config.widths, config.depths, strict=True)):
            for block in range(depth):
                layers.append(ResidualBlock(inputs, width, 2 if stage and not block else 1))
                inputs = width
        self.trunk = nn.Sequential(*layers)
        self.feature_norm = nn.BatchNorm1d(inputs)
        self.layout = nn.Conv2d(inputs, 64, 1)
        self.template = nn.Linear(64 * LAYOUT_CELLS**2, config.template_width)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = self.trunk(pictures)
        features = self.feature_norm(maps.mean(dim=(2, 3)).float())
        cells = functional.adaptive_avg_pool2d(functional.relu(self.layout(maps)), LAYOUT_CELLS)
        template = self.template(cells.flatten(1))
        return features, functional.normalize(template.float(), dim=1)


class VisionModel:
    """The shipped backbone, ready to embed pictures."""

    def __init__(self, backbone: Backbone, device: str = "cpu") -> None:
        self._device = torch.device(device)
        self._config = backbone.config
        self._backbone = backbone.eval().to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def config(self) -> BackboneConfig:
        return self._config

    @classmethod
    def load(cls, manifest: Manifest, device: str = "cpu") -> VisionModel:
        """Raises ModelError where the weights are missing or altered."""
        loaded = manifest.load(MODEL_NAME)
        backbone = Backbone(BackboneConfig.from_json(loaded.config))
        backbone.load_state_dict(loaded.tensors)
        return cls(backbone, device)

    @torch.inference_mode()
    def embed(self, pictures: Sequence[Image.Image]) -> list[PictureEmbedding]:
        """One embedding per picture, in order, on the CPU; pictures of any size and mode."""
        if not pictures:
            return []
        batch = to_batch(pictures, self.config.input_side).to(self._device)
        features, templates = (output.cpu() for output in self._backbone(batch))
        return [PictureEmbedding(*pair) for pair in zip(features, templates, strict=True)]


def _strided(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
