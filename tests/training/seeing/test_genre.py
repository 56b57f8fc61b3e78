"""The genre model is trained for two epochs on a handful of drawn memes; its thresholds and losses obey their rules."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from torch import nn

from inference.contract import OcrOutput
from inference.labels import GENRES
from inference.manifest import Manifest
from inference.models.genre import GenreConfig, GenreInput, GenreModel
from tests.inference.models.tiny_backbone import write_tiny_backbone
from tests.training.picture_sets import picture, write_photos, write_template_index
from tests.training.word_sets import write_captions, write_table
from training.datasets.genre import read_labelled_memes
from training.drawing.memes import draw_macro
from training.drawing.posts import draw_post
from training.options import EvaluateOptions, TrainOptions
from training.seeing.genre import PART_BASELINES, evaluate, fold_of, train
from training.seeing.genre_drawn import drawn_examples
from training.seeing.genre_examples import UNKNOWN, Example, targets_of
from training.seeing.genre_learner import (
    Lesson,
    Prepared,
    fit_member,
    left_out_predictions,
    masked_loss,
    with_second_readings,
)
from training.seeing.genre_scores import Judged, f1_of, fit_thresholds, report_genres

TEXTS = ["when the rain comes", "and you are out", "nobody told me", "so I stayed"]


def write_memes(data: Path, count: int) -> None:
    folder = data / "offence" / "harmeme_images"
    folder.mkdir(parents=True)
    rng = random.Random(0)
    rows: list[tuple[object, ...]] = []
    for number in range(count):
        genre = ("image_macro", "text_post")[number % 2]
        base = picture(number, 96)
        sheet = draw_post(TEXTS, base, rng) if number % 2 else draw_macro(base, TEXTS[:2], rng)
        sheet.picture.save(folder / f"{number}.png")
        rows.append((f"offence/harmeme_images/{number}.png", genre, "political" if number % 5 == 0 else "", "3"))
    write_table(data / "genre/labels.csv", ("path", "primary", "secondary", "confidence"), rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labelled memes and what drawn examples are made from."""
    folder = tmp_path_factory.mktemp("data")
    write_memes(folder, 24)
    for name in ("genre/ragefaces", "genre/video_thumbnails", "negatives"):
        write_photos(folder / name, 3, first_seed=100)
    write_template_index(folder, [("memegen", "Some-Dog", picture(200))])
    write_captions(folder, 500)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    """A quick training of the genre model over a tiny random backbone."""
    folder = tmp_path_factory.mktemp("trained")
    write_tiny_backbone(folder / "weights")
    options = TrainOptions(data=data, out=folder / "weights", runs=folder / "runs", quick=True)
    train(options)
    return options


def test_a_quick_training_exports_a_model_that_answers(trained: TrainOptions) -> None:
    """The genre model is written, listed with its scores, loaded, and scores a text."""
    manifest = Manifest.read(trained.out)

    (output,) = GenreModel.load(manifest).predict([GenreInput(None, OcrOutput("so I stayed", ()), 1, 1)])

    assert tuple(output.scores) == GENRES
    assert 0.0 <= manifest.entry("genre").scores["macro_f1"] <= 1.0


def test_text_is_read_once_and_kept(trained: TrainOptions) -> None:
    """A second training finds every picture's text in the runs folder."""
    cache = trained.runs / "genre" / "ocr.jsonl"
    before = cache.read_text(encoding="utf-8")

    train(trained)

    assert len(before.splitlines()) == 24
    assert cache.read_text(encoding="utf-8") == before


def test_an_evaluation_stands_beside_its_baselines(trained: TrainOptions) -> None:
    """Per genre and in all, with the goal, for the model and for each simpler way."""
    evaluation = evaluate(EvaluateOptions(data=trained.data, weights=trained.out, limit=8))

    assert set(evaluation.baselines) == {*PART_BASELINES, "logistic regression", "two commonest genres"}
    for scores in (evaluation.scores, *evaluation.baselines.values()):
        assert all(0.0 <= scores[name].value <= 1.0 for name in ("macro_f1", *(f"f1_{genre}" for genre in GENRES)))
    assert [goal.score for goal in evaluation.goals] == ["macro_f1"]
    assert evaluation.scores["memes"].value == 8


def test_a_training_records_its_intervals(trained: TrainOptions) -> None:
    """The manifest tells how sure the scores are."""
    entry = Manifest.read(trained.out).entry("genre")

    low, high = entry.intervals["f1_image_macro"]
    assert low <= entry.scores["f1_image_macro"] <= high


def test_near_duplicates_share_a_fold(data: Path) -> None:
    """A copy of a test picture is never trained on: the fold follows the group."""
    config = GenreConfig()
    memes = read_labelled_memes(data).items

    folds = {meme.group: fold_of(meme, config) for meme in memes}

    assert all(fold_of(meme, config) == folds[meme.group] for meme in memes)
    assert all(0 <= fold < config.members for fold in folds.values())
    assert len(set(folds.values())) > 2


def test_unknown_targets_carry_no_loss() -> None:
    """A genre that is unknown for an example may be scored any way."""
    targets = targets_of(["rage_comic"], ["political"])[None]
    logits = torch.zeros(1, 8)
    other = logits.clone()
    other[0, GENRES.index("political")] = 9.0

    assert targets[0, GENRES.index("political")] == UNKNOWN
    assert torch.equal(masked_loss(logits, targets, torch.ones(1)), masked_loss(other, targets, torch.ones(1)))


