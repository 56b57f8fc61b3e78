"""Turns the backbone's object head into words with calibrated probabilities.

Reads the head that `training.vision_learner` trained (its checkpoint under `runs`). Temperature and threshold are
fitted on half of the validation pictures and measured on the other half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from PIL import Image
from torch.nn import functional

from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.objects import MODEL_NAME, ObjectNamer
from training.datasets.negatives import read_negatives
from training.datasets.objects import ObjectPictures, read_objects
from training.export import Provenance, export_model
from training.index_scores import embed_all
from training.object_words import everyday_word
from training.options import EvaluateOptions, Scores, TrainOptions
from training.vision_learner import read_object_head

VERSION: Final = "1"
COMMAND: Final = "memesmith train backbone --data DIR"
DATA: Final = ("Tiny ImageNet", "Caltech-101 photographs")
TARGET_PRECISION: Final = 0.93
LEAST_SAID: Final = 20


@dataclass(frozen=True, slots=True)
class LabelledFeatures:
    """`features` float32 (N, D) and the everyday word of each picture, None where its class has none."""

    features: torch.Tensor
    classes: torch.Tensor
    words: tuple[str | None, ...]

    def half(self, start: int) -> LabelledFeatures:
        """Every second picture, from `start` on."""
        return LabelledFeatures(self.features[start::2], self.classes[start::2], self.words[start::2])


def train_words(options: TrainOptions) -> Scores:
    """Calibrates, exports `objects`, and returns its scores on the held-out half."""
    model = VisionModel.load(Manifest.read(options.out), options.device)
    weight, bias = read_object_head(options.runs)
    valid = read_objects(options.data, "valid", limit=32 if options.quick else None)[0]
    seen = _embed(model, valid)
    fitted, held_out = seen.half(0), seen.half(1)
    temperature = fit_temperature(fitted.features @ weight.T + bias, fitted.classes)
    words = [everyday_word(name) for name in valid.names]
    probe = ObjectNamer((weight, bias), words, temperature, threshold=0.0)
    namer = ObjectNamer((weight, bias), words, temperature, choose_threshold(probe, fitted))
    scores = score_namer(namer, held_out) | _photo_scores(model, namer, options)
    scores |= {"temperature": temperature, "threshold": namer.threshold, "words": float(len(namer.vocabulary))}
    provenance = Provenance(task="objects", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, *namer.to_tensors(), provenance, options.out)
    return scores


def evaluate_words(options: EvaluateOptions) -> Scores:
    """The shipped words on the half of the validation pictures that calibration did not see."""
    manifest = Manifest.read(options.weights)
    model = VisionModel.load(manifest, options.device)
    valid = read_objects(options.data, "valid", options.limit)[0]
    return score_namer(ObjectNamer.load(manifest), _embed(model, valid).half(1))


def fit_temperature(logits: torch.Tensor, classes: torch.Tensor) -> float:
    """The divisor of the logits with the least log loss (Guo et al. 2017), found on a grid."""
    grid = torch.logspace(-0.6, 0.6, 61, base=10.0)
    losses = torch.stack([functional.cross_entropy(logits / divisor, classes) for divisor in grid])
    return float(grid[losses.argmin()])


def choose_threshold(namer: ObjectNamer, fitted: LabelledFeatures) -> float:
    """The least probability above which the best word is right in `TARGET_PRECISION` of the cases; 1.01 if none is."""
    chances, places = namer.probabilities(fitted.features).max(dim=1)
    right = [namer.vocabulary[place] == word for place, word in zip(places.tolist(), fitted.words, strict=True)]
    order = chances.argsort(descending=True)
    precision = torch.tensor(right, dtype=torch.float32)[order].cumsum(0) / torch.arange(1, len(order) + 1)
    good = (precision >= TARGET_PRECISION).nonzero().flatten()
    good = good[good >= min(LEAST_SAID, len(order) - 1)]
    return float(chances[order[good[-1]]]) if len(good) else 1.01


def score_namer(namer: ObjectNamer, held_out: LabelledFeatures) -> dict[str, float]:
    """Precision of the words said, share of pictures that get one, and top-1 over words of all pictures."""
    said = [
        (word, name) for row, word in zip(held_out.features, held_out.words, strict=True) for name in namer.name(row)
    ]
    best = namer.probabilities(held_out.features).argmax(dim=1).tolist()
    nameable = [(namer.vocabulary[place], word) for place, word in zip(best, held_out.words, strict=True) if word]
    named = sum(bool(namer.name(row)) for row in held_out.features)
    return {
        "word_precision": sum(word == name for word, (name, _) in said) / max(1, len(said)),
        "word_coverage": named / max(1, len(held_out.words)),
        "word_top1": sum(name == word for name, word in nameable) / max(1, len(nameable)),
    }


def _photo_scores(model: VisionModel, namer: ObjectNamer, options: TrainOptions) -> dict[str, float]:
    photos = read_negatives(options.data, 8 if options.quick else None)[0]
    features = embed_all(model, photos, "photographs")[0]
    return {"photographs_named": sum(bool(namer.name(row)) for row in features) / max(1, len(photos))}


def _embed(model: VisionModel, pictures: ObjectPictures) -> LabelledFeatures:
    features = embed_all(model, [Image.fromarray(pixels) for pixels in pictures.pixels], "objects")[0]
    words = tuple(everyday_word(pictures.names[label]) for label in pictures.labels)
    return LabelledFeatures(features, torch.from_numpy(pictures.labels), words)
