"""Trains the template chooser on imgflip captions: the words of a caption, whole or a few of them, tell its template.

Run: `memesmith train chooser --data DIR`. Every template counts the same however often it was captioned, and half of
the texts are a few content words only, because that is what a prompt looks like.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch.nn.functional import cross_entropy

from inference.manifest import Manifest
from inference.models.chooser import MODEL_NAME, TemplateChooser
from inference.models.hashed import HashedClassifier, HashedConfig
from inference.models.keywords import content_words
from training.datasets.captions import Caption, read_captions
from training.datasets.rows import split_of
from training.errors import DataError
from training.export import Provenance, export_model
from training.measures import top_shares
from training.options import EvaluateOptions, Scores, TrainOptions
from training.run import Run
from training.words.hashed_fit import FitPlan, fit, predict

VERSION: Final = "1"
COMMAND: Final = "memesmith train chooser --data DIR"
PER_TEMPLATE: Final = 500
HELD_OUT_PER_TEMPLATE: Final = 40
EPOCHS: Final = 3


@dataclass(frozen=True, slots=True)
class NamedTexts:
    """Texts and the place of each one's template in a list of names."""

    texts: tuple[str, ...]
    places: tuple[int, ...]


def train(options: TrainOptions) -> Scores:
    captions = read_captions(options.data).items
    if not captions:
        raise DataError("There are no usable captions to learn from.")
    names = tuple(sorted({caption.template for caption in captions}))
    network = _fitted(prompts(captions, names, options.seed), names, options)
    scores = chooser_scores(network, captions, names)
    config = {"network": network.config.to_dict(), "names": list(names)}
    provenance = Provenance(
        task="caption", version=VERSION, command=COMMAND, data=("ImgFlip575K captions",), scores=scores
    )
    export_model(MODEL_NAME, network.state_dict(), config, provenance, options.out)
    return scores


def evaluate(options: EvaluateOptions) -> Scores:
    captions = read_captions(options.data).items
    manifest = Manifest.read(options.weights)
    chooser = TemplateChooser.load(manifest)
    return chooser_scores(chooser.network, captions, chooser.names, options.limit)


def prompts(captions: Sequence[Caption], names: Sequence[str], seed: int) -> NamedTexts:
    """Per template its best liked training captions, each once whole and once as one to four of its content words."""
    chance = random.Random(seed)
    texts: list[str] = []
    places: list[int] = []
    groups = _grouped(captions)
    for place, name in enumerate(names):
        for caption in groups[name, False][:PER_TEMPLATE]:
            whole = " ".join(caption.boxes)
            there = content_words(whole) or [whole]
            texts += [whole, " ".join(chance.sample(there, min(len(there), chance.randint(1, 4))))]
            places += [place, place]
    return NamedTexts(tuple(texts), tuple(places))


def chooser_scores(
    network: HashedClassifier, captions: Sequence[Caption], names: Sequence[str], limit: int | None = None
) -> Scores:
    """Accuracy on held-out captions, whole and as content words, the same number per template; chance is 1 / names."""
    scores: dict[str, float] = {"chance": 1 / len(names)}
    per_template = limit or HELD_OUT_PER_TEMPLATE
    groups = _grouped(captions)
    held_out = [(place, caption) for place, name in enumerate(names) for caption in groups[name, True][:per_template]]
    if not held_out:
        return scores
    wanted = torch.tensor([place for place, _ in held_out])
    for kind in ("caption", "words"):
        texts = [
            " ".join(caption.boxes) if kind == "caption" else " ".join(content_words(caption.text)[:3])
            for _, caption in held_out
        ]
        scores |= top_shares(kind, predict(network, texts), wanted)
    return scores


def _fitted(known: NamedTexts, names: Sequence[str], options: TrainOptions) -> HashedClassifier:
    config = HashedConfig(buckets=1 << (10 if options.quick else 15), width=32, hidden=48, outputs=len(names))
    torch.manual_seed(options.seed)
    network = HashedClassifier(config, dropout=0.2)
    places = torch.tensor(known.places)
    counts = Counter(known.places)
    weights = torch.tensor([len(known.places) / (len(names) * counts[place]) for place in range(len(names))])
    plan = FitPlan(
        texts=known.texts,
        repeats=[1] * len(known.texts),
        loss=lambda logits, rows: cross_entropy(logits, places[rows], weight=weights, label_smoothing=0.05),
        epochs=1 if options.quick else EPOCHS,
        seed=options.seed,
    )
    run = Run(options.runs, MODEL_NAME)
    fit(network, plan, run)
    run.finish()
    return network


def _grouped(captions: Sequence[Caption]) -> Mapping[tuple[str, bool], list[Caption]]:
    """Captions by template and by whether they are held out, best liked first."""
    groups: defaultdict[tuple[str, bool], list[Caption]] = defaultdict(list)
    for caption in sorted(captions, key=lambda one: -one.appeal):
        groups[caption.template, split_of(caption.key) == 0].append(caption)
    return groups
