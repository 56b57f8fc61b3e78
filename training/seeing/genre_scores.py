"""Thresholds of the genre model, and how well it tells genres: per genre and over those with enough real memes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from inference.labels import GENRES
from inference.models.genre import MODEL_NAME
from training.report.evaluation import Evaluation, Goal, Score
from training.report.intervals import Places, bootstrap_score
from training.report.judgements import Reliability
from training.report.measures import f1

ENOUGH_MEMES: Final = 20
FITTED_FROM: Final = 5
DEFAULT_THRESHOLD: Final = 0.5
GRID: Final = torch.arange(0.05, 0.91, 0.01)
SMOOTHED_OVER: Final = 5
GOAL: Final = Goal(score="macro_f1", at_least=0.80)


@dataclass(frozen=True, slots=True)
class Judged:
    """Predictions (N, 8) for memes that were not learned from, what is true of them (N, 8), their folds and groups."""

    predictions: torch.Tensor
    truth: torch.Tensor
    folds: torch.Tensor
    groups: Sequence[int]

    @property
    def said(self) -> torch.Tensor:
        """Bool (N, 8): what reaches the threshold that was fitted on all other folds."""
        said = torch.zeros_like(self.truth, dtype=torch.bool)
        for fold in sorted(set(self.folds.tolist())):
            here, others = self.folds == fold, self.folds != fold
            fitted = fit_thresholds(self.predictions[others], self.truth[others])
            said[here] = self.predictions[here] >= torch.tensor([fitted[genre] for genre in GENRES])
        return said


def fit_thresholds(predictions: torch.Tensor, targets: torch.Tensor) -> dict[str, float]:
    """Per genre the threshold (0.05 .. 0.9) with the best F1, on average with its neighbours.

    0.5 where fewer than `FITTED_FROM` are positive.
    """
    found = {}
    for column, genre in enumerate(GENRES):
        truth = targets[:, column] == 1
        if int(truth.sum()) < FITTED_FROM:
            found[genre] = DEFAULT_THRESHOLD
        else:
            said = predictions[:, column, None] >= GRID
            hits, told = (said & truth[:, None]).sum(dim=0), said.sum(dim=0)
            scores = 2 * hits / (told + truth.sum()).clamp(min=1)
            smooth = torch.nn.functional.avg_pool1d(
                scores[None].float(), SMOOTHED_OVER, stride=1, padding=SMOOTHED_OVER // 2, count_include_pad=False
            )
            found[genre] = round(float(GRID[int(smooth.argmax())]), 3)
    return found


def f1_of(said: torch.Tensor, truth: torch.Tensor) -> float:
    """2 TP / (2 TP + FP + FN) of bool (N,); 0 where nothing is there and nothing was said."""
    return f1(truth.numpy(), said.numpy())


def macro_f1(said: torch.Tensor, truth: torch.Tensor, columns: Sequence[int]) -> float:
    return sum(f1_of(said[:, column], truth[:, column]) for column in columns) / max(1, len(columns))


def counted_genres(truth: torch.Tensor) -> list[int]:
    """Columns of the genres with enough memes for their score to tell something."""
    return [column for column in range(len(GENRES)) if int(truth[:, column].sum()) >= ENOUGH_MEMES]


def report_genres(judged: Judged, baselines: Mapping[str, torch.Tensor]) -> Evaluation:
    """F1 per genre and their mean with intervals; `baselines` are predictions (N, 8) for the same memes, by name."""
    beside = {name: _scores(_replaced(judged, found).said, judged) for name, found in baselines.items()}
    beside["two commonest genres"] = _scores(_two_commonest(judged.truth), judged)
    scores = _scores(judged.said, judged)
    scores |= {f"count_{genre}": Score(float(judged.truth[:, column].sum())) for column, genre in enumerate(GENRES)}
    scores["genres_counted"] = Score(float(len(counted_genres(judged.truth))))
    scores["memes"] = Score(float(len(judged.truth)))
    reliability = Reliability.measure(
        judged.predictions.flatten().numpy(), judged.truth.flatten().numpy(), "all eight genres of all memes"
    )
    scores["ece"] = Score(reliability.ece, None, len(judged.truth))
    return Evaluation(model=MODEL_NAME, scores=scores, baselines=beside, goals=(GOAL,), reliability=reliability)


def _scores(said: torch.Tensor, judged: Judged) -> dict[str, Score]:
    columns = counted_genres(judged.truth)

    def over(chosen: Sequence[int]) -> Score:
        def measure(places: Places) -> float:
            rows = torch.from_numpy(np.asarray(places))
            return macro_f1(said[rows], judged.truth[rows], chosen)

        return bootstrap_score(measure, judged.groups)

    return {"macro_f1": over(columns)} | {f"f1_{genre}": over([column]) for column, genre in enumerate(GENRES)}


def _replaced(judged: Judged, predictions: torch.Tensor) -> Judged:
    return Judged(predictions, judged.truth, judged.folds, judged.groups)


def _two_commonest(truth: torch.Tensor) -> torch.Tensor:
    """The baseline that says the two commonest genres of everything."""
    common = set(truth.sum(dim=0).topk(2).indices.tolist())
    return torch.tensor([[column in common for column in range(len(GENRES))]]).expand_as(truth)
