"""Teaches the words for objects: a linear layer over the backbone's features, with calibrated probabilities.

The layer is fitted to the training pictures once the backbone stands still. Temperature and threshold are fitted on
half of the validation pictures and measured on the other half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.objects import MODEL_NAME, ObjectNamer
from training.datasets.negatives import read_negatives
from training.datasets.objects import ObjectPictures, read_objects
from training.export import Provenance, export_model
from training.measures import share
from training.options import EvaluateOptions, Scores, TrainOptions
from training.seeing.embedding import embed_all
from training.seeing.object_words import everyday_words

VERSION: Final = "1"
COMMAND: Final = "memesmith train backbone --data DIR"
DATA: Final = ("Tiny ImageNet", "Caltech-101 photographs")
TARGET_PRECISION: Final = 0.93
LEAST_SAID: Final = 20
HEAD_EPOCHS: Final = 8
HEAD_BATCH: Final = 256
HEAD_RATE: Final = 4e-3


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
    known = _embed(model, read_objects(options.data, "train", limit=64 if options.quick else None))
    valid = read_objects(options.data, "valid", limit=32 if options.quick else None)
    seen = _embed(model, valid)
    fitted, held_out = seen.half(0), seen.half(1)
    torch.manual_seed(options.seed)
    weight, bias = fit_head(known.features, known.classes, len(valid.names))
    temperature = fit_temperature(fitted.features @ weight.T + bias, fitted.classes)
    words = [everyday_words(name) for name in valid.names]
    probe = ObjectNamer((weight, bias), words, temperature, threshold=0.0)
    namer = ObjectNamer((weight, bias), words, temperature, choose_threshold(probe, fitted))
    right = (held_out.features @ weight.T + bias).argmax(dim=1) == held_out.classes
    scores = score_namer(namer, held_out) | _photo_scores(model, namer, options)
    scores |= {"classes_top1": right.float().mean().item(), "temperature": temperature, "threshold": namer.threshold}
    provenance = Provenance(task="objects", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, *namer.to_tensors(), provenance, options.out)
    return scores


def evaluate_words(options: EvaluateOptions) -> Scores:
    """The shipped words on the half of the validation pictures that calibration did not see."""
    manifest = Manifest.read(options.weights)
    model = VisionModel.load(manifest, options.device)
    valid = read_objects(options.data, "valid", options.limit)
    return score_namer(ObjectNamer.load(manifest), _embed(model, valid).half(1))


def fit_head(features: torch.Tensor, classes: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight (count, D) and bias (count,) of a softmax regression on noisy features, by AdamW from zero; repeatable."""
    generator = torch.Generator().manual_seed(0)
    head = nn.Linear(features.shape[1], count)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    steps = HEAD_EPOCHS * -(-len(features) // HEAD_BATCH)
    optimizer = torch.optim.AdamW(head.parameters(), HEAD_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, HEAD_RATE, total_steps=steps)
    for _ in range(HEAD_EPOCHS):
        for places in torch.split(torch.randperm(len(features), generator=generator), HEAD_BATCH):
            noisy = features[places] + 0.1 * torch.randn(len(places), features.shape[1], generator=generator)
            loss = functional.cross_entropy(head(noisy), classes[places])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return head.weight.detach(), head.bias.detach()


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


def score_namer(namer: ObjectNamer, held_out: LabelledFeatures) -> dict[str, float]:
    """Precision of the words said, and the share of pictures that get one."""
    right = said_right(namer, held_out)
    named = [bool(namer.name(row)) for row in held_out.features]
    return {
        "word_precision": share(right),
        "word_coverage": share(named),
        "words_said": float(len(right)),
    }


def _photo_scores(model: VisionModel, namer: ObjectNamer, options: TrainOptions) -> dict[str, float]:
    photos = read_negatives(options.data, 8 if options.quick else None).items
    features = embed_all(model, photos, "photographs")[0]
    return {"photographs_named": share([bool(namer.name(row)) for row in features])}


def _embed(model: VisionModel, pictures: ObjectPictures) -> LabelledFeatures:
    features = embed_all(model, [Image.fromarray(pixels) for pixels in pictures.pixels], "objects")[0]
    words = tuple(everyday_words(pictures.names[label]) for label in pictures.labels)
    return LabelledFeatures(features, torch.from_numpy(pictures.labels), words)
