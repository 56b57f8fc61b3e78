"""Measures the ranker of captions: of two captions of one template, is the better liked one ranked first?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from inference.models.caption_ranker import MODEL_NAME, CaptionRanker
from inference.models.caption_ranking import Likelihoods, by_hand, with_ranker
from training.datasets.captions import Caption
from training.report.evaluation import Evaluation, Goal, Score
from training.report.intervals import mean_score
from training.words.ranker_data import MARGIN, Pairs, draw_pairs

WIDE_MARGIN: Final = 2.0
GOALS: Final = (Goal(score="gain_over_hand", at_least=0.0),)


def evaluate_ranker(
    ranker: CaptionRanker, captions: Sequence[Caption], likelihoods: Likelihoods, seed: int = 0
) -> Evaluation:
    """`likelihoods` are the captioner's of the same captions, in order; pairs of one template are drawn together."""
    boxes = [caption.boxes for caption in captions]
    votes = ranker.rank(likelihoods, boxes)
    ranks = {
        "ranker": votes,
        "in use": with_ranker(likelihoods, boxes, votes),
        "hand-made sum": by_hand(likelihoods, boxes),
        "likelihood alone": likelihoods.liked,
        "longer first": [float(len(caption.text)) for caption in captions],
        "coin": [0.0] * len(captions),
    }
    judged = {name: np.asarray(values, dtype=np.float64) for name, values in ranks.items()}
    found = {name: _pair_scores(values, captions, seed) for name, values in judged.items()}
    gain = _gain(judged["ranker"], judged["hand-made sum"], captions, seed)
    in_use = {f"{name}_in_use": score for name, score in found.pop("in use").items()}
    return Evaluation(
        model=MODEL_NAME,
        scores={**found.pop("ranker"), **in_use, "gain_over_hand": gain},
        baselines=found,
        goals=GOALS,
    )


def right_first(ranks: np.ndarray, pairs: Pairs) -> np.ndarray:
    """(P,): 1 where the better liked caption has the higher rank, a half for a tie."""
    return np.asarray((np.sign(ranks[pairs.better] - ranks[pairs.worse]) + 1) / 2)


def _pair_scores(ranks: np.ndarray, captions: Sequence[Caption], seed: int) -> Mapping[str, Score]:
    scores: dict[str, Score] = {}
    for name, margin in (("pairs_right", MARGIN), ("clear_pairs_right", WIDE_MARGIN)):
        pairs = draw_pairs(captions, seed, margin)
        if len(pairs):
            scores[name] = mean_score(right_first(ranks, pairs), _templates(captions, pairs), seed)
    return scores


def _gain(ours: np.ndarray, theirs: np.ndarray, captions: Sequence[Caption], seed: int) -> Score:
    pairs = draw_pairs(captions, seed)
    gains = right_first(ours, pairs) - right_first(theirs, pairs)
    return mean_score(gains, _templates(captions, pairs), seed)


def _templates(captions: Sequence[Caption], pairs: Pairs) -> list[str]:
    return [captions[place].template for place in pairs.better]
