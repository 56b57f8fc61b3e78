"""What reads for the flag model: a text encoder for what is meant, and a table of n-grams for what is written.

A small encoder, pretrained on clean text, does not know every slur and its spellings; the table knows those that were
seen, and no context. Their logits are averaged. Knows logits, not what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from inference.models.encoded import EncodedClassifier, part_of
from inference.models.ngram_table import NgramTable

_ENCODED, _TABLE = "encoded.", "table."


class MixedReader(nn.Module):
    """`forward(texts)` -> logits (N, outputs); the table adds to the first output alone. Texts are raw; none is fine.

    `share` (0..1) is what the table counts for.
    """

    def __init__(self, encoded: EncodedClassifier, table: NgramTable, share: float) -> None:
        super().__init__()
        self.encoded = encoded
        self.table = table
        self.share = share

    def forward(self, texts: Sequence[str]) -> Tensor:
        logits: Tensor = self.encoded(texts)
        first = (1 - self.share) * logits[:, :1] + self.share * self.table(texts).unsqueeze(1)
        return torch.cat([first, logits[:, 1:]], dim=1)

    def config(self) -> dict[str, Any]:
        """Sizes and pieces, as `read` takes them."""
        return {"encoded": self.encoded.config(), "share": self.share}

    @classmethod
    def read(cls, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> MixedReader:
        """Raises KeyError, TypeError, ValueError or RuntimeError where the two do not belong together."""
        table = part_of(tensors, _TABLE)
        encoded = EncodedClassifier.read(config["encoded"], part_of(tensors, _ENCODED))
        ngrams = NgramTable(table["weights"], table["rarities"], table["bias"])
        return cls(encoded, ngrams, float(config["share"])).eval()
