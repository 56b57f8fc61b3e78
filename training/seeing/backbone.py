"""Trains everything that is learned from pictures alone: the backbone, the words for objects, the index of templates.

    memesmith train backbone --data DIR

The three belong together: words and index read the numbers of this one backbone. Its trunk is the public network,
turned into eight-bit numbers; what is learned here are the layers behind it, so that they know what is shipped. What
takes longest (drawing guises, and what the trunk sees of them) is kept in `runs/backbone`; remove it to start anew.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import torch
from torch.nn import functional

from inference.manifest import Manifest
from inference.models.backbone import MODEL_NAME, Backbone, BackboneConfig
from inference.models.backbone_graph import GraphRunner
from inference.models.stored_backbone import HEADS
from training.export import Provenance, export_model
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation
from training.run import Run
from training.seeing.index import build_index, evaluate_index
from training.seeing.objects import evaluate_words, train_words
from training.seeing.quantising import quantise_backbone
from training.seeing.starting_weights import fill_from_imagenet
from training.seeing.template_head import QUICK_HEAD, HeadRecipe, fit_template_head, look_at_guises
from training.seeing.vision_set import VisionSet, as_seen, gather_pictures
from training.seeing.whitening import whiten_features

VERSION: Final = "2"
COMMAND: Final = "memesmith train backbone --data DIR"
DATA: Final = (
    "EfficientNet-Lite0 trained on ImageNet (start)",
    "Tiny ImageNet",
    "Dank-Learning templates",
    "memegen",
    "ImgFlip575K",
    "new_meme_dataset_2",
)
TINY: Final = BackboneConfig(input_side=64, feature_width=24, template_width=16)
WHITENED: Final = 4000  # pictures
MEASURED: Final = 16  # batches whose values set the ranges of the eight-bit numbers
MEASURED_BATCH: Final = 32


def train(options: TrainOptions) -> Scores:
    """Exports `backbone`, `objects` and `template_index`, in this order, and returns the scores of all three."""
    return {**train_network(options), **train_words(options), **build_index(options)}


def evaluate(options: EvaluateOptions) -> tuple[Evaluation, ...]:
    """Words and template recognition of the shipped weights, on pictures that their training did not use.

    Of the backbone itself, what its training measured: it answers nothing that could be right or wrong.
    """
    cosine = Manifest.read(options.weights).entry(MODEL_NAME).scores["eight_bit_cosine"]
    trained = Evaluation.plain(MODEL_NAME, {"eight_bit_cosine": cosine})
    return trained, evaluate_words(options), evaluate_index(options)


def train_network(options: TrainOptions) -> Scores:
    """Quantises, fits the layers behind the trunk, exports `backbone`; returns how well the eight bits agree."""
    torch.manual_seed(options.seed)
    kept = Run(options.runs, MODEL_NAME).folder
    data = gather_pictures(options, kept)
    backbone = Backbone(TINY if options.quick else BackboneConfig())
    if not options.quick:
        fill_from_imagenet(backbone)
    whiten_features(backbone, data, WHITENED)
    batches = sample_pictures(data, backbone.config.input_side)
    with torch.inference_mode():
        wanted = torch.cat([backbone(batch)[0] for batch in batches[:2]])
    stored = quantise_backbone(backbone, batches)
    runner = GraphRunner(stored, backbone.config, threads=1)
    found = torch.cat([runner(batch)[0] for batch in batches[:2]])
    recipe = QUICK_HEAD if options.quick else HeadRecipe()
    cells = look_at_guises(runner, data, backbone.config, recipe, kept / f"cells-{len(data.views)}.pt")
    fit_template_head(backbone, cells, recipe, options.seed)
    scores = {
        "eight_bit_cosine": functional.cosine_similarity(wanted, found).mean().item(),
        "pictures": float(len(data.objects.labels)),
        "templates": float(len(data.views)),
    }
    _export(backbone, stored, scores, options)
    return scores


def sample_pictures(data: VisionSet, side: int) -> list[torch.Tensor]:
    """Some hundred objects and templates as the network sees them, mixed, in batches (N, 3, side, side)."""
    count = MEASURED * MEASURED_BATCH // 2
    objects = data.objects.pixels[:: max(1, len(data.objects.pixels) // count)]
    views = data.views[:: max(1, len(data.views) // count), -1]
    mixed = torch.cat([as_seen(part[:count], side) for part in (objects, views)])
    order = torch.randperm(len(mixed), generator=torch.Generator().manual_seed(data.seed))
    return list(mixed[order].contiguous().split(MEASURED_BATCH))  # type: ignore[no-untyped-call]


def _export(backbone: Backbone, stored: dict[str, torch.Tensor], scores: Scores, options: TrainOptions) -> None:
    for head in HEADS:
        stored |= {f"{head}.{key}": value for key, value in getattr(backbone, head).state_dict().items()}
    provenance = Provenance(task="backbone", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, stored, asdict(backbone.config), provenance, options.out)
