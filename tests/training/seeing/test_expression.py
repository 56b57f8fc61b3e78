"""The expression networks are trained for a moment on drawn faces, exported, loaded and used."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from inference.labels import EXPRESSIONS
from inference.manifest import Manifest
from inference.models.expression import ExpressionModel, combine
from training.datasets.expression import read_faces
from training.errors import DataError
from training.options import EvaluateOptions, TrainOptions
from training.seeing.expression import cross_fitted, evaluate, fit_trust, train
from training.seeing.face_lesson import DIETS, Phase, draw_epoch, plan_diet
from training.seeing.face_views import Wobble, wobble_faces


def drawn_face(expression: int, number: int) -> bytes:
    """A mouth whose height in the picture says the expression, on noise."""
    noise = np.random.default_rng(number).integers(60, 120, (48, 48), dtype=np.uint8)
    face = Image.fromarray(noise)
    ImageDraw.Draw(face).rectangle((8, 5 * expression, 40, 5 * expression + 6), fill=250)
    buffer = io.BytesIO()
    face.save(buffer, "PNG")
    return buffer.getvalue()


def write_faces(data: Path, split: str, count: int, spoilt: int = 0) -> None:
    """`count` faces of all expressions in turn; the first `spoilt` got their votes for "not a face"."""
    files = [drawn_face(number % 8, number) for number in range(count)]
    votes = np.zeros((count, 10), dtype=np.uint8)
    votes[np.arange(count), np.arange(count) % 8] = 8
    votes[:, 0] += 1
    votes[:spoilt] = [0] * 9 + [10]
    folder = data / "expression"
    folder.mkdir(exist_ok=True)
    np.savez(
        folder / f"ferplus_{split}.npz",
        blob=np.frombuffer(b"".join(files), dtype=np.uint8),
        offsets=np.cumsum([0, *map(len, files)]),
        votes=votes,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    """A quick training on eighty drawn faces."""
    folder = tmp_path_factory.mktemp("trained")
    write_faces(folder, "train", 80)
    write_faces(folder, "valid", 40)
    options = TrainOptions(data=folder, out=folder / "weights", runs=folder / "runs", quick=True)
    train(options)
    return options


def test_a_quick_training_exports_members_that_answer(trained: TrainOptions) -> None:
    """Members and trust are written, loaded, and agree on probabilities."""
    model = ExpressionModel.load(Manifest.read(trained.out))
    said = model.predict([Image.effect_noise((48, 48), 80)])
    assert said.shape == (1, len(EXPRESSIONS))
    assert float(said.sum()) == pytest.approx(1.0, abs=1e-4)
    assert torch.allclose(model.trust.sum(dim=0), torch.ones(8), atol=2e-3)


def test_scores_stand_beside_each_member_and_the_commonest(trained: TrainOptions) -> None:
    """What combining brings can be read off one table; the goal is named."""
    found = evaluate(EvaluateOptions(data=trained.data, weights=trained.out))
    assert {"longer", "oversampled", "equal trust", "commonest"} <= set(found.baselines)
    assert found.baselines["commonest"]["accuracy"].value == pytest.approx(1 / 8)
    assert found.scores["accuracy"].items == 40
    assert [goal.score for goal in found.goals] == ["accuracy"]


def test_unclear_faces_and_single_votes_are_dropped(tmp_path: Path) -> None:
    """Who is no face is left out and counted; one stray vote does not count."""
    write_faces(tmp_path, "train", 16, spoilt=3)
    faces = read_faces(tmp_path, "train")
    assert len(faces.pixels) == 13
    assert faces.dropped == {"no clear expression": 3}
    assert faces.targets[1].max() == 1.0


def test_missing_faces_are_told_with_what_to_do(tmp_path: Path) -> None:
    """The sentence points to the data's guide."""
    with pytest.raises(DataError, match=r"docs/data\.md"):
        read_faces(tmp_path, "train")


@pytest.mark.parametrize(
    ("phase", "rare_share"),
    [
        (Phase(name="natural", epochs=1), 0.1),
        (Phase(name="often", epochs=1, more=1.0), 0.5),
        (Phase(name="few", epochs=1, most=0.1), 0.5),
    ],
    ids=["as they come", "oversampled", "undersampled"],
)
def test_a_diet_decides_how_often_rare_faces_are_shown(phase: Phase, rare_share: float) -> None:
    """Of 900 common and 100 rare faces."""
    targets = torch.zeros(1000, 8)
    targets[:900, 0], targets[900:, 1] = 1.0, 1.0
    shown, _ = plan_diet(phase, targets)
    places = draw_epoch(shown, torch.Generator().manual_seed(0))
    assert float((places >= 900).float().mean()) == pytest.approx(rare_share, abs=0.05)


def test_a_weighted_diet_makes_rare_mistakes_dear() -> None:
    """The loss of a rare expression counts for more."""
    targets = torch.zeros(1000, 8)
    targets[:900, 0], targets[900:, 1] = 1.0, 1.0
    weighted = next(diet for diet in DIETS if diet.loss)
    _, weights = plan_diet(weighted, targets)
    assert weights[1] > 2 * weights[0]


def test_trust_goes_to_the_member_that_is_right() -> None:
    """One member always right, one guessing: the combination follows the first, also on faces not fitted on."""
    generator = torch.Generator().manual_seed(0)
    targets = torch.nn.functional.one_hot(torch.randint(0, 8, (400,), generator=generator), 8).float()
    guesses = torch.rand(400, 8, generator=generator).softmax(dim=1)
    voices = torch.stack([targets * 0.5 + 0.0625, guesses])
    trust = fit_trust(voices, targets)
    assert (trust[0] > 0.6).all()
    assert (combine(voices, trust).argmax(dim=1) == targets.argmax(dim=1)).all()
    assert (cross_fitted(voices, targets).argmax(dim=1) == targets.argmax(dim=1)).all()


def test_views_stray_and_repeat_with_their_seed() -> None:
    """The same generator gives the same views; none equals the face itself."""
    faces = torch.randn(4, 1, 48, 48)
    one, same = (wobble_faces(faces, Wobble(), torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, same)
    assert one.shape == faces.shape
    assert not torch.allclose(one, faces)
