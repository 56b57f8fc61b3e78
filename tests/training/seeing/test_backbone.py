"""The picture models are trained for a few steps on a tiny data folder, exported, loaded and used."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.objects import ObjectNamer
from inference.models.template_index import TemplateIndex
from tests.training.picture_sets import picture, write_photos, write_template_index
from tests.training.word_sets import write_captions
from training.drawing.augment import TEMPLATE_JITTER, disguise, jitter_batch
from training.options import EvaluateOptions, TrainOptions
from training.seeing.backbone import evaluate, train
from training.seeing.index import choose_threshold
from training.seeing.objects import fit_head, fit_temperature
from training.seeing.template_head import pair_loss

CLASSES = ("Egyptian cat", "Labrador retriever", "pizza, pizza pie", "maypole")


def write_objects(data: Path) -> None:
    (data / "objects").mkdir()
    for split, count in (("train", 24), ("valid", 12)):
        files = []
        for number in range(count):
            path = data / "objects" / "one.png"
            picture(1000 + number).save(path)
            files.append(path.read_bytes())
            path.unlink()
        np.savez(
            data / "objects" / f"tiny_imagenet_{split}.npz",
            blob=np.frombuffer(b"".join(files), dtype=np.uint8),
            offsets=np.cumsum([0, *map(len, files)]),
            labels=np.array([number % len(CLASSES) for number in range(count)], dtype=np.uint8),
            names=np.array(CLASSES),
        )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve templates, a few captions, four classes of objects, eight photographs: all noise."""
    folder = tmp_path_factory.mktemp("data")
    sources = ("memegen", "imgflip575k")
    write_template_index(folder, [(sources[at % 2], f"Template-{at}", picture(at)) for at in range(12)])
    write_objects(folder)
    write_captions(folder, 200)
    write_photos(folder / "negatives", 8, first_seed=2000)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    """A quick training of all three picture models."""
    folder = tmp_path_factory.mktemp("trained")
    options = TrainOptions(data=data, out=folder / "weights", runs=folder / "runs", quick=True)
    train(options)
    return options


def test_a_quick_training_exports_models_that_answer(trained: TrainOptions) -> None:
    """Backbone, words and index are written, listed, and work together on a picture."""
    manifest = Manifest.read(trained.out)

    embedding = VisionModel.load(manifest).embed([picture(3)])[0]
    found = TemplateIndex.load(manifest).recognise(embedding.template)

    assert set(manifest.entries) == {"backbone", "objects", "template_index"}
    assert found.neighbours[0].name == "Template-3"
    assert ObjectNamer.load(manifest).vocabulary == ("cat", "animal", "dog", "pizza", "food")


def test_scores_of_a_training_are_recorded_with_the_weights(trained: TrainOptions) -> None:
    """The manifest tells what was measured, each share within 0..1."""
    entries = Manifest.read(trained.out).entries

    assert 0.9 <= entries["backbone"].scores["eight_bit_cosine"] <= 1.0
    assert 0.0 <= entries["template_index"].scores["photos_false_accepts"] <= 1.0
    assert 0.0 <= entries["objects"].scores["classes_top1"] <= 1.0
    assert entries["objects"].intervals["classes_top1"][1] <= 1.0


def test_a_training_repeats(trained: TrainOptions, tmp_path: Path) -> None:
    """With what it drew and saw there, the same weights are exported."""
    again = TrainOptions(data=trained.data, out=tmp_path, runs=trained.runs, quick=True)

    train(again)

    before, after = (load_file(folder / "backbone.safetensors") for folder in (trained.out, tmp_path))
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_an_evaluation_measures_ours_beside_the_baselines(trained: TrainOptions) -> None:
    """Template recognition stands beside neighbours by colour, hash and features, on the same queries."""
    trained, words, index = evaluate(EvaluateOptions(data=trained.data, weights=trained.out, limit=8))

    assert trained.scores["eight_bit_cosine"].value > 0.9
    assert {"classes_top1", "word_coverage", "photographs_named"} <= set(words.scores)
    assert set(index.baselines) == {"16 x 16 colours", "difference hash", "features"}
    for scores in index.baselines.values():
        assert scores["known_top1"].items == index.scores["known_top1"].items


def test_a_head_learns_classes_that_can_be_told_apart() -> None:
    """The linear head names what lies apart in the features."""
    generator = torch.Generator().manual_seed(0)
    classes = torch.randint(0, 4, (6000,), generator=generator)
    features = torch.nn.functional.one_hot(classes, 4) * 3 + 0.1 * torch.randn(6000, 4, generator=generator)

    weight, bias = fit_head(features, torch.nn.functional.one_hot(classes, 4).float())

    assert float(((features @ weight.T + bias).argmax(dim=1) == classes).float().mean()) > 0.95


def test_pairs_that_agree_lose_less_than_pairs_that_do_not() -> None:
    """The contrastive loss draws the two guises of a template together."""
    rows = torch.nn.functional.normalize(torch.randn(8, 16, generator=torch.Generator().manual_seed(0)), dim=1)
    others = torch.nn.functional.normalize(torch.ones(2, 16), dim=1)

    agreeing = pair_loss(torch.cat([rows, rows]), others)
    crossed = pair_loss(torch.cat([rows, rows.roll(1, 0)]), others)

    assert agreeing < crossed


def test_a_disguise_changes_the_picture_but_repeats_with_its_seed() -> None:
    """Guises are random, and fixed by the seed."""

    captions = [("top line here", "bottom line there")]
    one, same, other = (disguise(picture(1), captions, random.Random(seed)) for seed in (1, 1, 2))

    assert one.tobytes() == same.tobytes()
    assert one.size != other.size or one.tobytes() != other.tobytes()


def test_jitter_keeps_the_count_and_sets_the_side() -> None:
    """A batch comes out at the asked side, changed, and free of gaps."""
    batch = torch.randn(3, 3, 40, 40)

    moved = jitter_batch(batch, 24, TEMPLATE_JITTER, torch.Generator().manual_seed(0))

    assert moved.shape == (3, 3, 24, 24)
    assert bool(moved.isfinite().all())


def test_the_threshold_lets_hardly_any_photograph_through() -> None:
    """At most one photograph in a hundred scores above it."""
    scores = torch.rand(500, generator=torch.Generator().manual_seed(1)).tolist()

    threshold = choose_threshold(scores)

    assert sum(score >= threshold for score in scores) <= 5
    assert threshold < 1.1


def test_overconfident_logits_get_a_temperature_above_one() -> None:
    """Logits ten times too large are divided by more than one."""
    generator = torch.Generator().manual_seed(0)
    classes = torch.randint(0, 4, (400,), generator=generator)
    logits = torch.nn.functional.one_hot(classes, 4) + torch.randn(400, 4, generator=generator)

    assert fit_temperature(logits * 3, classes) > 1.5 > fit_temperature(logits * 0.8, classes)
