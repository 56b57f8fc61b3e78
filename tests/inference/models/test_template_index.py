"""Recognising templates by nearest neighbour, and answering "none"."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from inference.manifest import Manifest
from inference.models.backbone import PictureEmbedding
from inference.models.template_index import MODEL_NAME, KnownTemplate, TemplateIndex
from training.export import Provenance, export_model

WIDTH = 8


def unit(*places: int) -> torch.Tensor:
    row = torch.zeros(WIDTH)
    row[list(places)] = 1.0
    return row / row.norm()


@pytest.fixture
def index() -> TemplateIndex:
    known = [
        KnownTemplate("Calm-Dog", ("calm dog",), torch.full((3,), 1.0)),
        KnownTemplate("Two-Doors", (), torch.full((3,), 2.0)),
    ]
    rows = torch.stack([unit(0), unit(1), unit(2)])
    return TemplateIndex(known, rows, torch.tensor([0, 1, 1]), threshold=1.2)


def test_the_nearest_template_is_named(index: TemplateIndex) -> None:
    """A near embedding gets the name, its aliases and the cosine."""
    found = index.recognise(unit(0))

    assert (found.name, found.aliases) == ("Calm-Dog", ("calm dog",))
    assert found.score == pytest.approx(1.0, abs=1e-5)


def test_every_picture_of_a_template_leads_to_it(index: TemplateIndex) -> None:
    """A template with two pictures is found by either, and named once among the neighbours."""
    found = index.recognise(unit(2))

    assert found.name == "Two-Doors"
    assert [neighbour.name for neighbour in found.neighbours].count("Two-Doors") == 1


def test_what_is_too_far_is_no_template(index: TemplateIndex) -> None:
    """Below the threshold there is no name, yet the neighbours are told."""
    found = index.recognise(unit(0, 4, 5))

    assert found.name is None
    assert found.aliases == ()
    assert found.neighbours[0].name == "Calm-Dog"


def test_what_is_near_to_two_templates_alike_is_neither(index: TemplateIndex) -> None:
    """A name needs a lead over the next template, not nearness alone."""
    assert index.recognise(unit(0, 1)).name is None
    assert index.sureness(unit(0, 1)) < index.sureness(unit(0, 4))


def test_neighbours_come_best_first_within_zero_and_one(index: TemplateIndex) -> None:
    """Scores fall, and an opposite embedding scores 0, never less."""
    scores = [neighbour.score for neighbour in index.recognise(-unit(0)).neighbours]

    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


def test_an_added_template_is_recognised_at_once(index: TemplateIndex) -> None:
    """One embedding makes a template known, without training."""
    index.add("Tired-Owl", ("owl",), PictureEmbedding(torch.full((3,), 7.0), unit(6)))

    assert index.recognise(unit(6)).name == "Tired-Owl"
    features = index.features_of("Tired-Owl")
    assert features is not None
    assert features.tolist() == [7.0, 7.0, 7.0]


def test_adding_a_known_name_adds_a_picture_of_it(index: TemplateIndex) -> None:
    """A second picture leads to the same template; the names stay distinct."""
    index.add("Calm-Dog", (), PictureEmbedding(torch.zeros(3), unit(7)))

    assert index.recognise(unit(7)).name == "Calm-Dog"
    assert index.names == ("Calm-Dog", "Two-Doors")


def test_an_unknown_name_has_no_features(index: TemplateIndex) -> None:
    """`features_of` answers None for a name that is not in the index."""
    assert index.features_of("Nobody") is None


def test_a_saved_index_answers_as_before(index: TemplateIndex, tmp_path: Path) -> None:
    """Rows of eight bits keep names, threshold and, nearly, the cosines."""
    provenance = Provenance(task="template", version="1", command="none", data=(), scores={})
    export_model(MODEL_NAME, *index.to_tensors(), provenance, tmp_path)

    loaded = TemplateIndex.load(Manifest.read(tmp_path))

    query = unit(0, 0, 3)
    assert loaded.names == index.names
    assert loaded.threshold == index.threshold
    assert loaded.recognise(query).score == pytest.approx(index.recognise(query).score, abs=0.01)
    assert loaded.recognise(unit(1)).name == "Two-Doors"


def test_a_template_that_photographs_crowd_around_must_be_nearer(index: TemplateIndex) -> None:
    """A bare page is near to much: what lies between it and another template is the other one, and seldom sure."""
    rows = torch.stack([unit(0), unit(1)])
    known = [KnownTemplate(name, (), torch.zeros(3)) for name in ("Plain-Page", "Calm-Dog")]
    crowded = TemplateIndex(known, rows, torch.tensor([0, 1]), 0.9, torch.tensor([0.4, -0.4]))
    between = unit(0, 1)

    assert crowded.recognise(between).neighbours[0].name == "Calm-Dog"
    assert crowded.sureness(unit(0)) < crowded.sureness(unit(1))
    assert crowded.cosines(between).tolist() == pytest.approx([0.5**0.5] * 2, abs=1e-5)
