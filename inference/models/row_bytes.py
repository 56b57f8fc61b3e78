"""Weights in eight bits: one scale per row or filter, rounded to nearest. Half of fp16, with next to no change.

Only how a model is stored: it is computed with in floating point. (`eight_bits` is for layers that are also computed in
eight bits.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

LARGEST: Final = 127
LEAST_SCALE: Final = 2.0**-14  # the least normal number in half precision
BYTES, SCALES = ".bytes", ".scales"


def pack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every float NAME of two or more dimensions becomes `NAME.bytes` int8, same shape, and `NAME.scales` (rows,).

    Other tensors stay as they are.
    """
    packed: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if value.ndim < 2 or not value.is_floating_point():
            packed[name] = value
            continue
        scales = (value.flatten(1).abs().amax(dim=1) / LARGEST).clamp_min(LEAST_SCALE).half().float()
        packed[name + BYTES] = (value / _along(scales, value)).round().clamp(-LARGEST, LARGEST).to(torch.int8)
        packed[name + SCALES] = scales
    return packed


def unpack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `pack`, weights as float32."""
    whole: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if name.endswith(BYTES):
            plain = name.removesuffix(BYTES)
            whole[plain] = value.float() * _along(tensors[plain + SCALES].float(), value)
        elif name.removesuffix(SCALES) + BYTES not in tensors:
            whole[name] = value
    return whole


def _along(scales: Tensor, value: Tensor) -> Tensor:
    """(rows,) shaped to multiply `value` row by row."""
    return scales.view(-1, *[1] * (value.ndim - 1))
