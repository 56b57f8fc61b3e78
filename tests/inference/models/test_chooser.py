"""Choosing a template for a prompt, through weights saved and loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

from inference.manifest import Manifest
from inference.models.chooser import TemplateChooser
from inference.models.hashed import HashedClassifier, HashedConfig
from training.export import Provenance, export_model

NAMES = ("Waiting", "Choosing", "Cheering")
TEXTS = ("still waiting for you", "which button to press", "here is to everybody")


@pytest.fixture(scope="module")
def chooser(tmp_path_factory: pytest.TempPathFactory) -> TemplateChooser:
    torch.manual_seed(0)
    network = HashedClassifier(HashedConfig(buckets=256, width=8, hidden=8, outputs=len(NAMES)))
    optimizer = torch.optim.Adam(network.parameters(), 0.03)
    for _ in range(60):
        loss = cross_entropy(network(network.bags(TEXTS)), torch.arange(len(NAMES)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    folder: Path = tmp_path_factory.mktemp("weights")
    config = {"network": network.config.to_dict(), "names": list(NAMES)}
    provenance = Provenance(task="caption", version="1", command="none", data=(), scores={})
    export_model("chooser", network.state_dict(), config, provenance, folder)
    return TemplateChooser.load(Manifest.read(folder))


@pytest.mark.parametrize(("name", "text"), list(zip(NAMES, TEXTS, strict=True)))
def test_learned_words_find_their_template(chooser: TemplateChooser, name: str, text: str) -> None:
    """The likeliest template comes first."""
    assert next(iter(chooser.rank(text))) == name


@pytest.mark.parametrize("prompt", ["waiting", "", "완전히 다른 말", "🙂"])
def test_ranks_are_a_distribution_over_all_names(chooser: TemplateChooser, prompt: str) -> None:
    """Whatever the prompt, every template has a probability and they sum to one, best first."""
    ranked = chooser.rank(prompt)
    assert set(ranked) == set(NAMES)
    assert sum(ranked.values()) == pytest.approx(1.0, abs=1e-5)
    assert list(ranked.values()) == sorted(ranked.values(), reverse=True)
