"""Trains the flag model: hashed n-grams on the offence sets, a picture head on HarMeme, Platt scaling on the dev part.

Run: `memesmith train flag --data DIR`. The text network learns first and is then kept as it is; the picture head
learns, on HarMeme's pictures, what to add to the text's logit. Each set of tweets or comments has a leaning of its
own, learned beside the network and left out of it: one set calls four texts in five offensive, another one in ten, and
neither share is that of memes. Baselines (majority, "flag everything", TF-IDF with
logistic regression) are measured by `evaluate` on the same held-out items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.labels import FLAG_CATEGORIES
from inference.manifest import Manifest
from inference.models.flag import (
    KOREAN_FROM,
    MODEL_NAME,
    Calibration,
    FlagInput,
    FlagModel,
    PictureHead,
    flag_config,
    flag_tensors,
)
from inference.models.hashed import HashedClassifier, HashedConfig
from inference.models.text import hangul_share
from training.datasets.offence import OffenceItem
from training.export import Provenance, export_model
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation
from training.run import Run
from training.words.flag_data import REPEATS, FlagSplit, Targets, read_flag_split
from training.words.flag_pictures import embed_pictures, fit_picture_head, picture_rows
from training.words.flag_scores import baseline_judges, evaluate_flag, flag_scores, model_judge, parts_of
from training.words.hashed_fit import FitPlan, fit

VERSION: Final = "2"
COMMAND: Final = "memesmith train flag --data DIR"
DATA: Final = (
    "MultiOFF",
    "HarMeme",
    "OLID",
    "Davidson et al. 2017",
    "Stormfront (Vicomtech)",
    "BEEP!",
    "K-MHaS",
    "Korean curse detection (2runo)",
    "LDNOOBW word lists",
    "ImgFlip575K captions",
)
CONFIG: Final = HashedConfig(buckets=1 << 17, width=24, hidden=64, outputs=1 + len(FLAG_CATEGORIES))
QUICK_CONFIG: Final = HashedConfig(buckets=1 << 10, width=8, hidden=8, outputs=1 + len(FLAG_CATEGORIES))
EPOCHS: Final = 3
DROPOUT: Final = 0.3
LETTER_DROPOUT: Final = 0.3
SOURCE_GROUPS: Final = {
    "olid": 1,
    "davidson": 2,
    "stormfront": 3,
    "beep": 4,
    "kmhas": 5,
    "curse": 6,
}
CATEGORY_WEIGHT: Final = 0.5


def train(options: TrainOptions) -> Scores:
    torch.manual_seed(options.seed)
    split = read_flag_split(options.data)
    text = _fit_text(split, options)
    pictures = embed_pictures(options.data, _with_pictures(split), options.out)
    return finish(text, split, pictures, options)


def finish(text: HashedClassifier, split: FlagSplit, pictures: Mapping[str, Tensor], options: TrainOptions) -> Scores:
    """What follows the text network: picture head, calibration, scores, export."""
    picture = _fit_pictures(text, split, pictures, options.seed)
    calibrations = calibrate(text, split.dev)
    judge = model_judge(FlagModel(text, picture, calibrations), pictures)
    scores = {name: score.value for name, score in flag_scores(judge, parts_of(split, pictures)).items()}
    _export(text, picture, calibrations, scores, options)
    return scores


def evaluate(options: EvaluateOptions) -> Evaluation:
    split = read_flag_split(options.data)
    model = FlagModel.load(Manifest.read(options.weights))
    pictures = embed_pictures(options.data, split.held_out["harmeme"], options.weights)
    parts = parts_of(split, pictures, options.limit)
    return evaluate_flag(model_judge(model, pictures), baseline_judges(split.train), parts)


def calibrate(text: HashedClassifier, dev: Sequence[OffenceItem]) -> dict[str, Calibration]:
    """Platt scaling per language; within a language every set counts the same, however large it is.

    Davidson's tweets were gathered by a list of slurs and say nothing about how common offence is: they are left out.
    """
    model = FlagModel(text, None, {})
    usable = [item for item in dev if item.source != "davidson"]
    korean = [item for item in usable if hangul_share(item.text) >= KOREAN_FROM]
    english = [item for item in usable if hangul_share(item.text) < KOREAN_FROM]
    return {"en": _platt(model, english), "ko": _platt(model, korean)}


def _platt(model: FlagModel, items: Sequence[OffenceItem], steps: int = 60) -> Calibration:
    if len({item.offensive for item in items}) < 2:
        return Calibration()
    with torch.no_grad():
        logits, _ = model.logits([FlagInput(item.text) for item in items])
    wanted = _softened(torch.tensor([float(item.offensive) for item in items]))
    sizes = Counter(item.source for item in items)
    weights = torch.tensor([1 / sizes[item.source] for item in items]) / len(sizes)
    pair = torch.tensor([1.0, 0.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([pair], max_iter=steps)

    def closure() -> Tensor:
        optimizer.zero_grad()
        scaled = pair[0] * logits + pair[1]
        loss = binary_cross_entropy_with_logits(scaled, wanted, weights, reduction="sum")
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return Calibration(float(pair[0].detach()), float(pair[1].detach()))


def _with_pictures(split: FlagSplit) -> tuple[OffenceItem, ...]:
    return (*split.train, *split.dev, *split.held_out["harmeme"])


def _fit_pictures(
    text: HashedClassifier, split: FlagSplit, pictures: Mapping[str, Tensor], seed: int
) -> PictureHead | None:
    known = picture_rows(text, split.train, pictures)
    bare = picture_rows(text, split.train, pictures, wordless=True)
    dev = picture_rows(text, split.dev, pictures)
    if known is None or bare is None or dev is None:
        return None
    return fit_picture_head(known, bare, dev, seed)


def _softened(wanted: Tensor) -> Tensor:
    """Platt's targets: a class of N is certain to (N + 1) / (N + 2) only, so that a perfect split stays finite."""
    offensive = float(wanted.sum())
    calm = len(wanted) - offensive
    return torch.where(wanted > 0.5, (offensive + 1) / (offensive + 2), 1 / (calm + 2))


