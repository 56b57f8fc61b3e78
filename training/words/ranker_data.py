"""What the ranker of captions learns from: pairs of captions of one template, the better liked one first.

Votes follow how often a caption was shown, so they are compared with views and template taken out (`Caption.appeal`),
and only where they differ clearly.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from torch import Tensor

from inference.models.caption_ranking import Likelihoods, read_likelihoods
from inference.models.captioner import Captioner, Condition
from training.datasets.captions import Caption

MARGIN: Final = 1.0
RIVALS: Final = 8
MAX_TOKENS_READ: Final = 100


@dataclass(frozen=True, slots=True)
class Pairs:
    """Places of captions, int (P,) each: `better[i]` is better liked than `worse[i]`, both of one template."""

    better: np.ndarray
    worse: np.ndarray

    def __len__(self) -> int:
        return len(self.better)


def draw_pairs(captions: Sequence[Caption], seed: int, margin: float = MARGIN) -> Pairs:
    """Each caption against a few of its template that are less liked by `margin` standard deviations or more."""
    chance = random.Random(seed)
    by_template: dict[str, list[int]] = defaultdict(list)
    for place, caption in enumerate(captions):
        by_template[caption.template].append(place)
    found = [
        (place, rival)
        for places in by_template.values()
        for place in places
        for rival in chance.sample(places, min(RIVALS, len(places)))
        if captions[place].appeal - captions[rival].appeal >= margin
    ]
    both = np.array(found, dtype=np.intp).reshape(-1, 2)
    return Pairs(both[:, 0], both[:, 1])


def caption_likelihoods(
    captioner: Captioner, captions: Sequence[Caption], pictures: Mapping[str, Tensor]
) -> Likelihoods:
    """As the captioner ranks its own drafts: with the template's picture, where it has learned it."""
    asked = [
        (
            captioner.seen(Condition(pictures.get(caption.template), boxes=len(caption.boxes))),
            captioner.tokens.caption(caption.boxes)[:MAX_TOKENS_READ],
        )
        for caption in captions
    ]
    return read_likelihoods(captioner.net, captioner.tokens, asked)
