"""A small BERT that turns a text into one vector: the mean of what it makes of the text's pieces.

The layers of Devlin et al. 2019 in the sizes of MiniLM (Wang et al. 2020), pooled as in Sentence-BERT (Reimers &
Gurevych 2019), on PyTorch's own transformer layers. Positions carry the one segment that there is. Knows piece numbers,
not words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from inference.models.word_pieces import MAX_PIECES, PieceBatch

NORM_EPSILON: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderConfig:
    """Sizes; `pieces` is the length of the vocabulary, `positions` the longest text in pieces."""

    pieces: int
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = MAX_PIECES

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class TextEncoder(nn.Module):
    """`forward(batch)` -> (N, width) float32."""

    def __init__(self, config: EncoderConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.pieces = nn.Embedding(config.pieces, config.width)
        self.places = nn.Embedding(config.positions, config.width)
        self.norm = nn.LayerNorm(config.width, eps=NORM_EPSILON)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(
            config.width,
            config.heads,
            config.inner,
            dropout,
            activation="gelu",
            layer_norm_eps=NORM_EPSILON,
            batch_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, config.layers, enable_nested_tensor=False)

    def forward(self, batch: PieceBatch) -> Tensor:
        places = torch.arange(batch.ids.shape[1], device=batch.ids.device)
        x = self.dropout(self.norm(self.pieces(batch.ids) + self.places(places)))
        x = self.layers(x, src_key_padding_mask=~batch.there)
        there = batch.there.unsqueeze(2)
        mean: Tensor = x.masked_fill(~there, 0.0).sum(dim=1) / there.sum(dim=1)
        return mean
