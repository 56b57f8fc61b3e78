"""What every training and every evaluation is told; one shape for all tasks, so that one command line serves them.

A task is a module below `training` with `train(options: TrainOptions) -> Scores` and
`evaluate(options: EvaluateOptions) -> Evaluated`; `training.cli` knows them by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inference.manifest import WEIGHTS_DIR
from training.report.evaluation import Evaluation

Scores = Mapping[str, float]
# One model's evaluation, several models' where a task makes several, or bare numbers of the task's one model.
Evaluated = Evaluation | tuple[Evaluation, ...] | Scores


class NetKind(StrEnum):
    """The networks that can be a captioner."""

    TRANSFORMER = "transformer"
    LSTM = "lstm"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """`data` is laid out as `docs/data.md` says; `out` receives the weights; `runs` holds checkpoints and logs.

    `quick` trains a few steps on a few items: the same path, for a test. A run resumes from the checkpoint in `runs`.
    The last three are the captioner's: its kind of network, the weights folder it goes on from instead of from
    nothing, and a number of steps other than the recipe's.
    """

    data: Path
    out: Path = WEIGHTS_DIR
    runs: Path = Path("runs")
    seed: int = 0
    device: str = "cpu"
    quick: bool = False
    net: NetKind = NetKind.TRANSFORMER
    start_from: Path | None = None
    steps: int | None = None

    @property
    def chooses_captioner(self) -> bool:
        """Whether anything is asked that only the captioner's training can do."""
        return self.net is not NetKind.TRANSFORMER or self.start_from is not None or self.steps is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateOptions:
    """`weights` is the folder whose models are measured on the held-out part of `data`; `limit` caps the items."""

    data: Path
    weights: Path = WEIGHTS_DIR
    seed: int = 0
    device: str = "cpu"
    limit: int | None = None
