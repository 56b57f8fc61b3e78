"""Fitting a `HashedClassifier` to weighted, partly labelled texts: the loop of the flag, the chooser and the tones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inference.models.hashed import HashedClassifier
from inference.models.text import Bags, fold, hash_text, inverse_frequencies
from training.run import Run
from training.words.fitting import Course, Learning, learn

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

    def loss(batch: list[int]) -> Tensor:
        return plan.loss(model(_thinned([bags[row] for row in batch], plan.letter_dropout)), torch.tensor(batch))

    course = Course(
        rows=[row for row, times in enumerate(plan.repeats) for _ in range(times)],
        loss=loss,
        epochs=plan.epochs,
        batch=plan.batch,
        seed=plan.seed,
    )
    whole = nn.ModuleList([model] if plan.beside is None else [model, plan.beside])
    optimizer = torch.optim.Adam(whole.parameters(), lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, course.steps)
    learn(Learning(whole, optimizer, schedule), course, run)


@torch.inference_mode()
def predict(model: HashedClassifier, texts: Sequence[str], batch: int = 1024) -> Tensor:
    """Logits (N, outputs)."""
    model.eval()
    parts = [model(model.bags(texts[at : at + batch])) for at in range(0, len(texts), batch)]
    return torch.cat(parts) if parts else torch.zeros(0, model.config.outputs)


def _thinned(bags: Sequence[Tensor], share: float) -> Bags:
    """Leave out a share of the features, so that no single spelling carries a text."""
    return Bags.of([bag[torch.rand(len(bag)) >= share] for bag in bags])
