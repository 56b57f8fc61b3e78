"""Writes a captioner's weights: its network, its tokenizer, and the pictures that it has learned from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from inference.models.caption_nets import describe_net
from inference.models.captioner import MODEL_NAME, PICTURES, TOKENIZER_NAME
from inference.models.language import CaptionNet
from training.export import Provenance, export_file, export_in_bytes


def export_captioner(net: CaptionNet, pictures: Mapping[str, Tensor], provenance: Provenance, folder: Path) -> None:
    """`pictures` are the embeddings (F,) of the templates in the training captions, by name; there may be none."""
    known = {PICTURES: torch.stack([pictures[name].float() for name in sorted(pictures)])} if pictures else {}
    export_in_bytes(MODEL_NAME, {**net.state_dict(), **known}, describe_net(net), provenance, folder)


def export_tokenizer(tokenizer: str, provenance: Provenance, folder: Path) -> None:
    export_file(TOKENIZER_NAME, f"{TOKENIZER_NAME}.json", tokenizer.encode(), provenance, folder)
