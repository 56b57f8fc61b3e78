"""The ranker of captions learns from votes what people like, and says it of templates that it has not seen."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.manifest import Manifest
from inference.models.caption_ranker import CaptionRanker
from inference.models.caption_ranking import Likelihoods, by_hand, thinness, with_ranker
from inference.models.captioner import Captioner, Condition
from tests.training.word_sets import TEMPLATES, write_emotions, write_offence, write_table
from training.datasets.captions import Caption
from training.options import EvaluateOptions, TrainOptions
from training.words import captioner, flag, ranker
from training.words.ranker_data import Pairs, draw_pairs
from training.words.ranker_scores import right_first

LIKED = "coffee"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    """Whatever has coffee in it gets all the votes."""
    folder = tmp_path_factory.mktemp("ranker")
    chance = random.Random(0)
    rows: list[tuple[object, ...]] = []
    for at in range(1600):
        word = chance.choice((LIKED, "homework", "monday", "pizza"))
        boxes = [f"when the {word}", f"is over again {at}"]
        rows.append((TEMPLATES[at % 3], 90 if word == LIKED else chance.randint(0, 5), 100, json.dumps(boxes)))
    write_table(folder / "data/captions/imgflip575k.csv.gz", ("template", "votes", "views", "boxes_json"), rows)
    write_offence(folder / "data")
    write_emotions(folder / "data")
    options = TrainOptions(data=folder / "data", out=folder / "weights", runs=folder / "runs", quick=True)
    flag.train(options)
    captioner.train(replace(options, steps=20))
    ranker.train(options)
    return options


def test_a_ranker_learns_what_is_liked(trained: TrainOptions) -> None:
    """On a template that nobody has learned from, it is right far more often than a coin, which stands beside it."""
    found = ranker.evaluate(EvaluateOptions(data=trained.data, weights=trained.out))
    assert found.values["pairs_right"] > 0.8
    assert found.baselines["coin"]["pairs_right"].value == 0.5
    assert set(found.baselines) == {"hand-made sum", "likelihood alone", "longer first", "coin"}
    assert found.goal_lines()["gain_over_hand"].startswith("at least 0")


def test_the_captioner_takes_the_ranker_along(trained: TrainOptions, tmp_path: Path) -> None:
    """Weights that hold one rank drafts by it, weights without still write."""
    with_votes = Captioner.load(Manifest.read(trained.out))
    for path in trained.out.iterdir():
        if not path.name.startswith("caption_ranker"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    manifest = Manifest.read(tmp_path)
    kept = {name: entry for name, entry in manifest.entries.items() if name != "caption_ranker"}
    by_sum = Captioner.load(replace(manifest, entries=kept))
    scores = [[draft.score for draft in one.write(Condition(), 4, seed=1)] for one in (with_votes, by_sum)]
    assert scores[0] != scores[1]
    assert all(sorted(each, reverse=True) == each for each in scores)


def test_a_ranker_is_small_and_loads_as_it_was(trained: TrainOptions) -> None:
    """Its file stays below 0.6 MB."""
    loaded = CaptionRanker.load(Manifest.read(trained.out))
    assert (trained.out / "caption_ranker.safetensors").stat().st_size < 600_000
    likelihoods = Likelihoods(*(torch.zeros(2) for _ in range(4)))
    liked, other = loaded.rank(likelihoods, [("when the coffee", "is over"), ("when the monday", "is over")]).tolist()
    assert liked > other


def test_pairs_are_of_one_template_and_differ_clearly() -> None:
    """Captions of different templates are never compared, nor such that are liked alike."""
    captions = [Caption("A" if at % 2 else "B", (f"caption {at}",), at / 4) for at in range(12)]
    pairs = draw_pairs(captions, seed=0, margin=1.0)
    assert len(pairs)
    for better, worse in zip(pairs.better, pairs.worse, strict=True):
        assert captions[better].template == captions[worse].template
        assert captions[better].appeal >= captions[worse].appeal + 1.0


def test_ties_are_half_right() -> None:
    """A ranker that tells nothing apart is a coin."""
    pairs = Pairs(np.array([0, 1, 2]), np.array([1, 2, 0]))
    assert right_first(np.array([3.0, 2.0, 2.0]), pairs).tolist() == [1.0, 0.5, 0.0]


def test_votes_do_not_make_sense_of_nonsense() -> None:
    """Where votes are equal, the likelier caption is first, with a ranker as without; thin ones lose."""
    likelihoods = Likelihoods(*(torch.tensor([-2.0, -6.0]) for _ in range(4)))
    full = ("when the alarm rings at six", "and it is a sunday")
    for ranks in (by_hand(likelihoods, [full, full]), with_ranker(likelihoods, [full, full], torch.zeros(2))):
        assert ranks[0] > ranks[1]
    assert thinness(("a dog", "")) > thinness(full) == 0.0
