"""A building block that several small networks share."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


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
