"""Trains everything that is learned from pictures alone: the backbone, the words for objects, the index of templates.

    memesmith train backbone --data DIR

The three belong together: words and index read the numbers of this one backbone. A stopped training goes on from the
checkpoint in `runs/backbone`; to start anew, remove that folder.
"""

from __future__ import annotations

from training.options import EvaluateOptions, Scores, TrainOptions
from training.seeing.index import build_index, evaluate_index
from training.seeing.objects import evaluate_words, train_words
from training.seeing.vision_learner import train_network


def train(options: TrainOptions) -> Scores:
    """Exports `backbone`, `objects` and `template_index`, in this order, and returns the scores of all three."""
    return {**train_network(options), **train_words(options), **build_index(options)}


def evaluate(options: EvaluateOptions) -> Scores:
    """Words and template recognition of the shipped weights, on pictures that their training did not use."""
    return {**evaluate_words(options), **evaluate_index(options)}
