"""Trains the captioner: a small transformer over imgflip captions, conditioned on picture, keywords, tone and boxes.

Run: `memesmith train caption --data DIR`, after `train flag` (captions that are flagged are not learned from) and
`train backbone` (without it the captioner learns from words alone). Hidden matrices learn by Muon (Jordan et al. 2024),
the rest by AdamW; the rate warms up, stays, and falls linearly over the last part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from inference.manifest import Manifest
from inference.models.caption_tokens import CaptionTokens
from inference.models.captioner import MODEL_NAME, TOKENIZER_NAME, Captioner
from inference.models.language import CaptionNet, LanguageConfig
from training.datasets.captions import read_captions, split_captions
from training.export import Provenance, export_file, export_model
from training.options import EvaluateOptions, Scores, TrainOptions
from training.run import Run, progress_bar
from training.words.caption_batches import BatchMaker, CaptionBatch
from training.words.caption_data import prepare
from training.words.caption_pictures import FEATURES, template_features
from training.words.caption_scores import caption_scores

VERSION: Final = "2"
COMMAND: Final = "memesmith train caption --data DIR"
DATA: Final = ("ImgFlip575K captions", "TweetEval emotion (tones)", "LDNOOBW word lists (filter)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Sizes and rates; steps are counted in batches."""

    width: int = 192
    layers: int = 3
    heads: int = 6
    epochs: float = 2.4
    batch: int = 128
    matrix_rate: float = 4e-3
    other_rate: float = 3e-3
    warmup_steps: int = 100
    falling_share: float = 0.3


FULL: Final = Recipe()
QUICK: Final = Recipe(width=24, layers=1, heads=2, epochs=2, batch=16, warmup_steps=1)


def train(options: TrainOptions) -> Scores:
    torch.manual_seed(options.seed)
    recipe = QUICK if options.quick else FULL
    run = Run(options.runs, MODEL_NAME)
    imported = read_captions(options.data)
    split = split_captions(imported.items)
    tokens, items, tokenizer = prepare(split, options, run)
    net = _net(recipe, tokens)
    names = {item.caption.template for item in items}
    batches = BatchMaker(tokens, items, template_features(options.out, names), recipe.batch)
    _fit(net, batches, recipe, run, options)
    _export(net, tokenizer, {}, options)
    scores = caption_scores(Captioner.load(Manifest.read(options.out)), split, _limit(options))
    _export(net, tokenizer, scores, options)
    run.finish()
    return scores


def evaluate(options: EvaluateOptions) -> Scores:
    split = split_captions(read_captions(options.data).items)
    captioner = Captioner.load(Manifest.read(options.weights), options.device)
    return caption_scores(captioner, split, options.limit)


def batch_loss(net: CaptionNet, batch: CaptionBatch) -> Tensor:
    """Weighted mean of the captions' token losses, nats per token."""
    hidden, _ = net.read(batch.tokens, batch.features)
    learned = batch.targets >= 0
    logits = net.logits(hidden[learned])
    losses = cross_entropy(logits.float(), batch.targets[learned], reduction="none")
    weights = batch.weights.unsqueeze(1).expand_as(batch.targets)[learned]
    return (losses * weights).sum() / weights.sum()


def _net(recipe: Recipe, tokens: CaptionTokens) -> CaptionNet:
    return CaptionNet(
        LanguageConfig(
            vocabulary=tokens.size,
            width=recipe.width,
            layers=recipe.layers,
            heads=recipe.heads,
            features=FEATURES,
        )
    )


def _fit(net: CaptionNet, batches: BatchMaker, recipe: Recipe, run: Run, options: TrainOptions) -> None:
    total = max(1, int(recipe.epochs * len(batches)))
    optimizers = _optimizers(net, recipe)
    step = _resume(run, net, optimizers)
    net.to(options.device).train()
    with progress_bar(MODEL_NAME, total, step) as advance:
        while step < total:
            epoch, within = divmod(step, len(batches))
            for batch in batches.epoch(options.seed * 1000 + epoch, skip=within):
                loss = _learn(net, _moved(batch, options.device), optimizers, _rate(step, total, recipe))
                step += 1
                advance(f"loss {loss:.3f}")
                run.log(step, loss=loss)
                if run.is_due() or step == total:
                    run.save(_state(step, net, optimizers))
                if step == total:
                    break
    net.cpu().eval()


def _learn(net: CaptionNet, batch: CaptionBatch, optimizers: list[torch.optim.Optimizer], rate: float) -> float:
    device = batch.tokens.device.type
    with torch.autocast(device, torch.bfloat16):
        loss = batch_loss(net, batch)
    net.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate
        optimizer.step()
    return float(loss.detach())


def _optimizers(net: CaptionNet, recipe: Recipe) -> list[torch.optim.Optimizer]:
    matrices = [value for value in net.blocks.parameters() if value.ndim == 2]
    chosen = {id(value) for value in matrices}
    others = [value for value in net.parameters() if id(value) not in chosen]
    return [
        torch.optim.Muon(
            [{"params": matrices, "peak": recipe.matrix_rate}],
            lr=recipe.matrix_rate,
            weight_decay=0.05,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(
            [{"params": others, "peak": recipe.other_rate}], lr=recipe.other_rate, betas=(0.9, 0.98), weight_decay=0.0
        ),
    ]


def _rate(step: int, total: int, recipe: Recipe) -> float:
    """Share of the peak rate at a step: trapezoid."""
    rising = (step + 1) / recipe.warmup_steps
    falling = (total - step) / max(1.0, total * recipe.falling_share)
    return max(0.01, min(1.0, rising, falling))


def _moved(batch: CaptionBatch, device: str) -> CaptionBatch:
    features = None if batch.features is None else batch.features.to(device)
    return CaptionBatch(batch.tokens.to(device), batch.targets.to(device), features, batch.weights.to(device))


def _state(step: int, net: CaptionNet, optimizers: list[torch.optim.Optimizer]) -> dict[str, Any]:
    return {"step": step, "net": net.state_dict(), "optimizers": [one.state_dict() for one in optimizers]}


def _resume(run: Run, net: CaptionNet, optimizers: list[torch.optim.Optimizer]) -> int:
    state = run.resume()
    if state is None:
        return 0
    net.load_state_dict(state["net"])
    for optimizer, stored in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(stored)
    return int(state["step"])


def _limit(options: TrainOptions) -> int | None:
    return 8 if options.quick else None


def _export(net: CaptionNet, tokenizer: str, scores: Mapping[str, float], options: TrainOptions) -> None:
    provenance = Provenance(task="caption", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, net.state_dict(), {"net": asdict(net.config)}, provenance, options.out)
    companion = Provenance(task="caption", version=VERSION, command=COMMAND, data=DATA, scores={})
    export_file(TOKENIZER_NAME, f"{TOKENIZER_NAME}.json", tokenizer.encode(), companion, options.out)
