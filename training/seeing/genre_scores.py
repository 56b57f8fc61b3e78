"""Thresholds and scores of the genre model: per genre and over those with enough real examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import torch
from sklearn.metrics import f1_score

from inference.labels import GENRES
from inference.models.genre import GenreInput, GenreModel

ENOUGH_EXAMPLES: Final = 5
DEFAULT_THRESHOLD: Final = 0.5


def fit_thresholds(predictions: torch.Tensor, targets: torch.Tensor) -> dict[str, float]:
    """Per genre the threshold (0.05 .. 0.9) with the best F1; 0.5 where fewer than `ENOUGH_EXAMPLES` are positive."""
    grid = [step / 50 for step in range(3, 46)]
    found = {}
    for column, genre in enumerate(GENRES):
        truth = targets[:, column] == 1
        if int(truth.sum()) < ENOUGH_EXAMPLES:
            found[genre] = DEFAULT_THRESHOLD
        else:
            found[genre] = max(grid, key=lambda limit: f1_of(predictions[:, column] >= limit, truth))
    return found


def f1_of(said: torch.Tensor, truth: torch.Tensor) -> float:
    """2 TP / (2 TP + FP + FN) of bool (N,); 0 where nothing is there and nothing was said."""
    return float(f1_score(truth.numpy(), said.numpy(), zero_division=0.0))


def score_genres(model: GenreModel, inputs: Sequence[GenreInput], targets: torch.Tensor) -> dict[str, float]:
    """F1 and count per genre; macro-F1 over genres with enough test examples, also without picture or text."""
    truth = targets == 1
    scores = {f"f1_{genre}": value for genre, value in _per_genre(model, inputs, truth).items()}
    scores |= {f"count_{genre}": float(truth[:, column].sum()) for column, genre in enumerate(GENRES)}
    counted = [genre for genre in GENRES if scores[f"count_{genre}"] >= ENOUGH_EXAMPLES]
    scores["macro_f1"] = _mean(_per_genre(model, inputs, truth), counted)
    without_picture = [replace(one, features=None) for one in inputs]
    without_text = [replace(one, ocr=None) for one in inputs]
    scores["macro_f1_text_only"] = _mean(_per_genre(model, without_picture, truth), counted)
    scores["macro_f1_picture_only"] = _mean(_per_genre(model, without_text, truth), counted)
    scores["macro_f1_two_commonest"] = _mean(_majority(truth), counted)
    scores["genres_counted"], scores["memes"] = float(len(counted)), float(len(inputs))
    return scores


def _per_genre(model: GenreModel, inputs: Sequence[GenreInput], truth: torch.Tensor) -> dict[str, float]:
    limits = torch.tensor([model.thresholds[genre] for genre in GENRES])
    said = model.probabilities(inputs) >= limits
    return {genre: f1_of(said[:, column], truth[:, column]) for column, genre in enumerate(GENRES)}


def _majority(truth: torch.Tensor) -> dict[str, float]:
    """The baseline that says the two commonest genres of everything."""
    common = set(truth.sum(dim=0).topk(2).indices.tolist())
    said = torch.tensor([[column in common for column in range(len(GENRES))]]).expand_as(truth)
    return {genre: f1_of(said[:, column], truth[:, column]) for column, genre in enumerate(GENRES)}


def _mean(values: Mapping[str, float], names: Sequence[str]) -> float:
    return sum(values[name] for name in names) / max(1, len(names))
