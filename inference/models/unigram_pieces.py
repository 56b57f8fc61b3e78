"""Words as numbers for the Korean text encoder: the unigram pieces of SentencePiece (Kudo 2018), thinned to those used.

A piece has a score, the logarithm of how likely it is; a text is cut so that the sum of its scores is highest. The
vocabulary travels inside the model's own file. Special pieces come first, in one order, so that no number of them has
to be stored. Knows pieces, not what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

from inference.models.word_pieces import MAX_PIECES, PieceBatch, cut

PAD, UNKNOWN, BEGIN, END = "<pad>", "<unk>", "<s>", "</s>"
SPECIAL: Final = (PAD, UNKNOWN, BEGIN, END)
SPACE: Final = "\u2581"


class UnigramPieces:
    """Reads folded text; raises ValueError where pieces and scores do not match or do not begin with `SPECIAL`."""

    def __init__(self, vocabulary: Sequence[str], scores: Sequence[float], longest: int = MAX_PIECES) -> None:
        if tuple(vocabulary[: len(SPECIAL)]) != SPECIAL:
            raise ValueError("The vocabulary does not begin with the special pieces.")
        self.vocabulary = tuple(vocabulary)
        self.scores = tuple(scores)
        pairs = list(zip(self.vocabulary, self.scores, strict=True))
        self._tokenizer = Tokenizer(Unigram(pairs, unk_id=SPECIAL.index(UNKNOWN), byte_fallback=False))
        self._tokenizer.pre_tokenizer = Metaspace(replacement=SPACE, prepend_scheme="always")
        self._tokenizer.post_processor = TemplateProcessing(
            single=f"{BEGIN} $A {END}",
            special_tokens=[(BEGIN, SPECIAL.index(BEGIN)), (END, SPECIAL.index(END))],
        )
        self._tokenizer.enable_truncation(longest)
        self._tokenizer.enable_padding(pad_id=SPECIAL.index(PAD), pad_token=PAD)

    def encode(self, texts: Sequence[str]) -> PieceBatch:
        """At least one text; each begins with `BEGIN`, ends with `END`, and is cut after `longest` pieces."""
        return cut(self._tokenizer.encode_batch, texts)

    def config(self) -> dict[str, Any]:
        """What the class is made from again."""
        return {"vocabulary": list(self.vocabulary), "scores": list(self.scores)}

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Pieces of each text, with `BEGIN` and `END`."""
        return self.encode(texts).there.sum(dim=1).tolist()
