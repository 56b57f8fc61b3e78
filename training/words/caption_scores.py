"""Measures a captioner: how well it predicts captions, beside a character 6-gram, and what it writes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from torch import Tensor

from inference.models.caption_tokens import Condition
from inference.models.captioner import MODEL_NAME, Captioner
from training.datasets.captions import Caption, CaptionSplit, draw_captions
from training.report.evaluation import Evaluation, Goal, Score
from training.report.intervals import bootstrap_score
from training.words.caption_samples import found_samples, frequent_words, sample_scores, time_score, write_samples
from training.words.char_ngram import CharNgram

SCORED_CAPTIONS: Final = 4000
PROMPTS: Final = 60
GOALS: Final = (
    Goal(score="held_out_bits_per_char", at_most=1.75),
    Goal(score="held_out_shown_bits_per_char", at_most=1.75),
    Goal(score="new_templates_bits_per_char", at_most=1.75),
    Goal(score="new_templates_shown_bits_per_char", at_most=1.75),
    Goal(score="keyword_use", at_least=0.8),
    Goal(score="verbatim_share", at_most=0.05),
    Goal(score="seconds_per_8", at_most=1.0),
)


def evaluate_captioner(
    captioner: Captioner, split: CaptionSplit, pictures: Mapping[str, Tensor], limit: int | None = None, seed: int = 0
) -> Evaluation:
    """`pictures` has an embedding (F,) by template name; `limit` caps captions and prompts alike.

    Captions are predicted with the template's picture ("shown") and without. Takes minutes of one core: most of it for
    counting the baseline's n-grams and for the prompts.
    """
    ngram = CharNgram([caption.text for caption in split.train])
    ours: dict[str, Score] = {}
    ngrams: dict[str, Score] = {}
    for name, captions in (("held_out", split.held_out), ("new_templates", split.new_templates)):
        some = draw_captions(captions, limit or SCORED_CAPTIONS, seed)
        if some:
            ours[f"{name}_bits_per_char"] = _per_char(bits(captioner, some, {}), some)
            ours[f"{name}_shown_bits_per_char"] = _per_char(bits(captioner, some, pictures), some)
            baseline = _per_char(ngram.bits([caption.text for caption in some]), some)
            ngrams |= {f"{name}_bits_per_char": baseline, f"{name}_shown_bits_per_char": baseline}
    prompts = frequent_words(split.train, limit or PROMPTS)
    samples, seconds = write_samples(captioner, prompts, pictures, seed)
    return Evaluation(
        model=MODEL_NAME,
        scores={**ours, **sample_scores(samples, split.train), "seconds_per_8": time_score(seconds)},
        baselines={
            "character 6-gram": ngrams,
            "captions of people that have the word": sample_scores(
                found_samples(split.train, prompts, seed), split.train
            ),
        },
        goals=GOALS,
    )


def bits(captioner: Captioner, captions: Sequence[Caption], pictures: Mapping[str, Tensor]) -> np.ndarray:
    """What each caption costs, its end and box breaks included, float64 (N,)."""
    asked = [(Condition(pictures.get(one.template), boxes=len(one.boxes)), one.boxes) for one in captions]
    return np.array([-found.logprob_nats / math.log(2) for found in captioner.scores(asked)])


def _per_char(cost: np.ndarray, captions: Sequence[Caption]) -> Score:
    """Bits per character, a break counting as one; captions of one template are drawn together."""
    chars = np.array([len(caption.text) for caption in captions])
    return bootstrap_score(
        lambda places: float(cost[places].sum() / chars[places].sum()), [caption.template for caption in captions]
    )
