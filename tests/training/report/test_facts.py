"""What people write about models can be made into cards, and every shipped model has some."""

from __future__ import annotations

from dataclasses import fields

import pytest

from inference.manifest import Manifest
from training.errors import TrainingError
from training.report import facts
from training.report.facts import FACTS_DIR, Facts, read_facts

COMPANIONS = {"caption-tokens"}


@pytest.mark.parametrize("path", sorted(FACTS_DIR.glob("*.toml")), ids=lambda path: path.stem)
def test_nothing_is_left_unsaid(path) -> None:  # type: ignore[no-untyped-def]
    """Purpose, data, limits, bias and licences of every model, in whole sentences."""
    found = read_facts(path.stem)
    for each in fields(Facts):
        assert getattr(found, each.name) or each.name == "words"
    sentences = (found.purpose, found.made, *found.data, *found.limits, *found.bias, *found.licences)
    assert [sentence for sentence in sentences if not sentence.strip().endswith(".")] == []


def test_every_shipped_model_has_facts() -> None:
    """Files that belong to a model, such as a tokenizer, are told with it."""
    models = set(Manifest.read().entries) - COMPANIONS
    assert models <= {path.stem for path in FACTS_DIR.glob("*.toml")}


def test_a_score_without_words_keeps_its_name() -> None:
    """A new score is not lost because nobody has described it."""
    found = read_facts("chooser")
    assert found.named("caption_top1") == "whole caption, first guess right"
    assert found.named("brand_new") == "`brand_new`"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(None, "Nothing is written about toaster", id="no file"),
        pytest.param("title = ", "not laid out", id="not TOML"),
        pytest.param('title = "Toaster"', "not laid out", id="half of it"),
        pytest.param('title = "Toaster"\ncolour = "red"', "not laid out", id="an unknown part"),
    ],
)
def test_unusable_facts_are_told_in_a_sentence(tmp_path, monkeypatch, text: str | None, words: str) -> None:  # type: ignore[no-untyped-def]
    """The one who evaluates a new model learns what to write, and where."""
    monkeypatch.setattr(facts, "FACTS_DIR", tmp_path)
    if text is not None:
        (tmp_path / "toaster.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match=words):
        read_facts("toaster")
