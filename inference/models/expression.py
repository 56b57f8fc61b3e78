"""The expression of a face: probabilities of eight expressions, by several small networks that vote class by class.

The networks see a square, grey, 48 pixel crop of one face, as the pictures of FER2013 are. Knows nothing of finding
faces (`inference.models.faces`) and nothing of what an expression is good for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from PIL import Image
from torch import nn

from inference.labels import EXPRESSIONS
from inference.manifest import Manifest
from inference.models.blocks import ResidualBlock

MODEL_NAME: Final = "expression"
FACE_SIDE: Final = 48
LEAST_CONTRAST: Final = 8.0  # of 255; flatter crops are not stretched further


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionConfig:
    """The shape of each of `members` networks: channels of stem and stages, residual blocks per stage."""

    stem: int = 32
    widths: tuple[int, ...] = (48, 96, 192)
    depths: tuple[int, ...] = (1, 2, 2)
    members: int = 1


class ExpressionNet(nn.Module):
    """One member: normalised faces (N, 1, 48, 48) to logits (N, 8) in the order of `EXPRESSIONS`."""

    def __init__(self, config: ExpressionConfig, dropout: float = 0.0) -> None:
        super().__init__()
        first = config.widths[0]
        layers: list[nn.Module] = [*_convolution(1, config.stem, 1), *_convolution(config.stem, first, 2)]
        inputs = first
        for stage, (width, depth) in enumerate(zip(config.widths, config.depths, strict=True)):
            for block in range(depth):
                layers.append(ResidualBlock(inputs, width, 2 if stage and not block else 1))
                inputs = width
        self.trunk = nn.Sequential(*layers)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(inputs, len(EXPRESSIONS))

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.output(self.dropout(self.trunk(faces).mean(dim=(2, 3))))
        return logits


class ExpressionModel:
    """The members and `trust` (members, 8): how much each one's word counts for each expression; columns sum to 1."""

    def __init__(self, members: nn.ModuleList, config: ExpressionConfig, trust: torch.Tensor) -> None:
        self._members = members.eval()
        self.config = config
        self.trust = trust

    @classmethod
    def load(cls, manifest: Manifest) -> ExpressionModel:
        """Raises ModelError where the weights are missing or altered."""
        loaded = manifest.load(MODEL_NAME)
        shape = loaded.config
        config = ExpressionConfig(
            stem=shape["stem"],
            widths=tuple(shape["widths"]),
            depths=tuple(shape["depths"]),
            members=shape["members"],
        )
        tensors = dict(loaded.tensors)
        trust = tensors.pop("trust")
        members = nn.ModuleList(ExpressionNet(config) for _ in range(config.members))
        members.load_state_dict(tensors)
        return cls(members, config, trust)

    def to_tensors(self) -> tuple[dict[str, torch.Tensor], Mapping[str, Any]]:
        """What `load` reads back."""
        shape = {name: getattr(self.config, name) for name in ExpressionConfig.__dataclass_fields__}
        return {**self._members.state_dict(), "trust": self.trust}, shape

    @torch.inference_mode()
    def predict(self, faces: Sequence[Image.Image]) -> torch.Tensor:
        """Probabilities float32 (N, 8) for crops of one face each, of any size and mode."""
        if not faces:
            return torch.empty(0, len(EXPRESSIONS))
        pixels = torch.from_numpy(np.stack([grey_square(face) for face in faces]))
        return combine(self.member_probabilities(pixels), self.trust)

    @torch.inference_mode()
    def member_probabilities(self, pixels: torch.Tensor) -> torch.Tensor:
        """uint8 faces (N, 48, 48) to float32 (members, N, 8); a face and its mirror image are asked together."""
        faces = normalise_faces(pixels)
        both = torch.cat([faces, faces.flip(3)])
        voices = []
        for member in self._members:
            direct, mirrored = member(both).softmax(dim=1).chunk(2)
            voices.append((direct + mirrored) / 2)
        return torch.stack(voices)


def combine(voices: torch.Tensor, trust: torch.Tensor) -> torch.Tensor:
    """Members' probabilities (M, N, 8), weighed by `trust` (M, 8), to probabilities (N, 8)."""
    weighed = (voices * trust[:, None, :]).sum(dim=0)
    return weighed / weighed.sum(dim=1, keepdim=True)


def grey_square(face: Image.Image) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A crop as uint8 (48, 48)."""
    small = face.convert("L").resize((FACE_SIDE, FACE_SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small, dtype=np.uint8)


def normalise_faces(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 (N, H, W) to float32 (N, 1, H, W), each face with zero mean and unit deviation, whatever its light."""
    values = pixels.float()
    mean = values.mean(dim=(1, 2), keepdim=True)
    deviation = values.std(dim=(1, 2), keepdim=True).clamp_min(LEAST_CONTRAST)
    return ((values - mean) / deviation)[:, None].contiguous(memory_format=torch.channels_last)


def _convolution(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
