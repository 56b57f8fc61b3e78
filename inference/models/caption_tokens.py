"""How a condition and a caption become tokens: the one layout that training writes and inference reads.

    [picture] boxes tone appeal (keyword TOKENS)* start TOKENS (next TOKENS)* end

Captions are lower case: capitals are the renderer's choice. The vocabulary is byte-level, so any text has tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tokenizers import Tokenizer
from torch import Tensor

from inference.labels import TONES
from inference.models.keywords import MAX_KEYWORDS

MAX_BOXES: Final = 6
MAX_KEYWORD_TOKENS: Final = 8
APPEALS: Final = ("poor", "fair", "liked")
PAD, START, NEXT, END, KEYWORD = "<pad>", "<start>", "<next>", "<end>", "<keyword>"
BOXES: Final = ("<boxes:any>", *(f"<boxes:{count}>" for count in range(1, MAX_BOXES + 1)))
TONE_MARKS: Final = ("<tone:any>", *(f"<tone:{tone}>" for tone in TONES))
APPEAL_MARKS: Final = ("<appeal:any>", *(f"<appeal:{appeal}>" for appeal in APPEALS))
MARKS: Final = (PAD, START, NEXT, END, KEYWORD, *BOXES, *TONE_MARKS, *APPEAL_MARKS)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a caption is to fit: a picture's `features` (F,) or None, words to use, a tone or None, 1..6 text boxes."""

    features: Tensor | None = None
    keywords: tuple[str, ...] = ()
    tone: str | None = None
    boxes: int = 2


class CaptionTokens:
    """A tokenizer whose first entries are `MARKS`, in order."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._mark = {mark: at for at, mark in enumerate(MARKS) if tokenizer.token_to_id(mark) == at}
        self.end = self._mark[END]
        self.next = self._mark[NEXT]
        self.start = self._mark[START]
        self.pad = self._mark[PAD]
        self.size = tokenizer.get_vocab_size()

    def prefix(self, condition: Condition, appeal: str | None, *, any_boxes: bool = False) -> list[int]:
        """The condition's tokens up to and with `start`; `any_boxes` leaves the number of boxes open."""
        marks = [
            BOXES[0] if any_boxes else BOXES[max(1, min(condition.boxes, MAX_BOXES))],
            f"<tone:{condition.tone or 'any'}>",
            f"<appeal:{appeal or 'any'}>",
        ]
        ids = [self._mark[mark] for mark in marks]
        for words in self.words(condition.keywords[:MAX_KEYWORDS]):
            ids += [self._mark[KEYWORD], *words[:MAX_KEYWORD_TOKENS]]
        return [*ids, self.start]

    def words(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokens of plain lower-case texts, without marks."""
        found = self._tokenizer.encode_batch([text.lower() for text in texts], add_special_tokens=False)
        return [encoding.ids for encoding in found]

    def caption(self, boxes: Sequence[str]) -> list[int]:
        """A caption's tokens: boxes divided by `next`, closed by `end`."""
        ids: list[int] = []
        for at, box in enumerate(self.words(boxes)):
            ids += [self.next, *box] if at else box
        return [*ids, self.end]

    def boxes(self, ids: Sequence[int]) -> tuple[str, ...]:
        """The inverse of `caption`; `end` and what follows is left out."""
        parts: list[list[int]] = [[]]
        for token in ids:
            if token == self.end:
                break
            if token == self.next:
                parts.append([])
            else:
                parts[-1].append(token)
        return tuple(self._tokenizer.decode(part).strip() for part in parts)
