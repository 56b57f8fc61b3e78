"""The trainings of the word models from data to shipped weights, a few steps each, on made-up sets."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from inference.manifest import Manifest
from inference.models.captioner import Captioner, Condition
from inference.models.chooser import TemplateChooser
from inference.models.flag import FlagInput, FlagModel
from tests.training.word_sets import TEMPLATES, write_captions, write_emotions, write_offence
from training.options import EvaluateOptions, TrainOptions
from training.words import captioner, chooser, flag
from training.words.caption_scores import distinct
from training.words.char_ngram import CharNgram
from training.words.flag_data import Targets, read_flag_split
from training.words.flag_scores import expected_calibration_error, macro_f1


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    folder = tmp_path_factory.mktemp("words")
    data = folder / "data"
    write_captions(data)
    write_offence(data)
    write_emotions(data)
    options = TrainOptions(data=data, out=folder / "weights", runs=folder / "runs", quick=True)
    flag.train(options)
    chooser.train(options)
    captioner.train(options)
    return options


def test_a_trained_flag_model_judges(trained: TrainOptions) -> None:
    """Training ends in weights that load and answer."""
    model = FlagModel.load(Manifest.read(trained.out))
    assert 0.0 < model.judge([FlagInput("what a nasty person")])[0].score < 1.0


def test_flag_evaluation_stands_beside_its_baselines(trained: TrainOptions) -> None:
    """Every score has a majority and a linear model next to it."""
    scores = flag.evaluate(EvaluateOptions(data=trained.data, weights=trained.out, limit=10))
    for name in ("multioff", "harmeme", "beep"):
        assert {f"{name}_macro_f1", f"{name}_majority_macro_f1", f"{name}_tfidf_macro_f1"} <= set(scores)
    assert all(math.isfinite(value) for value in scores.values())


def test_held_out_texts_are_never_learned(trained: TrainOptions) -> None:
    """No text of a held-out part is in the training or calibration part."""
    split = read_flag_split(trained.data)
    held_out = {item.text for items in split.held_out.values() for item in items}
    assert held_out
    assert not held_out & {item.text for item in (*split.train, *split.dev)}


def test_unknown_categories_are_not_counted_as_no(trained: TrainOptions) -> None:
    """A category that nobody labelled is left out of the loss."""
    items = [item for item in read_flag_split(trained.data).train if item.source == "davidson"]
    targets = Targets.of(items)
    assert targets.known.shape == targets.categories.shape
    assert 0.0 < float(targets.known.mean()) < 1.0


def test_a_trained_chooser_knows_the_templates(trained: TrainOptions) -> None:
    """The names that come out are those of the captions."""
    model = TemplateChooser.load(Manifest.read(trained.out))
    assert set(model.rank("waiting for the weekend")) == set(TEMPLATES)
    scores = chooser.evaluate(EvaluateOptions(data=trained.data, weights=trained.out))
    assert scores["chance"] == pytest.approx(1 / len(TEMPLATES))
    assert 0.0 <= scores["words_top1"] <= scores["words_top5"] <= 1.0


def test_a_trained_captioner_writes(trained: TrainOptions) -> None:
    """Training ends in weights and a tokenizer that load and write."""
    model = Captioner.load(Manifest.read(trained.out))
    assert len(model.write(Condition(boxes=2), n=1, seed=0)[0].lines) == 2


def test_captioner_evaluation_stands_beside_the_ngram(trained: TrainOptions) -> None:
    """Bits per character of both models on the same captions."""
    scores = captioner.evaluate(EvaluateOptions(data=trained.data, weights=trained.out, limit=5))
    assert scores["new_templates_bits_per_char"] > 0
    assert scores["new_templates_6gram_bits_per_char"] > 0
    assert 0.0 <= scores["keyword_use"] <= 1.0


def test_every_weights_file_says_how_it_came_to_be(trained: TrainOptions) -> None:
    """The manifest names command, data and measured scores."""
    entries = Manifest.read(trained.out).entries
    assert set(entries) == {"flag", "chooser", "captioner", "caption-tokens"}
    for entry in entries.values():
        assert entry.command.startswith("memesmith train")
        assert entry.data
    assert entries["captioner"].scores


def test_the_ngram_knows_what_it_has_read() -> None:
    """Known text costs few bits, unknown text many, and no text is impossible."""
    model = CharNgram(["hello world", "hello there"] * 5)
    known, strange, foreign = (model.bits_per_char([text]) for text in ("hello world", "qzxvkj", "안녕"))
    assert 0 < known < 0.5 < strange
    assert math.isfinite(foreign)


def test_the_ngrams_probabilities_sum_to_one() -> None:
    """Over all one-character texts, those of one end included, probability is neither lost nor made."""
    chance = random.Random(0)
    model = CharNgram(["".join(chance.choices("abc", k=4)) for _ in range(30)], order=2)
    signs = [chr(code) for code in range(1, 128)]
    first = [2 ** -(model.bits_per_char([sign])) for sign in signs]
    assert sum(first) <= 1.0 + 1e-9


def test_calibration_error_is_zero_for_honest_probabilities() -> None:
    """Half of what is called 0.5 is offensive; calling it 0.9 is off by 0.4."""
    wanted = np.array([0.0, 1.0] * 20)
    assert expected_calibration_error(wanted, np.full(40, 0.5)) == pytest.approx(0.0)
    assert expected_calibration_error(wanted, np.full(40, 0.9)) == pytest.approx(0.4)


def test_macro_f1_counts_both_classes() -> None:
    """Calling everything calm is worth half of a calm majority's F1."""
    assert macro_f1(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(4)) == pytest.approx((6 / 7) / 2)


def test_distinct_counts_repeated_groups_once() -> None:
    """Two equal texts are half as varied as one."""
    assert distinct(["a b c"], 2) == 1.0
    assert distinct(["a b c", "a b c"], 2) == 0.5
