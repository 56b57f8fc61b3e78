"""The caption networks by kind: what a weights file says of its network, and the network that it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from inference.errors import ModelError
from inference.models.caption_transformer import CaptionTransformer, TransformerConfig
from inference.models.language import CaptionNet
from inference.models.lstm import CaptionLstm, LstmConfig

# Weights that name no kind are a transformer's: there was one kind once.
DEFAULT_KIND: Final = CaptionTransformer.kind


def describe_net(net: CaptionNet) -> dict[str, Any]:
    """What `build_net` needs, fit for JSON."""
    return {"kind": net.kind, "net": asdict(net.config)}


def build_net(description: Mapping[str, Any]) -> CaptionNet:
    """A fresh network; raises ModelError for a kind that is not known here."""
    kind, sizes = description.get("kind", DEFAULT_KIND), description["net"]
    if kind == CaptionTransformer.kind:
        return CaptionTransformer(TransformerConfig(**sizes))
    if kind == CaptionLstm.kind:
        return CaptionLstm(LstmConfig(**sizes))
    raise ModelError(f"The captioner's file holds a network of the kind {kind!r}, which this version cannot build.")
