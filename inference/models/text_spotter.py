"""Tells in a few milliseconds that a picture surely holds no text, so that the reader is spared most photographs.

A small convolutional network on the grey picture; text anywhere is enough. The threshold is set where hardly a word of
real memes is lost: in doubt it answers that there is text. Knows no reader and no letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from inference.manifest import Manifest
from inference.models.pictures import flatten

MODEL_NAME: Final = "ocr"
MAX_ASPECT: Final = 2.5
"""A longer picture would be squashed until its text is gone; it always counts as one with text."""


@dataclass(frozen=True, slots=True)
class SpotterConfig:
    """`input_side` in pixels; `widths` are the channels of the layers, each of which halves the side."""

    input_side: int = 192
    widths: tuple[int, ...] = (8, 16, 24, 32)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> SpotterConfig:
        return cls(int(values["input_side"]), tuple(values["widths"]))


class SpotterNet(nn.Module):
    """Strided convolutions, then the strongest answer of each channel anywhere, and its mean, to one logit."""

    def __init__(self, config: SpotterConfig) -> None:
        super().__init__()
        before = (1, *config.widths[:-1])
        self.layers = nn.Sequential(*(_layer(*pair) for pair in zip(before, config.widths, strict=True)))
        self.head = nn.Linear(2 * config.widths[-1], 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Float32 (N, 1, side, side), about -1..1, to logits (N,)."""
        maps: torch.Tensor = self.layers(pixels)
        found = torch.cat([maps.amax(dim=(2, 3)), maps.mean(dim=(2, 3))], dim=1)
        logits: torch.Tensor = self.head(found)
        return logits[:, 0]


class TextSpotter:
    """`threshold` is the logit below which a picture counts as one without text."""

    def __init__(self, net: SpotterNet, config: SpotterConfig, threshold: float) -> None:
        self._net = net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.config = config
        self.threshold = threshold

    @classmethod
    def load(cls, manifest: Manifest) -> TextSpotter:
        """Raises ModelError where the weights are missing or altered."""
        loaded = manifest.load(MODEL_NAME)
        config = SpotterConfig.from_json(loaded.config)
        net = SpotterNet(config)
        net.load_state_dict(dict(loaded.tensors))
        return cls(net, config, float(loaded.config["threshold"]))

    def to_tensors(self) -> tuple[dict[str, torch.Tensor], Mapping[str, Any]]:
        """What `load` reads back."""
        return self._net.state_dict(), {**asdict(self.config), "threshold": self.threshold}

    def may_have_text(self, picture: Image.Image) -> bool:
        """False only where there is surely none."""
        if max(picture.size) > MAX_ASPECT * min(picture.size):
            return True
        return self.logits([squash_grey(picture, self.config.input_side)])[0] >= self.threshold

    @torch.inference_mode()
    def logits(self, greys: Sequence[NDArray[np.uint8]]) -> list[float]:
        """The more, the surer is text; for pictures as `squash_grey` makes them."""
        found: list[float] = self._net(to_pixels(torch.from_numpy(np.stack(greys)))).tolist()
        return found


def squash_grey(picture: Image.Image, side: int) -> NDArray[np.uint8]:
    """The whole picture as uint8 (side, side), antialiased; transparency is laid over white."""
    grey = flatten(picture).convert("L")
    return np.asarray(grey.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0), dtype=np.uint8)


def to_pixels(greys: torch.Tensor) -> torch.Tensor:
    """uint8 (N, H, W) to float32 (N, 1, H, W), -1..1."""
    return greys[:, None].float() / 127.5 - 1


def _layer(channels_in: int, channels_out: int) -> nn.Sequential:
    first = 5 if channels_in == 1 else 3
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, first, stride=2, padding=first // 2, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )
