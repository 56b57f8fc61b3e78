"""Trains the captioner: a small network over imgflip captions, conditioned on picture, keywords, tone and boxes.

Run: `memesmith train caption --data DIR`, after `train flag` (captions that are flagged are not learned from) and
`train backbone` (without it the captioner learns from words alone). `--net lstm` trains an LSTM in place of the
transformer, `--start-from DIR` goes on from the network in a weights folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import torch
from torch import Tensor

from inference.manifest import Manifest
from inference.models.caption_nets import describe_net
from inference.models.captioner import MODEL_NAME, Captioner
from inference.models.language import CaptionNet
from training.datasets.captions import CaptionSplit, read_captions, split_captions
from training.errors import TrainingError
from training.export import Provenance
from training.options import EvaluateOptions, NetKind, Scores, TrainOptions
from training.report.evaluation import Evaluation
from training.run import Run
from training.words.caption_batches import BatchMaker
from training.words.caption_data import prepare
from training.words.caption_export import export_captioner, export_tokenizer
from training.words.caption_fit import AFRESH, ONWARD, QUICK, Recipe, fit, fresh_net
from training.words.caption_pictures import template_features
from training.words.caption_scores import evaluate_captioner

VERSION: Final = "3"
DATA: Final = ("ImgFlip575K captions", "TweetEval emotion (tones)", "LDNOOBW word lists (filter)")


def train(options: TrainOptions) -> Scores:
    torch.manual_seed(options.seed)
    recipe = _recipe(options)
    run = Run(options.runs, _run_name(options))
    split = split_captions(read_captions(options.data).items)
    tokens, items, tokenizer = prepare(split, options)
    net = _starting_net(options, tokens.size)
    pictures = template_features(options.out, {item.caption.template for item in items})
    batches = BatchMaker(tokens, items, pictures, recipe.batch)
    fit(net, batches, recipe, run, options)
    _export(net, tokenizer, pictures, {}, options)
    measured = EvaluateOptions(
        data=options.data,
        weights=options.out,
        seed=options.seed,
        device=options.device,
        limit=8 if options.quick else None,
    )
    scores = _measured(split, measured).values
    _export(net, tokenizer, pictures, scores, options)
    run.finish()
    return scores


def evaluate(options: EvaluateOptions) -> Evaluation:
    """The captioner beside a character 6-gram and captions of people."""
    return _measured(split_captions(read_captions(options.data).items), options)


def _measured(split: CaptionSplit, options: EvaluateOptions) -> Evaluation:
    captioner = Captioner.load(Manifest.read(options.weights), options.device)
    names = {
        caption.template for captions in (split.train, split.held_out, split.new_templates) for caption in captions
    }
    pictures = template_features(options.weights, names)
    return evaluate_captioner(captioner, split, pictures, options.limit, options.seed)


def _recipe(options: TrainOptions) -> Recipe:
    recipe = AFRESH if options.start_from is None else ONWARD
    if options.quick:
        recipe = QUICK
    return replace(recipe, steps=options.steps)


def _run_name(options: TrainOptions) -> str:
    return MODEL_NAME if options.net is NetKind.TRANSFORMER else f"{MODEL_NAME}-{options.net}"


def _starting_net(options: TrainOptions, vocabulary: int) -> CaptionNet:
    """A fresh network, or the one to go on from; raises TrainingError where that one is of another kind or size."""
    fresh = fresh_net(options.net, vocabulary, quick=options.quick)
    if options.start_from is None:
        return fresh
    given = Captioner.load(Manifest.read(options.start_from)).net
    if describe_net(given) != describe_net(fresh):
        raise TrainingError(
            f"The network in {options.start_from} is {_in_words(given)}, but {_in_words(fresh)} is to be trained; "
            "leave --start-from out, or name another folder or --net."
        )
    return given


def _in_words(net: CaptionNet) -> str:
    description = describe_net(net)
    sizes = ", ".join(f"{name} {size}" for name, size in description["net"].items())
    return f"a {description['kind']} ({sizes})"


def _command(options: TrainOptions) -> str:
    """The command that repeats this training, without the places of this machine."""
    net = "" if options.net is NetKind.TRANSFORMER else f" --net {options.net}"
    start = "" if options.start_from is None else " --start-from WEIGHTS"
    steps = "" if options.steps is None else f" --steps {options.steps}"
    return f"memesmith train caption --data DIR{net}{start}{steps}"


def _export(
    net: CaptionNet, tokenizer: str, pictures: Mapping[str, Tensor], scores: Mapping[str, float], options: TrainOptions
) -> None:
    provenance = Provenance(task="caption", version=VERSION, command=_command(options), data=DATA, scores=scores)
    export_captioner(net, pictures, provenance, options.out)
    export_tokenizer(tokenizer, replace(provenance, scores={}), options.out)
