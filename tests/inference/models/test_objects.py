"""Everyday words for what is in a photograph."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from inference.manifest import Manifest
from inference.models.objects import MODEL_NAME, ObjectNamer
from training.export import Provenance, export_model
from training.seeing.object_words import everyday_words


def namer(threshold: float = 0.6) -> ObjectNamer:
    """Four classes over four features: two cats, a dog, and a class that is never said."""
    words = [("cat", "animal"), ("cat", "animal"), ("dog", "animal"), ()]
    return ObjectNamer((torch.eye(4) * 10, torch.zeros(4)), words, 1.0, threshold)


def look(*places: int) -> torch.Tensor:
    features = torch.zeros(4)
    features[list(places)] = 1.0
    return features


def test_a_sure_object_is_named_with_its_probability() -> None:
    """One class far ahead of the others gives its word."""
    ((word, chance),) = namer().name(look(2))

    assert word == "dog"
    assert chance > 0.99


def test_classes_of_one_word_count_together() -> None:
    """Torn between two breeds of cat, it is still surely a cat."""
    assert [word for word, _ in namer().name(look(0, 1))] == ["cat"]


def test_the_general_word_is_said_when_the_special_one_is_unsure() -> None:
    """Torn between a cat and a dog, it is surely an animal."""
    assert [word for word, _ in namer().name(look(0, 2))] == ["animal"]


def test_nothing_is_said_when_unsure() -> None:
    """Torn between a cat and a thing without a name, no word reaches the threshold."""
    assert namer().name(look(0, 3)) == ()


def test_a_class_without_a_word_is_never_said() -> None:
    """The class still takes its share of the probability."""
    assert namer(threshold=0.2).name(look(3)) == ()


def test_words_come_best_first() -> None:
    """Several words above a low threshold are ordered by probability."""
    features = torch.tensor([1.0, 0.0, 0.95, 0.0])

    assert [word for word, _ in namer(threshold=0.1).name(features)] == ["cat", "dog"]


def test_probabilities_of_words_lie_within_zero_and_one() -> None:
    """Each word adds up classes, and all classes together make one."""
    rows = namer().probabilities(torch.randn(16, 4, generator=torch.Generator().manual_seed(0)))

    assert rows.shape == (16, 3)
    assert float(rows.min()) >= 0.0
    assert float(rows.max()) <= 1.0 + 1e-5


def test_saved_words_are_said_again(tmp_path: Path) -> None:
    """Words, temperature and threshold travel with the weights."""
    provenance = Provenance(task="objects", version="1", command="none", data=(), scores={})
    export_model(MODEL_NAME, *namer().to_tensors(), provenance, tmp_path)

    loaded = ObjectNamer.load(Manifest.read(tmp_path))

    assert loaded.vocabulary == ("cat", "animal", "dog")
    assert loaded.name(look(2)) == namer().name(look(2))
    assert loaded.name(look(0, 3)) == ()


@pytest.mark.parametrize(
    ("class_name", "words"),
    [
        pytest.param("Egyptian cat", ("cat", "animal"), id="a breed becomes its animal"),
        pytest.param("pizza, pizza pie", ("pizza", "food"), id="the first synonym stands"),
        pytest.param("African elephant, Loxodonta africana", ("elephant", "animal"), id="no Latin"),
        pytest.param("abacus", ("abacus",), id="nothing general"),
        pytest.param("maypole", (), id="a class nobody names"),
    ],
)
def test_classes_become_words_people_say(class_name: str, words: tuple[str, ...]) -> None:
    """Names of classes are merged into everyday words, special before general."""
    assert everyday_words(class_name) == words
