"""Teaches the words for objects: a linear layer over the backbone's features, with calibrated probabilities.

The layer is fitted once the backbone stands still: to labelled pictures, and to what the public classifier says of
sharp ones, most of which show nothing that we have a word for. Temperature and threshold are fitted on half of the
validation pictures and measured on the other half; photographs are measured on those that nothing was learned from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.objects import MODEL_NAME, ObjectNamer
from training.datasets.negatives import LEARNED, MEASURED, read_negatives
from training.datasets.objects import ObjectPictures, read_objects
from training.datasets.templates import read_templates
from training.export import Provenance, export_model, record_evaluation
from training.measures import share
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation, Goal
from training.report.intervals import share_score
from training.report.judgements import Reliability
from training.seeing.embedding import embed_all
from training.seeing.object_teacher import ObjectTeacher
from training.seeing.object_words import everyday_words

VERSION: Final = "2"
COMMAND: Final = "memesmith train backbone --data DIR"
DATA: Final = ("Tiny ImageNet", "Caltech-101 photographs")
TARGET_PRECISION: Final = 0.96  # of small pictures like those it learned from; sharp photographs are harder
LEAST_SAID: Final = 20
HEAD_EPOCHS: Final = 8
HEAD_BATCH: Final = 256
HEAD_RATE: Final = 4e-3
SHARP_REPEATS: Final = 4


@dataclass(frozen=True, slots=True)
class LabelledFeatures:
    """`features` float32 (N, D), `classes` int64 (N,), and the words that are right for each picture."""

    features: torch.Tensor
    classes: torch.Tensor
    words: tuple[tuple[str, ...], ...]

    def half(self, start: int) -> LabelledFeatures:
        """Every second picture, from `start` on."""
        return LabelledFeatures(self.features[start::2], self.classes[start::2], self.words[start::2])


def train_words(options: TrainOptions) -> Scores:
    """Calibrates, exports `objects`, and returns its scores on the held-out half."""
    model = VisionModel.load(Manifest.read(options.out), options.device)
    pictures = read_objects(options.data, "train", limit=64 if options.quick else None)
    known = _embed(model, pictures)
    valid = read_objects(options.data, "valid", limit=32 if options.quick else None)
    seen = _embed(model, valid)
    fitted, held_out = seen.half(0), seen.half(1)
    torch.manual_seed(options.seed)
    sharp = (torch.empty(0, known.features.shape[1]), torch.empty(0, len(valid.names) + 1))
    head = fit_head(
        *_lesson(known, len(valid.names), sharp if options.quick else _sharp_pictures(model, pictures, options))
    )
    temperature = fit_temperature(fitted.features @ head[0].T + head[1], fitted.classes)
    words = [*(everyday_words(name) for name in valid.names), ()]  # the last one: anything else
    probe = ObjectNamer(head, words, temperature, threshold=0.0)
    namer = ObjectNamer(head, words, temperature, choose_threshold(probe, fitted))
    settings = {"temperature": temperature, "threshold": namer.threshold}
    provenance = Provenance(task="objects", version=VERSION, command=COMMAND, data=DATA, scores=settings)
    export_model(MODEL_NAME, *namer.to_tensors(), provenance, options.out)
    evaluation = judge_words(namer, held_out, _photo_features(model, options.data, 8 if options.quick else None))
    record_evaluation(evaluation, options.out)
    return {**settings, **evaluation.values}


def evaluate_words(options: EvaluateOptions) -> Evaluation:
    """The shipped words on the half of the validation pictures that calibration did not see."""
    manifest = Manifest.read(options.weights)
    model = VisionModel.load(manifest, options.device)
    valid = read_objects(options.data, "valid", options.limit)
    photos = _photo_features(model, options.data, options.limit)
    return judge_words(ObjectNamer.load(manifest), _embed(model, valid).half(1), photos)


def judge_words(namer: ObjectNamer, held_out: LabelledFeatures, photos: torch.Tensor) -> Evaluation:
    """Classes named right, precision of the words said, and the share of pictures and photographs that get a word."""
    chances = namer.class_probabilities(held_out.features)
    best, wanted = chances.topk(min(5, chances.shape[1]), dim=1), held_out.classes
    right = (best.indices[:, 0] == wanted).numpy()
    said = said_right(namer, held_out)
    commonest = (wanted == wanted.bincount().argmax()).numpy()
    return Evaluation(
        model=MODEL_NAME,
        scores={
            "classes_top1": share_score(right),
            "classes_top5": share_score((best.indices == wanted[:, None]).any(dim=1).numpy()),
            **({"word_precision": share_score(said)} if said else {}),
            "word_coverage": share_score([bool(namer.name(row)) for row in held_out.features]),
            "photographs_named": share_score([bool(namer.name(row)) for row in photos]),
        },
        baselines={"commonest class": {"classes_top1": share_score(commonest)}},
        goals=(Goal(score="word_precision", at_least=0.9),),
        reliability=Reliability.measure(best.values[:, 0].numpy(), right, "the class said"),
    )


def fit_head(features: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight (C, D) and bias (C,) of a softmax regression to soft `targets` (N, C), by AdamW from zero; repeatable."""
    generator = torch.Generator().manual_seed(0)
    head = nn.Linear(features.shape[1], targets.shape[1])
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    steps = HEAD_EPOCHS * -(-len(features) // HEAD_BATCH)
    optimizer = torch.optim.AdamW(head.parameters(), HEAD_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, HEAD_RATE, total_steps=steps)
    for _ in range(HEAD_EPOCHS):
        for places in torch.split(torch.randperm(len(features), generator=generator), HEAD_BATCH):
            noisy = features[places] + 0.1 * torch.randn(len(places), features.shape[1], generator=generator)
            loss = functional.cross_entropy(head(noisy), targets[places])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return head.weight.detach(), head.bias.detach()


def _lesson(
    known: LabelledFeatures, classes: int, sharp: tuple[torch.Tensor, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Features and soft targets: labels for certain, and what the teacher says of sharp pictures, repeated."""
    labels = functional.one_hot(known.classes, classes + 1).float()
    features, opinions = sharp
    return (
        torch.cat([known.features, features.repeat(SHARP_REPEATS, 1)]),
        torch.cat([labels, opinions.repeat(SHARP_REPEATS, 1)]),
    )


def _sharp_pictures(
    model: VisionModel, known: ObjectPictures, options: TrainOptions
) -> tuple[torch.Tensor, torch.Tensor]:
    """Features and the teacher's opinion of templates and of every third photograph."""
    templates = [template.pictures[0].open() for template in read_templates(options.data).items]
    pictures = [*templates, *read_negatives(options.data).items[LEARNED]]
    return embed_all(model, pictures, "sharp pictures")[0], ObjectTeacher(known).judge(pictures)


def fit_temperature(logits: torch.Tensor, classes: torch.Tensor) -> float:
    """The divisor of the logits with the least log loss (Guo et al. 2017), found on a grid."""
    grid = torch.logspace(-0.6, 0.6, 61, base=10.0)
    losses = torch.stack([functional.cross_entropy(logits / divisor, classes) for divisor in grid])
    return float(grid[losses.argmin()])


def choose_threshold(namer: ObjectNamer, fitted: LabelledFeatures) -> float:
    """The least of a row of thresholds at which `TARGET_PRECISION` of the words said are right; 1.01 if none is."""
    for step in range(40, 100, 2):
        namer.threshold = step / 100
        right = said_right(namer, fitted)
        if len(right) >= LEAST_SAID and share(right) >= TARGET_PRECISION:
            return namer.threshold
    return 1.01


def said_right(namer: ObjectNamer, pictures: LabelledFeatures) -> list[bool]:
    """For every word said of any picture, whether it is right."""
    pairs = zip(pictures.features, pictures.words, strict=True)
    return [word in words for row, words in pairs for word, _ in namer.name(row)]


def _photo_features(model: VisionModel, data: Path, limit: int | None) -> torch.Tensor:
    """Of photographs that nothing was learned from."""
    return embed_all(model, read_negatives(data, limit).items[MEASURED], "photographs")[0]


def _embed(model: VisionModel, pictures: ObjectPictures) -> LabelledFeatures:
    features = embed_all(model, [Image.fromarray(pixels) for pixels in pictures.pixels], "objects")[0]
    words = tuple(everyday_words(pictures.names[label]) for label in pictures.labels)
    return LabelledFeatures(features, torch.from_numpy(pictures.labels), words)
