"""Teaches what reads the backbone's features the features of a new backbone, and nothing else.

    memesmith train picture-readers --data DIR

The flag model's picture head is fitted anew, and of the captioner the one layer that takes a picture in; the words that
both know stay as they are. Follows `train backbone`; a complete `train flag` or `train caption` does it along the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from inference.manifest import Manifest
from inference.models.caption_tokens import CaptionTokens
from inference.models.captioner import MODEL_NAME, Captioner
from inference.models.flag import FlagModel
from inference.models.language import CaptionNet
from training.datasets.captions import Caption, draw_captions, read_captions, split_captions
from training.datasets.lexicon import Lexicon
from training.errors import DataError
from training.export import Provenance
from training.options import EvaluateOptions, Scores, TrainOptions
from training.run import progress_bar
from training.words.caption_batches import BatchMaker
from training.words.caption_data import PreparedCaption, appeal_of, decent
from training.words.caption_export import export_captioner
from training.words.caption_fit import batch_loss
from training.words.caption_pictures import template_features
from training.words.flag import embed_memes, finish
from training.words.flag_data import read_flag_split

CAPTIONS: Final = 40_000
MEASURED: Final = 2_000
BATCH: Final = 128
RATE: Final = 3e-3


def train(options: TrainOptions) -> Scores:
    """Exports `flag` and `captioner` with new picture layers; returns what pictures bring to each."""
    flag_scores = _refit_flag(options)
    captioner_scores = _refit_captioner(options)
    return {**flag_scores, **captioner_scores}


def evaluate(options: EvaluateOptions) -> Scores:
    """What the captioner's picture layer brings: nats per token on held-out captions, with and without pictures."""
    manifest = Manifest.read(options.weights)
    captioner = Captioner.load(manifest, options.device)
    held_out = draw_captions(
        split_captions(read_captions(options.data).items).held_out, options.limit or MEASURED, seed=0
    )
    items = _as_items(held_out, captioner.tokens)
    return measure_pictures(
        captioner.net, BatchMaker(captioner.tokens, items, _pictures(items, options.weights), BATCH)
    )


def _refit_flag(options: TrainOptions) -> Scores:
    split = read_flag_split(options.data)
    model = FlagModel.load(Manifest.read(options.out))
    return finish((model.english, model.korean), split, embed_memes(split, options.data, options.out), options)


def _refit_captioner(options: TrainOptions) -> Scores:
    manifest = Manifest.read(options.out)
    entry, captioner = manifest.entry(MODEL_NAME), Captioner.load(manifest, options.device)
    split = split_captions(read_captions(options.data).items)
    known = draw_captions(split.train, 200 if options.quick else CAPTIONS, seed=0)
    fit = decent(known, FlagModel.load(manifest), Lexicon.read(options.data))
    items = _as_items(fit, captioner.tokens)
    pictures = _pictures(items, options.out)
    learn_pictures(captioner.net, BatchMaker(captioner.tokens, items, pictures, BATCH), options.seed)
    held_out = _as_items(draw_captions(split.held_out, 50 if options.quick else MEASURED, seed=0), captioner.tokens)
    scores = measure_pictures(captioner.net, BatchMaker(captioner.tokens, held_out, pictures, BATCH))
    provenance = Provenance(
        task=entry.task,
        version=entry.version,
        command=entry.command,
        data=entry.data,
        scores={**entry.scores, **scores},
    )
    export_captioner(captioner.net.cpu(), pictures, provenance, options.out)
    return scores


def learn_pictures(net: CaptionNet, batches: BatchMaker, seed: int) -> None:
    """One epoch in which the layer that takes pictures in is learned from nothing, and all else stands."""
    torch.manual_seed(seed)
    net.train().requires_grad_(requires_grad=False)
    net.picture.requires_grad_(requires_grad=True)
    nn.init.normal_(net.picture.weight, std=0.02)
    nn.init.zeros_(net.picture.bias)
    optimizer = torch.optim.AdamW(net.picture.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=len(batches))
    with progress_bar("picture layer", len(batches)) as advance:
        for batch in batches.epoch(seed):
            loss = batch_loss(net, batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            advance(f"loss {loss.item():.3f}")
    net.eval().requires_grad_(requires_grad=True)


@torch.no_grad()
def measure_pictures(net: CaptionNet, batches: BatchMaker) -> dict[str, float]:
    """Mean loss in nats per token, the picture shown in most captions, and hidden in all."""
    shown, hidden = [], []
    for batch in batches.epoch(0):
        shown.append(batch_loss(net, batch).item())
        hidden.append(batch_loss(net, batch.without_pictures()).item())
    count = max(1, len(shown))
    return {"nats_per_token_with_pictures": sum(shown) / count, "nats_per_token_without": sum(hidden) / count}


def _pictures(items: list[PreparedCaption], weights: Path) -> Mapping[str, Tensor]:
    pictures = template_features(weights, {item.caption.template for item in items})
    if not pictures:
        raise DataError("There is no index with pictures of the captions' templates; train backbone first.")
    return pictures


def _as_items(captions: list[Caption], tokens: CaptionTokens) -> list[PreparedCaption]:
    """Of no tone that stands out: the layer is to know pictures, and moods are told by words."""
    return [
        PreparedCaption(caption, tuple(tokens.caption(caption.boxes)), "neutral", appeal_of(caption), 1.0)
        for caption in captions
    ]
