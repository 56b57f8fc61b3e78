"""Faces and what they express, through small networks saved and loaded, and the real face finder on a drawn face."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image, ImageFilter
from torch import nn

from inference.contract import Box, ExpressionOutput, Face
from inference.expressing import choose_tone
from inference.labels import EXPRESSIONS
from inference.manifest import Manifest
from inference.models.expression import (
    MODEL_NAME,
    ExpressionConfig,
    ExpressionModel,
    ExpressionNet,
    combine,
    normalise_faces,
)
from inference.models.faces import FaceFinder
from tests.inference.drawn_faces import draw_face
from training.export import Provenance, export_model

TINY = ExpressionConfig(stem=4, widths=(4, 8, 8), depths=(1, 1, 1), members=2)


@pytest.fixture
def model() -> ExpressionModel:
    torch.manual_seed(0)
    members = nn.ModuleList(ExpressionNet(TINY) for _ in range(TINY.members))
    return ExpressionModel(members, TINY, torch.rand(2, 8).softmax(dim=0))


def test_a_saved_model_answers_as_before(tmp_path: Path, model: ExpressionModel) -> None:
    """Through half precision and the manifest: probabilities that sum to 1, the same to two digits."""
    provenance = Provenance(task="expression", version="1", command="test", data=(), scores={})
    export_model(MODEL_NAME, *model.to_tensors(), provenance, tmp_path)
    loaded = ExpressionModel.load(Manifest.read(tmp_path))
    faces = [Image.effect_noise((60, 50), 60 + 10 * number) for number in range(3)]
    before, after = model.predict(faces), loaded.predict(faces)
    assert after.shape == (3, len(EXPRESSIONS))
    assert torch.allclose(after.sum(dim=1), torch.ones(3), atol=1e-5)
    assert torch.allclose(before, after, atol=0.02)
    assert loaded.predict([]).shape == (0, len(EXPRESSIONS))


def test_light_and_contrast_do_not_matter() -> None:
    """A darker, flatter print of the same face is the same to the networks; a flat grey is no division by zero."""
    face = (torch.rand(1, 48, 48) * 200).byte()
    dim = (face.float() * 0.5 + 20).byte()
    assert torch.allclose(normalise_faces(face), normalise_faces(dim), atol=0.05)
    assert torch.isfinite(normalise_faces(torch.full((1, 48, 48), 128, dtype=torch.uint8))).all()


def test_a_mirrored_face_gets_the_same_answer(model: ExpressionModel) -> None:
    """Both sides are asked together."""
    face = Image.effect_noise((48, 48), 90)
    mirrored = face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert torch.allclose(model.predict([face]), model.predict([mirrored]), atol=1e-5)


def test_trust_counts_class_by_class() -> None:
    """Who is trusted for an expression decides about it."""
    voices = torch.full((2, 1, 8), 0.1)
    voices[0, 0, 1], voices[1, 0, 4] = 0.9, 0.9
    trust = torch.full((2, 8), 0.5)
    trust[:, 1], trust[:, 4] = torch.tensor([0.1, 0.9]), torch.tensor([0.1, 0.9])
    assert combine(voices, trust).argmax().item() == 4


def test_faces_are_found_largest_first() -> None:
    """Two drawn faces, each within its box; a landscape has none."""
    picture = Image.new("RGB", (900, 500), "#5a7896")
    draw_face(picture, 250, 250, 1.8)
    draw_face(picture, 700, 260, 1.0)
    faces = FaceFinder().find(picture.filter(ImageFilter.GaussianBlur(3)))
    assert len(faces) == 2
    centres = [(face.box.x + face.box.w / 2, face.box.y + face.box.h / 2) for face in faces]
    assert centres[0] == pytest.approx((250 / 900, 0.5), abs=0.06)
    assert centres[1] == pytest.approx((700 / 900, 0.52), abs=0.06)
    assert faces[0].crop.width > faces[1].crop.width
    assert FaceFinder().find(Image.linear_gradient("L").convert("RGB")) == []


@pytest.mark.parametrize(
    ("expression", "probability", "side", "tone"),
    [
        ("happiness", 0.9, 0.5, "joy"),
        ("anger", 0.7, 0.5, "anger"),
        ("fear", 0.7, 0.5, "sadness"),
        ("neutral", 0.9, 0.5, None),
        ("happiness", 0.5, 0.5, None),
        ("happiness", 0.9, 0.1, None),
    ],
    ids=["a smile", "a scowl", "a fright", "no expression", "not sure", "somebody far away"],
)
def test_the_largest_face_sets_the_tone(expression: str, probability: float, side: float, tone: str | None) -> None:
    """Where it is sure, and the picture is about it."""
    scores = {name: probability if name == expression else (1 - probability) / 7 for name in EXPRESSIONS}
    assert choose_tone(ExpressionOutput((Face(Box(0.1, 0.1, side, side), scores),))) == tone
    assert choose_tone(ExpressionOutput(())) is None
