"""One phase of teaching an expression network: a diet, a picture size, a learning rate that rises and falls.

A network first learns from all faces as they come (`COMMON`); the members then part from it. One goes on with the faces
as they come (`NATURAL`, `LONGER`); the others (`DIETS`) answer to rare expressions, each in its own way: more views of
rare ones, fewer of common ones, or heavier losses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import nn
from torch.nn import functional

from inference.models.expression import FACE_SIDE, ExpressionConfig, ExpressionNet, normalise_faces
from training.datasets.expression import Faces
from training.run import Run, progress_bar
from training.seeing.face_views import Wobble, wobble_faces

BATCH: Final = 96
DECAY: Final = 0.05
WARM_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """`more` 0 shows faces as they come, 1 every expression equally often; `loss` weighs the loss likewise.

    `most` caps how often an expression is shown in an epoch, in shares of all faces (undersampling). The learning
    rate rises to `peak` and falls along half a cosine to `last`; `side` is in pixels.
    """

    name: str
    epochs: int
    side: int = FACE_SIDE
    peak: float = 1.2e-3
    last: float = 0.0
    more: float = 0.0
    loss: float = 0.0
    most: float = 1.0
    wobble: Wobble = field(default_factory=Wobble)

    def rate(self, share: float) -> float:
        """The learning rate after `share` (0..1) of the phase."""
        if share < WARM_SHARE:
            return self.peak * (0.1 + 0.9 * share / WARM_SHARE)
        fallen = (share - WARM_SHARE) / (1 - WARM_SHARE)
        return self.last + (self.peak - self.last) * 0.5 * (1 + math.cos(math.pi * fallen))


COMMON: Final = Phase(name="common", epochs=8, side=36, peak=3e-3, last=6e-4)
NATURAL: Final = Phase(name="natural", epochs=3)
LONGER: Final = Phase(name="longer", epochs=4, peak=2e-3)
DIETS: Final = (
    Phase(name="oversampled", epochs=2, more=0.5, wobble=Wobble(turn=0.3, zoom=0.18, shift=0.1, cover=0.5)),
    Phase(name="undersampled", epochs=2, most=0.12),
    Phase(name="weighted", epochs=2, loss=0.4, wobble=Wobble(turn=0.12, zoom=0.1, shift=0.06, cover=0.15)),
)


class FaceLesson:
    """A network going through one phase; `run` keeps its state after every epoch."""

    def __init__(self, net: ExpressionNet, phase: Phase, faces: Faces, run: Run, seed: int) -> None:
        self.net = net
        net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.phase = phase
        self.run = run
        self._seed = seed
        self._pixels, self._targets = torch.from_numpy(faces.pixels), torch.from_numpy(faces.targets)
        self._shown, self._weights = plan_diet(phase, self._targets)
        self._optimizer = torch.optim.AdamW(net.parameters(), lr=phase.peak, weight_decay=DECAY)
        self._epoch = self._resume()

    def learn(self) -> ExpressionNet:
        """The network after the phase; a finished phase is only read."""
        with progress_bar(f"expression, {self.phase.name}", self.phase.epochs, self._epoch) as advance:
            while self._epoch < self.phase.epochs:
                loss = self._learn_epoch()
                self._epoch += 1
                self.run.log(self._epoch, loss=loss)
                self.run.save(self._state())
                advance(f"loss {loss:.3f}")
        self.run.close()
        self.net.eval()
        return self.net

    def _learn_epoch(self) -> float:
        """Mean loss of one pass."""
        generator = torch.Generator().manual_seed(self._seed * 1009 + self._epoch)
        order = draw_epoch(self._shown, generator)
        batches = order.split(BATCH)  # type: ignore[no-untyped-call]
        self.net.train()
        total = 0.0
        for number, places in enumerate(batches):
            share = (self._epoch + number / len(batches)) / self.phase.epochs
            total += self._step(places, self.phase.rate(share), generator)
        return total / len(batches)

    def _step(self, places: torch.Tensor, rate: float, generator: torch.Generator) -> float:
        views = wobble_faces(normalise_faces(self._pixels[places]), self.phase.wobble, generator)
        if self.phase.side != FACE_SIDE:
            views = functional.interpolate(views, size=self.phase.side, mode="area")
        wanted = self._targets[places]
        scale = wanted @ self._weights
        loss = (functional.cross_entropy(self.net(views), wanted, reduction="none") * scale).sum() / scale.sum()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
        self._optimizer.step()
        return loss.item()

    def _state(self) -> dict[str, Any]:
        return {"net": self.net.state_dict(), "optimizer": self._optimizer.state_dict(), "epoch": self._epoch}

    def _resume(self) -> int:
        state = self.run.resume()
        if state is None:
            return 0
        self.net.load_state_dict(state["net"])
        self._optimizer.load_state_dict(state["optimizer"])
        return int(state["epoch"])


def new_net(config: ExpressionConfig) -> ExpressionNet:
    return ExpressionNet(config, dropout=0.3)


def plan_diet(phase: Phase, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """How often each face is expected in an epoch (N,), and how much each expression weighs in the loss (8,)."""
    frequency = targets.mean(dim=0).clamp_min(1e-4)
    wish = frequency.pow(-phase.more)
    shown = targets @ (wish / (frequency * wish).sum())
    shown = shown * (targets @ (phase.most / frequency).clamp_max(1.0))
    weights = frequency.pow(-phase.loss)
    return shown, weights / weights.mean()


def draw_epoch(shown: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Places of an epoch in random order: each face as often as `shown` says, fractions by chance."""
    times = (shown + torch.rand(len(shown), generator=generator)).floor().long()
    places = torch.arange(len(shown)).repeat_interleave(times)
    return places[torch.randperm(len(places), generator=generator)]