def test_a_threshold_separates_what_can_be_separated() -> None:
    """Where scores of positives lie above those of negatives, the fitted threshold lies between."""
    targets = torch.zeros(20, 8)
    targets[:8, 0] = 1
    predictions = torch.full((20, 8), 0.1)
    predictions[:8, 0] = 0.4

    thresholds = fit_thresholds(predictions, targets)

    assert 0.1 < thresholds["rage_comic"] <= 0.4
    assert thresholds["political"] == 0.5


@pytest.mark.parametrize(
    ("said", "truth", "score"),
    [
        pytest.param([1, 1, 0], [1, 1, 0], 1.0, id="all right"),
        pytest.param([1, 0, 0], [1, 1, 0], 2 / 3, id="one missed"),
        pytest.param([0, 0, 0], [0, 0, 0], 0.0, id="nothing there, nothing said"),
    ],
)
def test_f1_counts_hits_misses_and_false_alarms(said: list[int], truth: list[int], score: float) -> None:
    """2 TP / (2 TP + FP + FN)."""
    assert f1_of(torch.tensor(said) == 1, torch.tensor(truth) == 1) == pytest.approx(score)


def judged(predictions: torch.Tensor, truth: torch.Tensor) -> Judged:
    count = len(truth)
    return Judged(predictions, truth, torch.arange(count) % 2, range(count))


def test_a_score_uses_thresholds_of_the_other_folds() -> None:
    """What separates one fold alone does not help to judge that fold."""
    truth = torch.zeros(40, 8, dtype=torch.bool)
    truth[:20, 1] = True
    predictions = torch.full((40, 8), 0.01)
    predictions[:20, 1] = 0.6
    predictions[20:, 1] = torch.tensor([0.3, 0.2] * 10)

    told = judged(predictions, truth)

    # The other fold sees nothing above 0.2 that is false, so this one's ten at 0.3 are told wrongly.
    assert f1_of(told.said[:, 1], truth[:, 1]) == pytest.approx(2 * 20 / (20 + 30))
    assert not told.said[:, 0].any()


def test_only_genres_with_enough_memes_are_averaged() -> None:
    """Two genres of twenty memes are counted; one of three is told and not counted."""
    truth = torch.zeros(60, 8, dtype=torch.bool)
    truth[:20, 1], truth[20:40, 2], truth[40:43, 0] = True, True, True
    report = report_genres(judged(truth.float() * 0.9, truth), {"nothing": torch.zeros(60, 8)})

    assert report.scores["genres_counted"].value == 2
    assert report.scores["macro_f1"].value == 1.0
    assert report.baselines["nothing"]["macro_f1"].value == 0.0
    assert report.goal_lines() == {"macro_f1": "at least 0.8: reached"}


def prepared(count: int) -> Prepared:
    """Rows whose first feature tells the first genre; all else is noise."""
    generator = torch.Generator().manual_seed(1)
    rows = torch.randn(count, 4, generator=generator)
    targets = torch.zeros(count, 8)
    targets[:, 0] = (rows[:, 0] > 0).float()
    inputs = [GenreInput(row, OcrOutput("same words", ()), 1, 1) for row in rows]
    return Prepared(inputs, targets, torch.ones(count), torch.arange(count))


def test_a_member_learns_what_can_be_learned() -> None:
    """Asked about rows that it never saw, it knows the genre which a feature tells."""
    config = GenreConfig(feature_width=4, buckets=32, hidden=16, members=2)
    rows = Lesson.of(prepared(400), config)
    folds = torch.arange(400) % 2

    members = nn.ModuleList(fit_member(rows, folds != number, config, number, 150) for number in range(2))
    predictions = left_out_predictions(members, rows, folds)

    assert f1_of(predictions[:, 0] > 0.5, rows.targets[:, 0] == 1) > 0.85
    blind = left_out_predictions(members, rows, folds, ("words",))
    assert [len({round(value, 4) for value in blind[folds == fold, 0].tolist()}) for fold in (0, 1)] == [1, 1]


def test_a_second_reading_takes_the_words_of_the_table() -> None:
    """Only memes that a table has are read twice, the second time for half the weight, as the same meme."""
    rows = prepared(3)
    written = [None, "as the table has it", None]
    examples = [Example(None, OcrOutput("x", ()), rows.targets[0], 1.0, text) for text in written]

    both = with_second_readings(rows, examples)

    assert [one.ocr.text for one in both.inputs if one.ocr] == ["same words"] * 3 + ["as the table has it"]
    assert both.weights.tolist() == [1.0, 1.0, 1.0, 0.5]
    assert both.memes.tolist() == [0, 1, 2, 1]


def test_every_genre_is_drawn(data: Path) -> None:
    """A few of each kind show all eight genres, and the same seed draws the same."""
    examples = list(drawn_examples(data, 0, 3))
    again = list(drawn_examples(data, 0, 3))

    assert all(any(float(one.targets[column]) == 1.0 for one in examples) for column in range(8))
    assert [one.ocr for one in examples] == [one.ocr for one in again]
