"""Trains the template chooser on imgflip captions: the words of a caption, whole or a few of them, tell its template.

Run: `memesmith train chooser --data DIR`. Every template counts the same however often it was captioned, and half of
the texts are a few content words only, because that is what a prompt looks like.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import torch
from torch.nn.functional import cross_entropy

from inference.manifest import Manifest
from inference.models.chooser import MODEL_NAME, TemplateChooser
from inference.models.hashed import HashedClassifier, HashedConfig
from training.datasets.captions import read_captions
from training.errors import DataError
from training.export import Provenance, export_in_bytes
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation
from training.run import Run
from training.words.chooser_data import NamedTexts, held_out, prompts
from training.words.chooser_scores import (
    chance_scores,
    chooser_scores,
    first_guess_reliability,
    naive_bayes_judge,
    network_judge,
)
from training.words.hashed_fit import FitPlan, fit

VERSION: Final = "1"
COMMAND: Final = "memesmith train chooser --data DIR"
EPOCHS: Final = 3


def train(options: TrainOptions) -> Scores:
    captions = read_captions(options.data).items
    if not captions:
        raise DataError("There are no usable captions to learn from.")
    names = tuple(sorted({caption.template for caption in captions}))
    network = _fitted(prompts(captions, names, options.seed), names, options)
    measured = chooser_scores(network_judge(network), held_out(captions, names))
    scores = {name: score.value for name, score in measured.items()}
    config = {"network": network.config.to_dict(), "names": list(names)}
    provenance = Provenance(
        task="caption", version=VERSION, command=COMMAND, data=("ImgFlip575K captions",), scores=scores
    )
    export_in_bytes(MODEL_NAME, network.state_dict(), config, provenance, options.out)
    return scores


def evaluate(options: EvaluateOptions) -> Evaluation:
    """The shipped chooser beside chance and naive Bayes, on captions that neither has seen."""
    captions = read_captions(options.data).items
    chooser = TemplateChooser.load(Manifest.read(options.weights))
    unseen = held_out(captions, chooser.names, options.limit)
    ours, bayes = network_judge(chooser.network), naive_bayes_judge(prompts(captions, chooser.names, options.seed))
    return Evaluation(
        model=MODEL_NAME,
        scores=chooser_scores(ours, unseen),
        baselines={
            "chance, or one template always": chance_scores(len(chooser.names)),
            "naive Bayes": chooser_scores(bayes, unseen),
        },
        reliability=first_guess_reliability(ours, unseen),
    )


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
