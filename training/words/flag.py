"""Trains the flag model: a reader of English, one of Korean, a picture head on HarMeme, Platt scaling.

Run: `memesmith train flag --data DIR`. The readers learn first and are then kept as they are; the picture head
learns, on HarMeme's pictures, what to add to the words' logit. Baselines (majority, "flag everything", TF-IDF with
logistic regression, frozen encoders with one linear layer) are measured by `evaluate` on the same held-out items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.manifest import Manifest
from inference.models.flag import (
    MODEL_NAME,
    Calibration,
    FlagInput,
    FlagModel,
    PictureHead,
    flag_config,
    flag_tensors,
    is_korean,
)
from inference.models.mixed_reader import MixedReader
from training.datasets.offence import OffenceItem
from training.errors import DataError
from training.export import Provenance, export_in_bytes
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation
from training.words.flag_data import CONTRASTS, FlagSplit, read_flag_split
from training.words.flag_english import fit_english
from training.words.flag_korean import fit_korean
from training.words.flag_pictures import embed_pictures, fit_picture_head, picture_rows, template_pictures
from training.words.flag_scores import (
    WITH_PICTURES,
    Judge,
    baseline_judges,
    evaluate_flag,
    flag_scores,
    model_judge,
    parts_of,
)
from training.words.frozen_recipe import FrozenRecipe

VERSION: Final = "3"
NOT_CALIBRATED: Final = frozenset({"davidson", CONTRASTS})
QUICK_STRIDE: Final = 7
LEAST_OF_A_SET: Final = 5  # a Korean set has a few texts in English: they are no set of English
FROZEN: Final = "frozen encoders + LR"
COMMAND: Final = "memesmith train flag --data DIR"
DATA: Final = (
    "all-MiniLM-L6-v2 (start of the English reader)",
    "multilingual-e5-small (start of the Korean reader)",
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
    "contrastive sentences drawn by the training",
)


def train(options: TrainOptions) -> Scores:
    torch.manual_seed(options.seed)
    split = read_flag_split(options.data)
    known = split.train[::QUICK_STRIDE] if options.quick else split.train
    korean = [item for item in known if is_korean(item.text)]
    english = [item for item in known if not is_korean(item.text)]
    readers = (fit_english(english, split.unlabelled, options), fit_korean(korean, options))
    return finish(readers, split, embed_memes(split, options.data, options.out), options)


def finish(
    readers: tuple[MixedReader, MixedReader],
    split: FlagSplit,
    pictures: Mapping[str, Tensor],
    options: TrainOptions,
) -> Scores:
    """What follows the readers (English, Korean): picture head, calibration, scores, export."""
    english, korean = readers
    picture = _fit_pictures(english, split, pictures, options)
    model = FlagModel(english, korean, picture, calibrate(FlagModel(english, korean, None, {}), split))
    judge = model_judge(model, pictures)
    scores = {name: score.value for name, score in flag_scores(judge, parts_of(split, pictures)).items()}
    provenance = Provenance(task="flag", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_in_bytes(MODEL_NAME, flag_tensors(model), flag_config(model), provenance, options.out)
    return scores


def evaluate(options: EvaluateOptions) -> Evaluation:
    split = read_flag_split(options.data)
    model = FlagModel.load(Manifest.read(options.weights), options.device)
    pictures = embed_memes(split, options.data, options.weights)
    parts = parts_of(split, pictures, options.limit)
    judges = {**baseline_judges(split.train), **_frozen_recipe(split, pictures)}
    return evaluate_flag(model_judge(model, pictures), judges, parts)


def _frozen_recipe(split: FlagSplit, pictures: Mapping[str, Tensor]) -> dict[str, Judge]:
    """The baseline with frozen encoders, where the public weights are installed."""
    try:
        recipe = FrozenRecipe(split.train, pictures)
    except DataError:
        return {}
    return {FROZEN: lambda name, items: recipe.judge(items, pictures if name in WITH_PICTURES else {})}


def calibrate(model: FlagModel, split: FlagSplit) -> dict[str, Calibration]:
    """Platt scaling per language on all that is not learned from; every set of some size counts the same.

    The sets' own held-out parts take part, as what is left of the training parts is too like what was learned.
    Davidson's tweets were gathered by a list of slurs and our own sentences are drawn: neither says how sure to be.
    """
    held_out = [item for part in split.held_out.values() for item in part]
    usable = [item for item in (*split.dev, *held_out) if item.source not in NOT_CALIBRATED]
    korean = [item for item in usable if is_korean(item.text)]
    english = [item for item in usable if not is_korean(item.text)]
    return {"en": _platt(model, english), "ko": _platt(model, korean)}


def _platt(model: FlagModel, items: Sequence[OffenceItem], steps: int = 60) -> Calibration:
    sizes = {name: size for name, size in Counter(item.source for item in items).items() if size >= LEAST_OF_A_SET}
    items = [item for item in items if item.source in sizes]
    if len({item.offensive for item in items}) < 2:
        return Calibration()
    with torch.no_grad():
        logits, _ = model.logits([FlagInput(item.text) for item in items])
    wanted = _softened(torch.tensor([float(item.offensive) for item in items]))
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


def embed_memes(split: FlagSplit, data: Path, weights: Path) -> dict[str, Tensor]:
    """Backbone features of all memes that have a picture, by file name."""
    return embed_pictures(data, (*split.train, *split.dev, *split.held_out["harmeme"]), weights)


def _fit_pictures(
    english: MixedReader, split: FlagSplit, pictures: Mapping[str, Tensor], options: TrainOptions
) -> PictureHead | None:
    known, dev = (picture_rows(english, part, pictures) for part in (split.train, split.dev))
    if known is None or dev is None:
        return None
    calm = template_pictures(options.out)
    return fit_picture_head(known if calm is None else known.with_calm(calm), dev, options.seed)


def _softened(wanted: Tensor) -> Tensor:
    """Platt's targets: a class of N is certain to (N + 1) / (N + 2) only, so that a perfect split stays finite."""
    offensive = float(wanted.sum())
    calm = len(wanted) - offensive
    return torch.where(wanted > 0.5, (offensive + 1) / (offensive + 2), 1 / (calm + 2))
