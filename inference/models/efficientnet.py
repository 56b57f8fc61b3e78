"""EfficientNet-Lite0 (Tan & Le 2019; the "Lite" variant has no squeeze-and-excitation and clips at six).

Lite was made to be quantised: every activation lies in 0..6, so eight bits lose little. Knows shapes only, no weights
and no labels. `fold_norms` gives the form that ships, with the normalisations inside the convolutions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import nn
from torch.nn import functional

STEM_WIDTH: Final = 32
HEAD_WIDTH: Final = 1280
NORM_EPSILON: Final = 1e-3
NORM_MOMENTUM: Final = 0.01


@dataclass(frozen=True, slots=True)
class Stage:
    """`repeats` inverted residual blocks with `kernel`, the first of them striding; `expand` widens inside a block."""

    kernel: int
    stride: int
    expand: int
    width: int
    repeats: int


LITE0: Final = (
    Stage(3, 1, 1, 16, 1),
    Stage(3, 2, 6, 24, 2),
    Stage(5, 2, 6, 40, 2),
    Stage(3, 2, 6, 80, 3),
    Stage(5, 1, 6, 112, 3),
    Stage(5, 2, 6, 192, 4),
    Stage(3, 1, 6, 320, 1),
)
MIDDLE: Final = 5  # stages before the middle output: 112 channels at a sixteenth of the side
MIDDLE_WIDTH: Final = LITE0[MIDDLE - 1].width
LAST_WIDTH: Final = LITE0[-1].width


class ConvUnit(nn.Module):
    """A convolution, its normalisation, and (where `clipped`) a ReLU6.

    Pads as TensorFlow's "SAME" does for sides divisible by the stride, on which the public weights were trained.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, *, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        self.norm: nn.Module = nn.BatchNorm2d(outputs, eps=NORM_EPSILON, momentum=NORM_MOMENTUM)
        self.clipped = True

    @property
    def padding(self) -> tuple[int, int]:
        """Rows (and columns) added before and after."""
        total = self.conv.kernel_size[0] - self.conv.stride[0]
        return total // 2, total - total // 2

    def unclipped(self) -> ConvUnit:
        self.clipped = False
        return self

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        before, after = self.padding
        if after:
            maps = functional.pad(maps, (before, after, before, after))
        maps = self.norm(self.conv(maps))
        return functional.relu6(maps) if self.clipped else maps

    @torch.no_grad()
    def fold(self) -> None:
        """Replace convolution and normalisation by the one convolution that does both, in place."""
        if not isinstance(self.norm, nn.BatchNorm2d):
            return
        self.conv = nn.utils.fusion.fuse_conv_bn_eval(self.conv.eval(), self.norm.eval())
        self.norm = nn.Identity()


class InvertedResidual(nn.Module):
    """Widen, convolve each channel alone, narrow (Sandler et al. 2018); the input is added where the shape allows."""

    def __init__(self, inputs: int, stage: Stage, stride: int) -> None:
        super().__init__()
        inner = inputs * stage.expand
        widen = [ConvUnit(inputs, inner, 1)] if stage.expand != 1 else []
        depthwise = ConvUnit(inner, inner, stage.kernel, stride, groups=inner)
        self.units = nn.Sequential(*widen, depthwise, ConvUnit(inner, stage.width, 1).unclipped())
        self.adds = stride == 1 and inputs == stage.width

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = self.units(maps)
        return output + maps if self.adds else output


class Trunk(nn.Module):
    """Pictures (N, 3, S, S) in -1..1 to the middle maps (N, 112, S/16, S/16) and the last (N, 320, S/32, S/32)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvUnit(3, STEM_WIDTH, 3, 2)
        stages = []
        inputs = STEM_WIDTH
        for stage in LITE0:
            blocks = []
            for block in range(stage.repeats):
                blocks.append(InvertedResidual(inputs, stage, 1 if block else stage.stride))
                inputs = stage.width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = self.stem(pictures)
        for stage in self.stages[:MIDDLE]:
            maps = stage(maps)
        middle = maps
        for stage in self.stages[MIDDLE:]:
            maps = stage(maps)
        return middle, maps


def fold_norms(module: nn.Module) -> None:
    """Fold every normalisation below `module`; it must not be trained any more."""
    for unit in [part for part in module.modules() if isinstance(part, ConvUnit)]:
        unit.fold()
