"""The trainings of the word models from data to shipped weights, a few steps each, on made-up sets."""

from __future__ import annotations

import math
import random

import pytest

from inference.manifest import Manifest
from inference.models.captioner import Captioner, Condition
from inference.models.chooser import TemplateChooser
from inference.models.flag import FlagInput, FlagModel
from tests.training.word_sets import TEMPLATES, write_captions, write_emotions, write_offence
from training.options import EvaluateOptions, TrainOptions
from training.report.evaluation import Evaluation
from training.words import captioner, chooser, flag
from training.words.caption_samples import distinct
from training.words.char_ngram import CharNgram
from training.words.flag_data import read_flag_split
from training.words.flag_loss import Targets


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


@pytest.fixture(scope="module")
def flag_evaluation(trained: TrainOptions) -> Evaluation:
    return flag.evaluate(EvaluateOptions(data=trained.data, weights=trained.out))


def test_flag_evaluation_stands_beside_its_baselines(flag_evaluation: Evaluation) -> None:
    """Every score has a majority and a linear model next to it."""
    found = flag_evaluation
    assert {"majority", "flag everything", "TF-IDF + LR"} <= set(found.baselines)
    for name in ("multioff", "harmeme", "beep", "memes"):
        assert all(f"{name}_macro_f1" in scores for scores in (found.scores, *found.baselines.values()))
        low, high = found.intervals[f"{name}_macro_f1"]
        assert 0.0 <= low <= found.values[f"{name}_macro_f1"] <= high <= 1.0
    assert all(math.isfinite(value) for value in found.values.values())


def test_flag_evaluation_shows_every_held_out_meme(flag_evaluation: Evaluation) -> None:
    """In the confusion matrix and in the reliability diagram; what nobody can measure here stays a goal."""
    found = flag_evaluation
    memes = found.scores["memes_macro_f1"].items
    assert found.confusion is not None
    assert found.reliability is not None
    assert sum(map(sum, found.confusion.counts)) == memes
    assert sum(each.items for each in found.reliability.bins) == memes
    assert found.goal_lines()["hatecheck_accuracy"] == "at least 0.75: not measured"


def test_flagging_everything_finds_all_and_says_little(flag_evaluation: Evaluation) -> None:
    """Its F1 of offensive is that of the share of offensive memes, its precision at 2 % is 2 %."""
    found = flag_evaluation.baselines["flag everything"]
    assert found["memes_offensive_f1"].value == pytest.approx(2 / 3)
    assert found["memes_precision_at_2_percent"].value == pytest.approx(0.02)
    assert found["captions_flagged_share"].value == 1.0


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


def test_chooser_evaluation_stands_beside_its_baselines(trained: TrainOptions) -> None:
    """Guessing and naive Bayes on the same captions; five guesses are enough for three templates."""
    found = chooser.evaluate(EvaluateOptions(data=trained.data, weights=trained.out))
    assert found.baselines["chance, or one template always"]["words_top1"].value == pytest.approx(1 / len(TEMPLATES))
    assert set(found.baselines["naive Bayes"]) == set(found.scores)
    assert found.values["caption_top5"] == found.baselines["naive Bayes"]["caption_top5"].value == 1.0
    low, high = found.intervals["words_top1"]
    assert 0.0 <= low <= found.values["words_top1"] <= high <= 1.0
    assert found.reliability is not None
    assert sum(each.items for each in found.reliability.bins) == found.scores["words_top1"].items


def test_a_trained_captioner_writes(trained: TrainOptions) -> None:
    """Training ends in weights and a tokenizer that load and write."""
    model = Captioner.load(Manifest.read(trained.out))
    assert len(model.write(Condition(boxes=2), n=1, seed=0)[0].lines) == 2


def test_captioner_evaluation_stands_beside_its_baselines(trained: TrainOptions) -> None:
    """A character 6-gram predicts the same captions; what people wrote uses the words and is all known."""
    found = captioner.evaluate(EvaluateOptions(data=trained.data, weights=trained.out, limit=5))
    ngram, people = found.baselines.values()
    assert set(ngram) <= set(found.scores)
    assert all(score.value > 0 for score in ngram.values())
    assert people["keyword_use"].value == people["verbatim_share"].value == 1.0
    assert set(people) <= set(found.scores)
    for name in ("held_out_bits_per_char", "keyword_use", "seconds_per_8"):
        low, high = found.intervals[name]
        assert 0.0 <= low <= found.values[name] <= high
    assert set(found.goal_lines()) <= set(found.scores)


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


def test_distinct_counts_repeated_groups_once() -> None:
    """Two equal texts are half as varied as one."""
    assert distinct(["a b c"], 2) == 1.0
    assert distinct(["a b c", "a b c"], 2) == 0.5
