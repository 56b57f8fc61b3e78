"""Words as numbers for the text encoder: the word pieces of BERT (Devlin et al. 2019), thinned to those that are used.

The vocabulary travels inside the model's own file. Special pieces come first, in one order, so that no number of them
has to be stored. Knows pieces, not what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from tokenizers import BertWordPieceTokenizer, Encoding
from torch import Tensor

PAD, UNKNOWN, BEGIN, END, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIAL: Final = (PAD, UNKNOWN, BEGIN, END, MASK)
MAX_PIECES: Final = 96


@dataclass(frozen=True, slots=True)
class PieceBatch:
    """`ids` int64 (N, T), filled up with 0 on the right; `there` bool (N, T), False where it was filled up."""

    ids: Tensor
    there: Tensor

    def to(self, device: torch.device) -> PieceBatch:
        return PieceBatch(self.ids.to(device), self.there.to(device))


def cut(encode: Callable[[list[str]], Sequence[Encoding]], texts: Sequence[str]) -> PieceBatch:
    """At least one text, by `encode` of a tokenizer that cuts and fills up."""
    found = encode(list(texts))
    return PieceBatch(
        torch.tensor([each.ids for each in found]),
        torch.tensor([each.attention_mask for each in found], dtype=torch.bool),
    )


class WordPieces:
    """Reads lower-case text; raises ValueError where the vocabulary does not begin with `SPECIAL`."""

    def __init__(self, vocabulary: Sequence[str], longest: int = MAX_PIECES) -> None:
        if tuple(vocabulary[: len(SPECIAL)]) != SPECIAL:
            raise ValueError("The vocabulary does not begin with the special pieces.")
        self.vocabulary = tuple(vocabulary)
        self._tokenizer = BertWordPieceTokenizer({piece: at for at, piece in enumerate(vocabulary)}, lowercase=True)
        self._tokenizer.enable_truncation(longest)
        self._tokenizer.enable_padding(pad_id=0, pad_token=PAD)

    def encode(self, texts: Sequence[str]) -> PieceBatch:
        """At least one text; each begins with `BEGIN`, ends with `END`, and is cut after `longest` pieces."""
        return cut(self._tokenizer.encode_batch, texts)

    def config(self) -> dict[str, Any]:
        """What the class is made from again."""
        return {"vocabulary": list(self.vocabulary)}

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Pieces of each text, with `BEGIN` and `END`."""
        return self.encode(texts).there.sum(dim=1).tolist()
