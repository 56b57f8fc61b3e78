"""Trains the ranker of captions on votes: which of two captions of one template people liked better.

Run: `memesmith train ranker --data DIR`, after `train caption`. Votes with views and template taken out are compared in
pairs (RankNet with linear scores, Burges et al. 2005). The wording network learns appeal from the captioner's training
captions, the weights of the sum from captions that neither has read; it is measured on templates that neither has seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch.nn.functional import mse_loss

from inference.manifest import Manifest
from inference.models.caption_ranker import MODEL_NAME, CaptionRanker, read_features
from inference.models.captioner import Captioner
from inference.models.hashed import HashedClassifier, HashedConfig
from training.datasets.captions import Caption, CaptionSplit, draw_captions, read_captions, split_captions
from training.errors import DataError
from training.export import Provenance, export_model
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation
from training.run import Run
from training.words.caption_pictures import template_features
from training.words.hashed_fit import FitPlan, fit
from training.words.ranker_data import caption_likelihoods, draw_pairs
from training.words.ranker_scores import evaluate_ranker

VERSION: Final = "1"
COMMAND: Final = "memesmith train ranker --data DIR"
WORDING: Final = HashedConfig(buckets=1 << 13, width=16, hidden=32, outputs=1)
WORDING_CAPTIONS: Final = 120_000
RANKED_CAPTIONS: Final = 4000
APPEAL_RANGE: Final = (-2.0, 2.5)
REGULARITY: Final = 0.1


def train(options: TrainOptions) -> Scores:
    split = split_captions(read_captions(options.data).items)
    captioner = Captioner.load(Manifest.read(options.out), options.device)
    wording = _fitted_wording(split, options)
    ranker = _fitted_ranker(wording, captioner, split, options)
    provenance = Provenance(
        task="caption", version=VERSION, command=COMMAND, data=("ImgFlip575K captions and votes",), scores={}
    )
    config = {"wording": wording.config.to_dict()}
    export_model(MODEL_NAME, ranker.to_tensors(), config, provenance, options.out)
    measured = EvaluateOptions(data=options.data, weights=options.out, seed=options.seed, device=options.device)
    scores = _measured(split, measured).values
    export_model(MODEL_NAME, ranker.to_tensors(), config, replace(provenance, scores=scores), options.out)
    return scores


def evaluate(options: EvaluateOptions) -> Evaluation:
    """The ranker beside a coin, length, likelihood and the hand-made sum, on templates that nobody has learned."""
    return _measured(split_captions(read_captions(options.data).items), options)


def _measured(split: CaptionSplit, options: EvaluateOptions) -> Evaluation:
    manifest = Manifest.read(options.weights)
    captioner, ranker = Captioner.load(manifest, options.device), CaptionRanker.load(manifest)
    captions = draw_captions(split.new_templates, options.limit or RANKED_CAPTIONS, options.seed)
    pictures = template_features(options.weights, {caption.template for caption in captions})
    return evaluate_ranker(ranker, captions, caption_likelihoods(captioner, captions, pictures), options.seed)


def _fitted_wording(split: CaptionSplit, options: TrainOptions) -> HashedClassifier:
    """Learns to tell a caption's appeal from its words alone."""
    captions = draw_captions(split.train, 2000 if options.quick else WORDING_CAPTIONS, options.seed)
    appeal = torch.tensor([caption.appeal for caption in captions]).clamp(*APPEAL_RANGE)
    torch.manual_seed(options.seed)
    network = HashedClassifier(WORDING, dropout=0.2)
    plan = FitPlan(
        texts=[" ".join(caption.boxes) for caption in captions],
        repeats=[1] * len(captions),
        loss=lambda logits, rows: mse_loss(logits[:, 0], appeal[rows]),
        epochs=3,
        rate=2e-2 if options.quick else 2e-3,
        seed=options.seed,
    )
    run = Run(options.runs, MODEL_NAME)
    fit(network, plan, run)
    run.finish()
    return network


def _fitted_ranker(
    wording: HashedClassifier, captioner: Captioner, split: CaptionSplit, options: TrainOptions
) -> CaptionRanker:
    captions = draw_captions(split.held_out, RANKED_CAPTIONS, options.seed)
    features = _features(wording, captioner, captions, options)
    means, scales = features.mean(dim=0), features.std(dim=0).clamp(min=1e-6)
    scaled = ((features - means) / scales).numpy()
    pairs = draw_pairs(captions, options.seed)
    if not len(pairs):
        raise DataError("Too few captions are held out to find pairs whose votes differ.")
    gaps = scaled[pairs.better] - scaled[pairs.worse]
    signs = np.where(np.arange(len(gaps)) % 2, 1, -1)
    model = LogisticRegression(fit_intercept=False, C=REGULARITY).fit(gaps * signs[:, None], signs)
    return CaptionRanker(wording, means, scales, torch.tensor(model.coef_[0], dtype=torch.float32))


def _features(
    wording: HashedClassifier, captioner: Captioner, captions: list[Caption], options: TrainOptions
) -> Tensor:
    pictures = template_features(options.out, {caption.template for caption in captions})
    likelihoods = caption_likelihoods(captioner, captions, pictures)
    return read_features(wording, likelihoods, [caption.boxes for caption in captions])
