"""The loop in which a text network learns: batches in a seeded order, a falling rate, checkpoints, a progress bar.

Knows rows and a loss, not what they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from training.run import Run, progress_bar

WINDOW: Final = 40
RISING_SHARE: Final = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """`rows` is what an epoch goes through, repeats included; `loss(batch)` is told which of them a batch holds.

    Where `lengths` (by row) are given, a batch holds rows of like length, so that little is padded.
    """

    rows: Sequence[int]
    loss: Callable[[list[int]], Tensor]
    epochs: int
    batch: int
    seed: int
    lengths: Sequence[int] | None = None
    clip: float | None = None

    @property
    def steps(self) -> int:
        return self.epochs * -(-len(self.rows) // self.batch)


@dataclass(frozen=True, slots=True)
class Learning:
    """What a checkpoint holds: the parameters, their optimiser and its schedule, which steps once per batch."""

    parameters: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler

    def state(self, step: int) -> dict[str, Any]:
        return {
            "step": step,
            "parameters": self.parameters.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }

    def resume(self, run: Run) -> int:
        """The step to go on from; 0 without a checkpoint."""
        state = run.resume()
        if state is None:
            return 0
        self.parameters.load_state_dict(state["parameters"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        return int(state["step"])


def rise_and_fall(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    """Each group's rate rises to what the optimiser was given over the first `RISING_SHARE`, then falls to nothing."""
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [group["lr"] for group in optimizer.param_groups],
        total_steps=steps + 1,
        pct_start=RISING_SHARE,
        anneal_strategy="linear",
        cycle_momentum=False,
    )


def learn(learning: Learning, course: Course, run: Run) -> None:
    """Train in place, from the run's checkpoint where there is one; the parameters end in evaluation mode."""
    step = learning.resume(run)
    learning.parameters.train()
    torch.manual_seed(course.seed * 1000 + step)
    per_epoch = course.steps // course.epochs
    with progress_bar(run.folder.name, course.steps, step) as advance:
        while step < course.steps:
            epoch, within = divmod(step, per_epoch)
            for batch in orders(course, epoch)[within:]:
                loss = _step(learning, course, batch)
                step += 1
                run.log(step, loss=loss)
                advance(f"loss {loss:.3f}")
                if run.is_due() or step == course.steps:
                    run.save(learning.state(step))
    learning.parameters.eval()


def orders(course: Course, epoch: int) -> list[list[int]]:
    """The batches of one epoch; they depend on seed and epoch alone."""
    chance = random.Random(course.seed * 1000 + epoch)
    rows = list(course.rows)
    chance.shuffle(rows)
    if course.lengths is None:
        return _cut(rows, course.batch)
    return like_lengths_together(rows, course.lengths, course.batch, chance)


def like_lengths_together(rows: list[int], lengths: Sequence[int], size: int, chance: random.Random) -> list[list[int]]:
    """Batches of `size` from shuffled `rows`, each of like lengths within a window, in a drawn order."""
    window = size * WINDOW
    near = [sorted(rows[at : at + window], key=lambda row: lengths[row]) for at in range(0, len(rows), window)]
    batches = [batch for part in near for batch in _cut(part, size)]
    chance.shuffle(batches)
    return batches


def _step(learning: Learning, course: Course, batch: list[int]) -> float:
    loss = course.loss(batch)
    learning.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    if course.clip is not None:
        torch.nn.utils.clip_grad_norm_(learning.parameters.parameters(), course.clip)
    learning.optimizer.step()
    learning.schedule.step()
    return float(loss.detach())


def _cut(rows: list[int], size: int) -> list[list[int]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]
