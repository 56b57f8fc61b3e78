"""Fitting a `HashedClassifier` to weighted, partly labelled texts: the loop of the flag, the chooser and the tones."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inference.models.hashed import HashedClassifier
from inference.models.text import Bags, fold, hash_text, inverse_frequencies
from training.run import Run, progress_bar

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPlan:
    """`loss(logits, rows)` is told which rows the batch holds; `repeats` says how often each is seen in an epoch.

    `beside` are parameters of the loss itself, learned along and not kept in the model.
    """

    texts: Sequence[str]
    repeats: Sequence[int]
    loss: Loss
    epochs: int
    batch: int = 256
    rate: float = 2e-3
    decay: float = 1e-6
    letter_dropout: float = 0.1
    beside: nn.Module | None = None
    seed: int = 0


def hash_texts(texts: Sequence[str], buckets: int) -> list[Tensor]:
    return [hash_text(fold(text), buckets) for text in texts]


def fit(model: HashedClassifier, plan: FitPlan, run: Run) -> None:
    """Train in place, from the run's checkpoint where there is one; the model ends in evaluation mode."""
    bags = hash_texts(plan.texts, model.config.buckets)
    model.inverse.copy_(inverse_frequencies(bags, model.config.buckets))
    rows = [row for row, times in enumerate(plan.repeats) for _ in range(times)]
    per_epoch = -(-len(rows) // plan.batch)
    whole = nn.ModuleList([model] if plan.beside is None else [model, plan.beside])
    optimizer = torch.optim.Adam(whole.parameters(), lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, per_epoch * plan.epochs)
    first = _resume(run, whole, optimizer, schedule)
    model.train()
    with progress_bar(run.folder.name, per_epoch * plan.epochs, first * per_epoch) as advance:
        for epoch in range(first, plan.epochs):
            torch.manual_seed(plan.seed + epoch)
            for step, batch in enumerate(_batches(rows, plan, epoch)):
                loss = plan.loss(
                    model(_thinned([bags[row] for row in batch], plan.letter_dropout)), torch.tensor(batch)
                )
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                schedule.step()
                run.log(epoch * per_epoch + step, loss=float(loss.detach()))
                advance(f"loss {float(loss.detach()):.3f}")
            run.save(_state(epoch + 1, whole, optimizer, schedule))
    model.eval()


@torch.inference_mode()
def predict(model: HashedClassifier, texts: Sequence[str], batch: int = 1024) -> Tensor:
    """Logits (N, outputs)."""
    model.eval()
    parts = [model(model.bags(texts[at : at + batch])) for at in range(0, len(texts), batch)]
    return torch.cat(parts) if parts else torch.zeros(0, model.config.outputs)


def _batches(rows: Sequence[int], plan: FitPlan, epoch: int) -> list[list[int]]:
    order = list(rows)
    random.Random(plan.seed * 1000 + epoch).shuffle(order)
    return [order[at : at + plan.batch] for at in range(0, len(order), plan.batch)]


def _thinned(bags: Sequence[Tensor], share: float) -> Bags:
    """Leave out a share of the features, so that no single spelling carries a text."""
    return Bags.of([bag[torch.rand(len(bag)) >= share] for bag in bags])


def _state(
    epoch: int, model: nn.ModuleList, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LinearLR
) -> dict[str, object]:
    return {
        "epoch": epoch,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }


def _resume(
    run: Run, model: nn.ModuleList, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LinearLR
) -> int:
    state = run.resume()
    if state is None:
        return 0
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return int(state["epoch"])
