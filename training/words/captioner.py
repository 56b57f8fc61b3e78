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

from inference.manifest import Manifest
from inference.models.caption_nets import describe_net
from inference.models.captioner import MODEL_NAME, TOKENIZER_NAME, Captioner
from inference.models.language import CaptionNet
from training.datasets.captions import read_captions, split_captions
from training.errors import TrainingError
from training.export import Provenance, export_file, export_model
from training.options import EvaluateOptions, NetKind, Scores, TrainOptions
from training.run import Run
from training.words.caption_batches import BatchMaker
from training.words.caption_data import prepare
from training.words.caption_fit import AFRESH, ONWARD, QUICK, Recipe, fit, fresh_net
from training.words.caption_pictures import template_features
from training.words.caption_scores import caption_scores

VERSION: Final = "3"
DATA: Final = ("ImgFlip575K captions", "TweetEval emotion (tones)", "LDNOOBW word lists (filter)")


def train(options: TrainOptions) -> Scores:
    torch.manual_seed(options.seed)
    recipe = _recipe(options)
    run = Run(options.runs, _run_name(options))
    split = split_captions(read_captions(options.data).items)
    tokens, items, tokenizer = prepare(split, options)
    net = _starting_net(options, tokens.size)
    names = {item.caption.template for item in items}
    batches = BatchMaker(tokens, items, template_features(options.out, names), recipe.batch)
    fit(net, batches, recipe, run, options)
    _export(net, tokenizer, {}, options)
    scores = caption_scores(Captioner.load(Manifest.read(options.out)), split, _limit(options))
    _export(net, tokenizer, scores, options)
    run.finish()
    return scores


def evaluate(options: EvaluateOptions) -> Scores:
    split = split_captions(read_captions(options.data).items)
    captioner = Captioner.load(Manifest.read(options.weights), options.device)
    return caption_scores(captioner, split, options.limit)


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


def _limit(options: TrainOptions) -> int | None:
    return 8 if options.quick else None


def _command(options: TrainOptions) -> str:
    """The command that repeats this training, without the places of this machine."""
    net = "" if options.net is NetKind.TRANSFORMER else f" --net {options.net}"
    start = "" if options.start_from is None else " --start-from WEIGHTS"
    steps = "" if options.steps is None else f" --steps {options.steps}"
    return f"memesmith train caption --data DIR{net}{start}{steps}"


def _export(net: CaptionNet, tokenizer: str, scores: Mapping[str, float], options: TrainOptions) -> None:
    command = _command(options)
    provenance = Provenance(task="caption", version=VERSION, command=command, data=DATA, scores=scores)
    export_model(MODEL_NAME, net.state_dict(), describe_net(net), provenance, options.out)
    companion = Provenance(task="caption", version=VERSION, command=command, data=DATA, scores={})
    export_file(TOKENIZER_NAME, f"{TOKENIZER_NAME}.json", tokenizer.encode(), companion, options.out)
