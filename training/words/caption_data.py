"""What the captioner learns from: filtered captions as tokens, with tone, appeal, weight and keywords.

Preparing takes minutes (every caption is judged by the flag model and by a tone classifier), so the result is kept in
a run folder of its own, which trainings of several networks share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor
from torch.nn.functional import cross_entropy

from inference.labels import TONES
from inference.manifest import Manifest
from inference.models.caption_tokens import APPEALS, MARKS, CaptionTokens
from inference.models.captioner import TOKENIZER_NAME
from inference.models.flag import MODEL_NAME as FLAG_NAME
from inference.models.flag import FlagInput, FlagModel
from inference.models.hashed import HashedClassifier, HashedConfig
from training.datasets.captions import Caption, CaptionSplit
from training.datasets.emotion import read_emotions
from training.datasets.lexicon import Lexicon
from training.options import TrainOptions
from training.run import Run
from training.words.hashed_fit import FitPlan, fit, predict

VOCABULARY: Final = 4096
MAX_CAPTION_TOKENS: Final = 72
FLAGGED_FROM: Final = 0.4
OUTSTANDING: Final = 0.92
POOR_BELOW: Final = -0.5
LIKED_FROM: Final = 0.7
APPEAL_TO_WEIGHT: Final = 0.35
RUN_NAME: Final = "captions"
TONE_CONFIG: Final = HashedConfig(buckets=1 << 15, width=16, hidden=32, outputs=len(TONES) - 1)


@dataclass(frozen=True, slots=True)
class PreparedCaption:
    """Tokens of one caption and its labels; `weight` is relative, mean 1."""

    caption: Caption
    tokens: tuple[int, ...]
    tone: str
    appeal: str
    weight: float


def train_tokenizer(captions: Sequence[Caption], vocabulary: int = VOCABULARY) -> Tokenizer:
    """Byte-level BPE (Sennrich et al. 2016) over the boxes; every box begins as a word does, with a space."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(MARKS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((box for caption in captions for box in caption.boxes), trainer)
    return tokenizer


def decent(captions: Sequence[Caption], flag: FlagModel, lexicon: Lexicon) -> list[Caption]:
    """Captions that the flag model does not flag and that hold no listed word."""
    unlisted = [caption for caption in captions if not _is_listed(caption, lexicon)]
    kept: list[Caption] = []
    for at in range(0, len(unlisted), 1024):
        part = unlisted[at : at + 1024]
        scores = flag.probabilities([FlagInput(" ".join(caption.boxes)) for caption in part])[0]
        kept += [caption for caption, score in zip(part, scores.tolist(), strict=True) if score < FLAGGED_FROM]
    return kept


def tones_of(captions: Sequence[Caption], options: TrainOptions) -> list[str]:
    """A tone per caption by a classifier of emotions in tweets; "neutral" where none stands out."""
    emotions = read_emotions(options.data, "train").items
    wanted = torch.tensor([TONES.index(item.tone) - 1 for item in emotions])
    plan = FitPlan(
        texts=[item.text for item in emotions],
        repeats=[1] * len(emotions),
        loss=lambda logits, rows: cross_entropy(logits, wanted[rows]),
        epochs=1 if options.quick else 8,
        batch=64,
        seed=options.seed,
    )
    torch.manual_seed(options.seed)
    model = HashedClassifier(TONE_CONFIG, dropout=0.3)
    run = Run(options.runs, "tone")
    fit(model, plan, run)
    run.finish()
    chances = predict(model, [" ".join(caption.boxes) for caption in captions]).softmax(dim=1)
    return _balanced_tones(chances)


def prepare(split: CaptionSplit, options: TrainOptions) -> tuple[CaptionTokens, list[PreparedCaption], str]:
    """The tokenizer, the training captions, and the tokenizer's JSON.

    Read from the run's folder where they lie there, made with the same flag model. The tokenizer is that of the network
    to go on from, where there is one.
    """
    stored = _stored(split, options)
    tokenizer = stored["tokenizer"] if options.start_from is None else _tokenizer_of(options.start_from)
    tokens = CaptionTokens(Tokenizer.from_str(tokenizer))
    rows = zip(stored["captions"], stored["tones"], strict=True)
    captions = [(Caption(template, tuple(boxes), appeal), tone) for (template, boxes, appeal), tone in rows]
    mean = float(np.mean([_weight(caption) for caption, _ in captions]))
    prepared = [
        PreparedCaption(
            caption, tuple(tokens.caption(caption.boxes)), tone, appeal_of(caption), _weight(caption) / mean
        )
        for caption, tone in captions
    ]
    return tokens, [item for item in prepared if len(item.tokens) <= MAX_CAPTION_TOKENS], tokenizer


def appeal_of(caption: Caption) -> str:
    if caption.appeal < POOR_BELOW:
        return APPEALS[0]
    return APPEALS[2] if caption.appeal >= LIKED_FROM else APPEALS[1]


def padded(rows: Sequence[Sequence[int]], pad: int) -> Tensor:
    """(N, longest) int64, filled up on the right."""
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *([pad] * (longest - len(row)))] for row in rows])


def _stored(split: CaptionSplit, options: TrainOptions) -> dict[str, Any]:
    path = Run(options.runs, RUN_NAME).folder / "prepared.pt"
    flag = Manifest.read(options.out).entry(FLAG_NAME).sha256
    if path.exists():
        stored: dict[str, Any] = torch.load(path, weights_only=True)
        if stored["flag"] == flag:
            return stored
    stored = {**_prepared(split, options), "flag": flag}
    torch.save(stored, path)
    return stored


def _prepared(split: CaptionSplit, options: TrainOptions) -> dict[str, Any]:
    flag = FlagModel.load(Manifest.read(options.out))
    captions = decent(split.train, flag, Lexicon.read(options.data))
    return {
        "tokenizer": train_tokenizer(captions).to_str(),
        "captions": [(caption.template, list(caption.boxes), caption.appeal) for caption in captions],
        "tones": tones_of(captions, options),
    }


def _tokenizer_of(weights: Path) -> str:
    return Manifest.read(weights).read_bytes(TOKENIZER_NAME).decode()


def _balanced_tones(chances: Tensor) -> list[str]:
    """The tone that is surer here than in nearly all other captions, where one is; chances are (N, tones).

    Tweets are angrier than captions, so absolute chances would call half the captions angry: ranks count instead.
    """
    ranks = chances.argsort(dim=0).argsort(dim=0).float() / max(1, len(chances) - 1)
    best, place = ranks.max(dim=1)
    return [
        TONES[at + 1] if outstanding >= OUTSTANDING else TONES[0]
        for outstanding, at in zip(best.tolist(), place.tolist(), strict=True)
    ]


def _is_listed(caption: Caption, lexicon: Lexicon) -> bool:
    text = " ".join(caption.boxes)
    return any(words.search(text) for words in (lexicon.sexual, lexicon.slurs, lexicon.strong))


def _weight(caption: Caption) -> float:
    return float(np.exp(APPEAL_TO_WEIGHT * np.clip(caption.appeal, -2.0, 2.5)))