def _fit_text(split: FlagSplit, options: TrainOptions) -> HashedClassifier:
    targets = Targets.of(split.train)
    sources = torch.tensor([SOURCE_GROUPS.get(item.source, 0) for item in split.train])
    leanings = nn.Embedding(1 + max(SOURCE_GROUPS.values()), 1 + len(FLAG_CATEGORIES))
    nn.init.zeros_(leanings.weight)
    run = Run(options.runs, MODEL_NAME)
    model = HashedClassifier(QUICK_CONFIG if options.quick else CONFIG, dropout=DROPOUT)

    def loss(logits: Tensor, rows: Tensor) -> Tensor:
        logits = logits + leanings(sources[rows])
        known = targets.known[rows]
        offensive = binary_cross_entropy_with_logits(logits[:, 0], targets.offensive[rows])
        each = binary_cross_entropy_with_logits(logits[:, 1:], targets.categories[rows], reduction="none")
        return offensive + CATEGORY_WEIGHT * (each * known).sum() / known.sum().clamp(min=1)

    plan = FitPlan(
        texts=[item.text for item in split.train],
        repeats=[REPEATS.get(item.source, 1) for item in split.train],
        loss=loss,
        epochs=1 if options.quick else EPOCHS,
        letter_dropout=LETTER_DROPOUT,
        beside=leanings,
        seed=options.seed,
    )
    fit(model, plan, run)
    run.finish()
    with torch.no_grad():
        model.out.bias.add_(leanings.weight[0])
    return model


def _export(
    text: HashedClassifier,
    picture: PictureHead | None,
    calibrations: dict[str, Calibration],
    scores: Scores,
    options: TrainOptions,
) -> None:
    provenance = Provenance(task="flag", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(
        MODEL_NAME, flag_tensors(text, picture), flag_config(text, picture, calibrations), provenance, options.out
    )
