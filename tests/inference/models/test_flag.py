"""The flag model's promises, on a small network that has learned a handful of texts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.errors import ModelError
from inference.labels import FLAG_CATEGORIES
from inference.manifest import Manifest
from inference.models.flag import (
    Calibration,
    FlagInput,
    FlagModel,
    PictureHead,
    flag_config,
    flag_tensors,
)
from inference.models.hashed import HashedClassifier, HashedConfig
from training.export import Provenance, export_model

BAD = ("you idiot", "what an idiot", "stupid idiot go away", "this idiot again")
CALM = ("i love my cat", "what a lovely day", "my code works again", "go to bed early")
FEATURES = 8


@pytest.fixture(scope="module")
def text_network() -> HashedClassifier:
    torch.manual_seed(0)
    network = HashedClassifier(HashedConfig(buckets=512, width=8, hidden=8, outputs=1 + len(FLAG_CATEGORIES)))
    wanted = torch.tensor([1.0] * len(BAD) + [0.0] * len(CALM)).unsqueeze(1).expand(-1, 1 + len(FLAG_CATEGORIES))
    optimizer = torch.optim.Adam(network.parameters(), 0.02)
    bags = network.bags([*BAD, *CALM])
    for _ in range(80):
        loss = binary_cross_entropy_with_logits(network(bags), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network


@pytest.fixture
def model(text_network: HashedClassifier, tmp_path: Path) -> FlagModel:
    torch.manual_seed(1)
    picture = PictureHead(FEATURES, 8)
    torch.nn.init.normal_(picture.out.weight, std=0.5)
    calibrations = {"en": Calibration(0.8, -0.2), "ko": Calibration(0.5, 0.1)}
    provenance = Provenance(task="flag", version="1", command="none", data=(), scores={})
    config = flag_config(text_network, picture, calibrations)
    export_model("flag", flag_tensors(text_network, picture), config, provenance, tmp_path)
    return FlagModel.load(Manifest.read(tmp_path))


def test_learned_offence_is_told_from_calm_text(model: FlagModel) -> None:
    """What it learned survives saving and loading."""
    bad, calm = model.judge([FlagInput(BAD[0]), FlagInput(CALM[0])])
    assert bad.score > 0.5 > calm.score


def test_scores_and_categories_are_probabilities(model: FlagModel) -> None:
    """Every category is named, every number lies between 0 and 1."""
    [found] = model.judge([FlagInput("you idiot", torch.randn(FEATURES))])
    assert tuple(found.categories) == FLAG_CATEGORIES
    assert all(0.0 <= value <= 1.0 for value in (found.score, *found.categories.values()))


def test_a_hidden_word_weighs_like_a_plain_one(model: FlagModel) -> None:
    """Spelling tricks do not change the verdict."""
    plain, hidden = model.judge([FlagInput("you idiot"), FlagInput("you 1d1\u200bоt")])
    assert hidden.score == pytest.approx(plain.score, abs=1e-6)


def test_the_reason_is_the_offending_word(model: FlagModel) -> None:
    """Leaving out the word that carries the score lowers it most, by the weight that is given."""
    text = "well my friend you idiot"
    [found] = model.judge([FlagInput(text)])
    strongest = found.reasons[0]
    [without] = model.judge([FlagInput("well my friend you")])
    assert (strongest.kind, strongest.text) == ("words", "idiot")
    assert strongest.weight == pytest.approx(found.score - without.score, abs=1e-6)


def test_calm_text_has_no_reasons(model: FlagModel) -> None:
    """Nothing is blamed where nothing is wrong."""
    assert all(reason.weight < 0.2 for reason in model.judge([FlagInput(CALM[0])])[0].reasons)


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_nothing_to_judge_is_judged_by_the_prior(model: FlagModel, text: str) -> None:
    """Neither text nor picture is an answer without reasons, not an error."""
    [found] = model.judge([FlagInput(text)])
    assert 0.0 < found.score < 1.0
    assert found.reasons == ()


def test_a_picture_changes_the_score(model: FlagModel) -> None:
    """The picture's features count where they are given."""
    features = torch.linspace(-2, 2, FEATURES)
    with_picture, without = model.judge([FlagInput("a caption", features), FlagInput("a caption")])
    assert with_picture.score != pytest.approx(without.score, abs=1e-4)


def test_answers_do_not_depend_on_the_company(model: FlagModel) -> None:
    """An item is judged the same alone and in a batch, with and without pictures beside it."""
    items = [FlagInput("you idiot"), FlagInput("a caption", torch.ones(FEATURES)), FlagInput("안녕하세요 여러분")]
    together = [found.score for found in model.judge(items)]
    alone = [model.judge([item])[0].score for item in items]
    assert together == pytest.approx(alone, abs=1e-5)


def test_korean_has_its_own_calibration(text_network: HashedClassifier) -> None:
    """The language decides which scaling applies."""
    plain = FlagModel(text_network, None, {})
    scaled = FlagModel(text_network, None, {"ko": Calibration(0.0, 0.0)})
    korean, english = FlagInput("안녕하세요 여러분"), FlagInput("you idiot")
    assert scaled.judge([korean])[0].score == pytest.approx(0.5)
    assert scaled.judge([english])[0].score == pytest.approx(plain.judge([english])[0].score)


def test_no_items_no_answers(model: FlagModel) -> None:
    """An empty batch is fine."""
    assert model.judge([]) == []


def test_altered_weights_are_refused(text_network: HashedClassifier, tmp_path: Path) -> None:
    """A file that is not the shipped one is never read."""
    provenance = Provenance(task="flag", version="1", command="none", data=(), scores={})
    export_model("flag", flag_tensors(text_network, None), flag_config(text_network, None, {}), provenance, tmp_path)
    with (tmp_path / "flag.safetensors").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError):
        FlagModel.load(Manifest.read(tmp_path))
