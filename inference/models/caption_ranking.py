"""Which of several captions is better: likelihoods under different conditions, and what makes a caption thin.

The hand-made sum here ranks drafts where no ranker is at hand (`caption_ranker.py`), and guards them where one is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex
import torch
from torch import Tensor

from inference.models.caption_likelihood import Asked, caption_logprobs
from inference.models.caption_tokens import CaptionTokens, Condition
from inference.models.keywords import content_words
from inference.models.language import CaptionNet

FIT_WEIGHT: Final = 0.25
PICTURE_WEIGHT: Final = 1.0
APPEAL_WEIGHT: Final = 0.25
VOTES_WEIGHT: Final = 1.0
MIN_WORDS: Final = 6
MISSING_WORD_COST: Final = 0.3
REPEATED_WORD_COST: Final = 0.6
SELF_REFERENCE_COST: Final = 0.8

_SELF_REFERENCE: Final = regex.compile(r"\bmemes?\b|raydog|\btemplates?\b|vot(?:e|ed|es|ing)\b|anonymous")


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Mean log probability per token, (N,) each.

    As liked captions, as poor ones, as liked ones without the picture, and as liked ones without any condition.
    """

    liked: Tensor
    poor: Tensor
    unseen: Tensor
    alone: Tensor


def read_likelihoods(
    net: CaptionNet, tokens: CaptionTokens, asked: Sequence[tuple[Condition, Sequence[int]]]
) -> Likelihoods:
    """Of captions as tokens, each under a condition of its own."""
    rows = [Asked(tokens.prefix(condition, "liked"), caption, condition.features) for condition, caption in asked]
    rows += [Asked(tokens.prefix(condition, "poor"), caption, condition.features) for condition, caption in asked]
    rows += [Asked(row.prefix, row.caption) for row in rows[: len(asked)]]
    bare = [(Condition(boxes=condition.boxes), caption) for condition, caption in asked]
    rows += [Asked(tokens.prefix(condition, "liked"), caption) for condition, caption in bare]
    lengths = torch.tensor([len(row.caption) for row in rows])
    return Likelihoods(*(caption_logprobs(net, rows) / lengths).view(4, len(asked)).unbind())


def by_hand(likelihoods: Likelihoods, captions: Sequence[Sequence[str]]) -> Tensor:
    """(N,): likelihood, what the condition adds to it, what being liked adds to being poor, less thinness."""
    appeal = APPEAL_WEIGHT * (likelihoods.liked - likelihoods.poor)
    return _sense(likelihoods) + appeal - _thinness_of(captions)


def with_ranker(likelihoods: Likelihoods, captions: Sequence[Sequence[str]], votes: Tensor) -> Tensor:
    """(N,): `votes`, log odds of being liked better (N,), guarded by likelihood and thinness.

    The ranker has learned from what people write; what a network writes may also make no sense.
    """
    return VOTES_WEIGHT * votes + _sense(likelihoods) - _thinness_of(captions)


def _sense(likelihoods: Likelihoods) -> Tensor:
    fit = FIT_WEIGHT * (likelihoods.liked - likelihoods.alone)
    return likelihoods.liked + fit + PICTURE_WEIGHT * (likelihoods.liked - likelihoods.unseen)


def _thinness_of(captions: Sequence[Sequence[str]]) -> Tensor:
    return torch.tensor([thinness(boxes) for boxes in captions])


def thinness(boxes: Sequence[str]) -> float:
    """What a caption loses for saying little: too few words, content words said twice, memes about memes."""
    text = " ".join(boxes)
    missing = max(0, MIN_WORDS - len(text.split()))
    about_itself = any(_SELF_REFERENCE.search(box.lower()) for box in boxes)
    return MISSING_WORD_COST * missing + REPEATED_WORD_COST * repeats(boxes) + SELF_REFERENCE_COST * about_itself


def repeats(boxes: Sequence[str]) -> int:
    """How many content words are said again."""
    said = [word for box in boxes for word in regex.findall(r"\p{L}{3,}", box.lower())]
    return sum(count - 1 for word, count in Counter(said).items() if content_words(word))
