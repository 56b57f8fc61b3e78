"""What a captioner writes for drawn prompts: use of the word, memory, variety and time, beside captions of people."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from torch import Tensor

from inference.models.caption_tokens import Condition
from inference.models.captioner import Captioner
from inference.models.keywords import content_words, mentioned
from training.datasets.captions import Caption, caption_key
from training.report.evaluation import Score
from training.report.intervals import bootstrap_score, share_score

COMMON_WORDS: Final = 2000
DRAFTS_TIMED: Final = 8
DRAFTS_PER_PROMPT: Final = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """Lower-case lines written for a prompt."""

    prompt: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def frequent_words(captions: Sequence[Caption], count: int) -> list[str]:
    """Content words spread over the most frequent ones: in-vocabulary prompts."""
    counts = Counter(word for caption in captions for word in content_words(caption.text))
    common = [word for word, _ in counts.most_common(COMMON_WORDS)]
    return common[:: max(1, len(common) // count)][:count]


def write_samples(
    captioner: Captioner, prompts: Sequence[str], pictures: Mapping[str, Tensor], seed: int
) -> tuple[list[Sample], list[float]]:
    """The best few drafts per prompt, and the seconds of processor time that each prompt took.

    Every second prompt comes with the picture of a template; boxes are one and two, two and two by turns.
    """
    looks = [pictures[name] for name in sorted(pictures)]
    samples: list[Sample] = []
    seconds: list[float] = []
    for at, prompt in enumerate(prompts):
        look = random.Random(at).choice(looks) if looks and at % 2 else None
        condition = Condition(look, keywords=(prompt,), boxes=1 + (at // 2) % 2)
        started = time.process_time()
        drafts = captioner.write(condition, DRAFTS_TIMED, seed=seed + at)
        seconds.append(time.process_time() - started)
        samples += [Sample(prompt, tuple(map(str.lower, draft.lines))) for draft in drafts[:DRAFTS_PER_PROMPT]]
    return samples, seconds


def found_samples(captions: Sequence[Caption], prompts: Sequence[str], seed: int) -> list[Sample]:
    """The baseline: for each prompt a few captions of people, drawn from those that have the word."""
    wanted = set(prompts)
    by_word: dict[str, list[Caption]] = defaultdict(list)
    for caption in captions:
        for word in wanted.intersection(content_words(caption.text)):
            by_word[word].append(caption)
    chance = random.Random(seed)
    return [
        Sample(prompt, caption.boxes)
        for prompt in prompts
        for caption in chance.sample(by_word[prompt], min(DRAFTS_PER_PROMPT, len(by_word[prompt])))
    ]


def sample_scores(samples: Sequence[Sample], known: Sequence[Caption]) -> dict[str, Score]:
    """Drafts of one prompt are drawn together; of distinct-n, which repeats only lower, no interval is told."""
    keys = {caption.key for caption in known}
    prompts = [sample.prompt for sample in samples]
    texts = [sample.text for sample in samples]
    return {
        "keyword_use": share_score([mentioned((one.prompt,), one.text) > 0 for one in samples], prompts),
        "verbatim_share": share_score([caption_key(one.lines) in keys for one in samples], prompts),
        "distinct_1": Score(distinct(texts, 1), None, len(texts)),
        "distinct_2": Score(distinct(texts, 2), None, len(texts)),
    }


def time_score(seconds: Sequence[float]) -> Score:
    """The median over prompts."""
    each = np.array(seconds)
    return bootstrap_score(lambda places: float(np.median(each[places])), range(len(each)))


def distinct(texts: Sequence[str], size: int) -> float:
    """Share of different n-grams of words among all (Li et al. 2016)."""
    grams = [tuple(words[at : at + size]) for words in map(str.split, texts) for at in range(len(words) - size + 1)]
    return len(set(grams)) / max(1, len(grams))
