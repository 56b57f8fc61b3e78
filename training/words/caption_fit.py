"""Fits a caption network: rates, optimizers, steps, checkpoints.

Hidden matrices learn by Muon (Jordan et al. 2024), the rest by AdamW; the rate warms up, stays, and falls linearly over
the last part. Both kinds of network are fitted by the same steps on the same batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from inference.models.caption_transformer import CaptionTransformer, TransformerConfig
from inference.models.language import CaptionNet
from inference.models.lstm import CaptionLstm, LstmConfig
from training.options import NetKind, TrainOptions
from training.run import Run, progress_bar
from training.words.caption_batches import BatchMaker, CaptionBatch
from training.words.caption_pictures import FEATURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Steps are batches of `batch` captions: `epochs` over all of them, or just so many `steps`."""

    epochs: float = 2.4
    steps: int | None = None
    batch: int = 128
    matrix_rate: float = 4e-3
    other_rate: float = 3e-3
    warmup_steps: int = 100
    falling_share: float = 0.3

    def total(self, per_epoch: int) -> int:
        return max(1, int(self.epochs * per_epoch) if self.steps is None else self.steps)


AFRESH: Final = Recipe()
ONWARD: Final = Recipe(epochs=1.7, matrix_rate=2e-3, other_rate=1.5e-3, warmup_steps=200, falling_share=0.7)
QUICK: Final = Recipe(epochs=2, batch=16, warmup_steps=1)


def fresh_net(kind: NetKind, vocabulary: int, *, quick: bool) -> CaptionNet:
    """Of the kind's full size, or tiny; both kinds of full size have 2.2 million parameters, 1.3 of them hidden."""
    if kind is NetKind.LSTM:
        width, hidden = (24, 32) if quick else (192, 468)
        return CaptionLstm(LstmConfig(vocabulary=vocabulary, width=width, features=FEATURES, hidden=hidden))
    width, layers, heads = (24, 1, 2) if quick else (192, 3, 6)
    return CaptionTransformer(
        TransformerConfig(vocabulary=vocabulary, width=width, features=FEATURES, layers=layers, heads=heads)
    )


def batch_loss(net: CaptionNet, batch: CaptionBatch) -> Tensor:
    """Weighted mean of the captions' token losses, nats per token."""
    hidden, _ = net.read(batch.tokens, batch.features)
    learned = batch.targets >= 0
    logits = net.logits(hidden[learned])
    losses = cross_entropy(logits.float(), batch.targets[learned], reduction="none")
    weights = batch.weights.unsqueeze(1).expand_as(batch.targets)[learned]
    return (losses * weights).sum() / weights.sum()


def fit(net: CaptionNet, batches: BatchMaker, recipe: Recipe, run: Run, options: TrainOptions) -> None:
    """Train in place, from the run's checkpoint where there is one; the network ends on the processor, evaluating."""
    total = recipe.total(len(batches))
    optimizers = _optimizers(net, recipe)
    step = _resume(run, net, optimizers)
    net.to(options.device).train()
    with progress_bar(run.folder.name, total, step) as advance:
        while step < total:
            epoch, within = divmod(step, len(batches))
            for batch in batches.epoch(options.seed * 1000 + epoch, skip=within):
                loss = _learn(net, batch.on(options.device), optimizers, _rate(step, total, recipe))
                step += 1
                advance(f"loss {loss:.3f}")
                run.log(step, loss=loss)
                if run.is_due() or step == total:
                    run.save(_state(step, net, optimizers))
                if step == total:
                    break
    net.cpu().eval()


def _learn(net: CaptionNet, batch: CaptionBatch, optimizers: list[torch.optim.Optimizer], rate: float) -> float:
    """Half precision on a GPU that has it; most processors take 2.5 times as long for it as for float32."""
    device = batch.tokens.device.type
    with torch.autocast(device, torch.bfloat16, enabled=device == "cuda" and torch.cuda.is_bf16_supported()):
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
    matrices = net.matrices()
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
