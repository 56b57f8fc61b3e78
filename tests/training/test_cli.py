"""`memesmith evaluate` as a person types it: numbers for programs, a card for readers, a record in the manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from inference.manifest import MANIFEST_NAME, Manifest
from tests.training.word_sets import write_captions
from training.cli import evaluations_of
from training.options import TrainOptions
from training.report.evaluation import Evaluation, Score
from training.words import chooser


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    folder = tmp_path_factory.mktemp("chooser")
    write_captions(folder / "data")
    options = TrainOptions(data=folder / "data", out=folder / "weights", runs=folder / "runs", quick=True)
    chooser.train(options)
    return options


def memesmith(trained: TrainOptions, *arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["evaluate", "chooser", "--data", str(trained.data), "--weights", str(trained.out), *arguments])
    return int(left.value.code or 0)


def test_json_holds_bare_scores_and_what_is_known_of_each_model(
    trained: TrainOptions, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs that read `scores` alone find numbers there."""
    assert memesmith(trained, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["task"] == "chooser"
    assert all(isinstance(value, float) for value in answer["scores"].values())
    assert [model["model"] for model in answer["models"]] == ["chooser"]
    assert answer["models"][0]["scores"] == answer["scores"]


def test_a_card_and_a_record_are_written_on_request(
    trained: TrainOptions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And say the same as what is printed."""
    before = Manifest.read(trained.out).entry("chooser")
    assert memesmith(trained, "--json", "--record", "--card", str(tmp_path / "models")) == 0
    measured = json.loads(capsys.readouterr().out)["scores"]
    entry = Manifest.read(trained.out).entry("chooser")
    assert {name: entry.scores[name] for name in measured} == measured
    assert entry.sha256 == before.sha256
    page = (tmp_path / "models/chooser.md").read_text(encoding="utf-8")
    assert f"{measured['words_top1']:.3f}" in page
    assert "memesmith evaluate chooser --data DIR --card docs/models" in page
    assert "(chooser.md)" in (tmp_path / "models/README.md").read_text(encoding="utf-8")


def test_a_part_of_the_items_is_never_recorded(trained: TrainOptions, capsys: pytest.CaptureFixture[str]) -> None:
    """Scores of a quick look would stand beside those of the whole."""
    before = (trained.out / MANIFEST_NAME).read_bytes()
    assert memesmith(trained, "--limit", "3", "--record") == 1
    assert "leave --limit out" in capsys.readouterr().err
    assert (trained.out / MANIFEST_NAME).read_bytes() == before


def test_a_card_of_a_part_says_so(trained: TrainOptions, tmp_path: Path) -> None:
    """Whoever repeats it gets the same numbers."""
    assert memesmith(trained, "--limit", "3", "--card", str(tmp_path)) == 0
    assert "--data DIR --limit 3 --card" in (tmp_path / "chooser.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("measured", "models"),
    [
        pytest.param({"bits": 1.7}, ["captioner"], id="bare numbers"),
        pytest.param(Evaluation(model="flag", scores={"f1": Score(0.5)}), ["flag"], id="one model"),
        pytest.param(tuple(Evaluation(model=name, scores={}) for name in ("a", "b")), ["a", "b"], id="several models"),
    ],
)
def test_whatever_a_task_answers_becomes_evaluations(measured: object, models: list[str]) -> None:
    """Bare numbers belong to the model that the task trains."""
    found = evaluations_of("caption", measured)  # type: ignore[arg-type]
    assert [each.model for each in found] == models
