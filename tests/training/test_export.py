"""The manifest keeps what was measured of a file, with its certainty; measuring changes no file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from inference.errors import ModelError
from inference.manifest import MANIFEST_NAME, Manifest
from training.export import Provenance, export_model, record_evaluation
from training.report.evaluation import Evaluation, Goal, Score

EVALUATION = Evaluation(
    model="toaster",
    scores={"f1": Score(0.7, (0.6, 0.8), 50), "ece": Score(0.1)},
    goals=(Goal(score="f1", at_least=0.75), Goal(score="ece", at_most=0.2), Goal(score="crumbs", at_most=1)),
)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    provenance = Provenance(task="toast", version="1", command="train", data=(), scores={"f1": 0.5, "dial": 3.0})
    for name in ("toaster", "kettle"):
        export_model(name, {"wire": torch.ones(3)}, {}, provenance, tmp_path)
    return tmp_path


def test_scores_are_recorded_with_intervals_and_goals(weights: Path) -> None:
    """What is measured anew is replaced, what is measured otherwise stays, and all of it reads back."""
    recorded = record_evaluation(EVALUATION, weights)
    assert Manifest.read(weights).entry("toaster") == recorded
    assert recorded.scores == {"f1": 0.7, "dial": 3.0, "ece": 0.1}
    assert recorded.intervals == {"f1": (0.6, 0.8)}
    assert recorded.goals == {
        "f1": "at least 0.75: not reached",
        "ece": "at most 0.2: reached",
        "crumbs": "at most 1: not measured",
    }


def test_recording_touches_no_file_but_the_manifest(weights: Path) -> None:
    """Same bytes, same hash, and the other models' lines as they were."""
    before = {path.name: path.read_bytes() for path in weights.iterdir() if path.name != MANIFEST_NAME}
    old = Manifest.read(weights)
    record_evaluation(EVALUATION, weights)
    new = Manifest.read(weights)
    assert {path.name: path.read_bytes() for path in weights.iterdir() if path.name != MANIFEST_NAME} == before
    assert new.entry("toaster").sha256 == old.entry("toaster").sha256
    assert new.load("toaster").tensors["wire"].tolist() == [1.0, 1.0, 1.0]
    assert new.entry("kettle") == old.entry("kettle")


def test_an_interval_never_outlives_its_score(weights: Path) -> None:
    """A score measured again without an interval has none."""
    record_evaluation(EVALUATION, weights)
    record_evaluation(Evaluation.plain("toaster", {"f1": 0.9}), weights)
    entry = Manifest.read(weights).entry("toaster")
    assert entry.scores["f1"] == 0.9
    assert entry.intervals == {}


def test_a_new_training_starts_without_old_measurements(weights: Path) -> None:
    """Intervals and goals belong to the weights that were measured."""
    record_evaluation(EVALUATION, weights)
    provenance = Provenance(task="toast", version="2", command="train", data=(), scores={"f1": 0.8})
    export_model("toaster", {"wire": torch.zeros(3)}, {}, provenance, weights)
    entry = Manifest.read(weights).entry("toaster")
    assert (entry.scores, entry.intervals, entry.goals) == ({"f1": 0.8}, {}, {})


def test_a_manifest_without_intervals_is_read_and_written_as_it_is(weights: Path) -> None:
    """Older weights stay usable, and reading them changes nothing."""
    text = (weights / MANIFEST_NAME).read_text(encoding="utf-8")
    assert "intervals" not in text
    assert "goals" not in text
    Manifest.read(weights).write()
    assert (weights / MANIFEST_NAME).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("intervals", [{"f1": [0.1]}, {"f1": 0.1}, {"f1": ["low", "high"]}, [0.1, 0.2]], ids=repr)
def test_a_manifest_with_broken_intervals_is_refused(weights: Path, intervals: object) -> None:
    """In a sentence, like every other damage."""
    path = weights / MANIFEST_NAME
    table = json.loads(path.read_text(encoding="utf-8"))
    table["files"][0]["intervals"] = intervals
    path.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(ModelError, match=MANIFEST_NAME):
        Manifest.read(weights)


def test_a_model_that_is_not_there_cannot_be_recorded(weights: Path) -> None:
    """A typing error makes no new line."""
    with pytest.raises(ModelError, match="toast-maker"):
        record_evaluation(Evaluation.plain("toast-maker", {"f1": 0.9}), weights)
