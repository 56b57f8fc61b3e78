"""The genre model is trained for two epochs on a handful of drawn memes; its thresholds and losses obey their rules."""

from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from inference.contract import OcrOutput
from inference.labels import GENRES
from inference.manifest import Manifest
from inference.models.backbone import MODEL_NAME as BACKBONE
from inference.models.backbone import Backbone, BackboneConfig
from inference.models.genre import GenreConfig, GenreInput, GenreModel
from tests.training.picture_sets import picture, write_photos, write_template_index
from tests.training.word_sets import write_captions, write_table
from training.datasets.genre import read_labelled_memes
from training.drawing.memes import distort, draw_macro, draw_rage_comic, draw_video_frame
from training.drawing.posts import draw_post
from training.export import Provenance, export_model
from training.options import EvaluateOptions, TrainOptions
from training.seeing.genre import evaluate, fold_of, masked_loss, train
from training.seeing.genre_examples import UNKNOWN, targets_of
from training.seeing.genre_scores import f1_of, fit_thresholds

TINY = BackboneConfig(input_side=32, stem=4, widths=(4, 8), depths=(1, 1), template_width=6)
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
    provenance = Provenance(task="backbone", version="1", command="none", data=(), scores={})
    export_model(BACKBONE, Backbone(TINY).state_dict(), asdict(TINY), provenance, folder / "weights")
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


def test_an_evaluation_scores_each_genre_and_each_kind_of_input(trained: TrainOptions) -> None:
    """Per genre, and without picture or text, all within 0..1."""
    scores = evaluate(EvaluateOptions(data=trained.data, weights=trained.out, limit=4))

    names = [f"f1_{genre}" for genre in GENRES]
    names += ["macro_f1", "macro_f1_text_only", "macro_f1_picture_only", "macro_f1_two_commonest"]
    assert all(0.0 <= scores[name] <= 1.0 for name in names)


def test_near_duplicates_share_a_fold(data: Path) -> None:
    """A copy of a test picture is never trained on: the fold follows the group."""
    config = GenreConfig()
    memes = read_labelled_memes(data).items

    folds = {meme.group: fold_of(meme, config) for meme in memes}

    assert all(fold_of(meme, config) == folds[meme.group] for meme in memes)
    assert all(0 <= fold <= config.members for fold in folds.values())
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


@pytest.mark.parametrize("seed", range(6))
def test_drawn_text_is_remembered_inside_the_picture(seed: int) -> None:
    """Every kind of drawn meme knows its lines and their boxes, within the picture."""
    rng = random.Random(seed)
    sheets = [
        draw_rage_comic([picture(1), picture(2)], TEXTS, rng),
        draw_post(TEXTS, picture(3), rng),
        draw_video_frame(picture(4), TEXTS, rng),
        draw_macro(picture(5), TEXTS[:2], rng),
        distort(draw_macro(picture(6), TEXTS[:2], rng), rng),
    ]

    boxes = [line.box for sheet in sheets for line in sheet.to_ocr().lines]

    assert sheets[1].to_ocr().lines
    assert all(0 <= box.x <= 1 and 0 <= box.y <= 1 and box.x + box.w <= 1.001 for box in boxes)
    assert all(sheet.picture.mode == "RGB" for sheet in sheets)
