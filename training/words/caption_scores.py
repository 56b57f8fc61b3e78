"""Measures a captioner: how well it predicts captions, and what it writes: variety, memory, use of words, time."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from inference.models.caption_tokens import Condition
from inference.models.captioner import Captioner, Draft
from inference.models.keywords import content_words, mentioned
from training.datasets.captions import Caption, CaptionSplit, caption_key
from training.measures import share
from training.options import Scores
from training.words.char_ngram import CharNgram

SCORED_CAPTIONS: Final = 1500
PROMPTS: Final = 60
DRAFTS_PER_PROMPT: Final = 4


def caption_scores(captioner: Captioner, split: CaptionSplit, limit: int | None = None) -> Scores:
    """Bits per character beside the 6-gram's on the same captions, and what samples for drawn prompts look like."""
    count = limit or SCORED_CAPTIONS
    baseline = CharNgram([caption.text for caption in split.train])
    scores: dict[str, float] = {}
    for name, captions in (("held_out", split.held_out), ("new_templates", split.new_templates)):
        some = _drawn(captions, count)
        if some:
            scores[f"{name}_bits_per_char"] = bits_per_char(captioner, some)
            scores[f"{name}_6gram_bits_per_char"] = baseline.bits_per_char([caption.text for caption in some])
    prompts = frequent_words(split.train, limit or PROMPTS)
    return {**scores, **sample_scores(captioner, prompts, split.train)}


def bits_per_char(captioner: Captioner, captions: Sequence[Caption]) -> float:
    """The end of each caption is paid for, and box breaks count as characters."""
    found = [captioner.score(Condition(boxes=len(caption.boxes)), caption.boxes) for caption in captions]
    return -sum(one.logprob_nats for one in found) / math.log(2) / max(1, sum(one.chars for one in found))


def frequent_words(captions: Sequence[Caption], count: int) -> list[str]:
    """Content words spread over the 2,000 most frequent ones: in-vocabulary prompts."""
    counts = Counter(word for caption in captions for word in content_words(caption.text))
    common = [word for word, _ in counts.most_common(2000)]
    return common[:: max(1, len(common) // count)][:count]


def sample_scores(captioner: Captioner, prompts: Sequence[str], known: Sequence[Caption]) -> Scores:
    written: list[tuple[str, Draft]] = []
    seconds: list[float] = []
    for at, prompt in enumerate(prompts):
        started = time.perf_counter()
        drafts = captioner.write(Condition(keywords=(prompt,), boxes=1 + at % 2), DRAFTS_PER_PROMPT * 2, seed=at)
        seconds.append(time.perf_counter() - started)
        written += [(prompt, draft) for draft in drafts[:DRAFTS_PER_PROMPT]]
    keys = {caption.key for caption in known}
    texts = [" ".join(draft.lines).lower() for _, draft in written]
    used = [mentioned((prompt,), text) > 0 for (prompt, _), text in zip(written, texts, strict=True)]
    return {
        "keyword_use": share(used),
        "verbatim_share": share([caption_key(draft.lines) in keys for _, draft in written]),
        "distinct_1": distinct(texts, 1),
        "distinct_2": distinct(texts, 2),
        "seconds_per_8": float(np.median(seconds)) if seconds else 0.0,
    }


def distinct(texts: Sequence[str], size: int) -> float:
    """Share of different n-grams of words among all (Li et al. 2016)."""
    grams = [tuple(words[at : at + size]) for words in map(str.split, texts) for at in range(len(words) - size + 1)]
    return len(set(grams)) / max(1, len(grams))


def _drawn(captions: Sequence[Caption], count: int) -> list[Caption]:
    return random.Random(0).sample(list(captions), min(count, len(captions)))
