"""The flag model's promises, on a small network that has learned a handful of texts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.contract import Box
from inference.errors import ModelError
from inference.labels import FLAG_CATEGORIES
from inference.manifest import Manifest
from inference.models.encoded import EncodedClassifier
from inference.models.flag import (
    Calibration,
    FlagInput,
    FlagModel,
    PictureHead,
    flag_config,
    flag_tensors,
)
from inference.models.mixed_reader import MixedReader
from inference.models.ngram_table import NgramTable
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.word_pieces import SPECIAL, WordPieces
from training.export import Provenance, export_model

BAD = ("you idiot", "what an idiot", "stupid idiot go away", "this idiot again")
CALM = (
    "i love my cat",
    "what a lovely day",
    "my code works again",
    "go to bed early",
    "well my friend you",
    "cat works",
)
KOREAN = "안녕하세요 여러분"
FEATURES = 8
OUTPUTS = 1 + len(FLAG_CATEGORIES)
LETTERS = sorted(set("".join((*BAD, *CALM)) + "rdgfnw") - {" "})
WORDS = sorted({word for text in (*BAD, *CALM, "well my friend") for word in text.split()} - set(LETTERS))


def untrained() -> MixedReader:
    vocabulary = (*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS)
    sizes = EncoderConfig(pieces=len(vocabulary), width=16, layers=1, heads=2, inner=32, positions=64)
    encoded = EncodedClassifier(TextEncoder(sizes), WordPieces(vocabulary, sizes.positions), OUTPUTS)
    return MixedReader(encoded, NgramTable(torch.zeros(2, 8), torch.ones(2, 8), torch.zeros(1)), share=0.0).eval()


@pytest.fixture(scope="module")
def reader() -> MixedReader:
    torch.manual_seed(0)
    reader = untrained()
    longer = [*CALM, *(" ".join(CALM[at:]) for at in range(3)), "my cat works " * 13]
    spoilt = [f"{text} idiot {more}" for text in longer for more in ("", CALM[0], longer[-1])]
    wanted = torch.tensor([0.8] * len((*BAD, *spoilt)) + [0.1] * len(longer)).unsqueeze(1).expand(-1, OUTPUTS)
    optimizer = torch.optim.Adam(reader.parameters(), 0.01)
    for _ in range(60):
        loss = binary_cross_entropy_with_logits(reader([*BAD, *spoilt, *longer]), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return reader


@pytest.fixture
def shipped(reader: MixedReader, tmp_path: Path) -> Path:
    torch.manual_seed(1)
    calibrations = {"en": Calibration(0.8, -0.2), "ko": Calibration(0.5, 0.1)}
    picture = PictureHead(FEATURES)
    torch.nn.init.normal_(picture.out.weight, std=1.0)
    model = FlagModel(reader, untrained(), picture, calibrations)
    provenance = Provenance(task="flag", version="1", command="none", data=(), scores={})
    export_model("flag", flag_tensors(model), flag_config(model), provenance, tmp_path)
    return tmp_path


@pytest.fixture
def model(shipped: Path) -> FlagModel:
    return FlagModel.load(Manifest.read(shipped))


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


def test_the_reason_is_found_in_a_long_text(model: FlagModel) -> None:
    """Of forty words the one that carries the score is named, though not every word is left out alone."""
    [found] = model.judge([FlagInput("my cat works " * 13 + "idiot")])
    assert found.reasons[0].text == "idiot"


def test_calm_text_has_no_reasons(model: FlagModel) -> None:
    """Nothing is blamed where nothing is wrong."""
    assert model.judge([FlagInput(CALM[0])])[0].reasons == ()


def test_a_telling_part_of_the_picture_is_named(model: FlagModel) -> None:
    """The part without which the score falls most; none where no part matters."""
    telling, plain = torch.linspace(-2, 2, FEATURES), torch.linspace(2, -2, FEATURES)
    scores, _ = model.probabilities([FlagInput("you idiot", telling), FlagInput("you idiot", plain)])
    worse, better = (telling, plain) if scores[0] > scores[1] else (plain, telling)
    item = FlagInput("you idiot", worse)
    left, right = Box(x=0.0, y=0.0, w=0.5, h=1.0), Box(x=0.5, y=0.0, w=0.5, h=1.0)
    assert model.region(item, [(left, worse), (right, better)]) == right
    assert model.region(item, [(left, worse)]) is None
    assert model.region(item, []) is None


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
    items = [FlagInput("you idiot"), FlagInput("a caption", torch.ones(FEATURES)), FlagInput(KOREAN)]
    together = [found.score for found in model.judge(items)]
    alone = [model.judge([item])[0].score for item in items]
    assert together == pytest.approx(alone, abs=1e-5)


def test_korean_has_its_own_calibration(reader: MixedReader) -> None:
    """The language decides which scaling applies."""
    plain = FlagModel(reader, reader, None, {})
    scaled = FlagModel(reader, reader, None, {"ko": Calibration(0.0, 0.0)})
    korean, english = FlagInput(KOREAN), FlagInput("you idiot")
    assert scaled.judge([korean])[0].score == pytest.approx(0.5)
    assert scaled.judge([english])[0].score == pytest.approx(plain.judge([english])[0].score)


def test_korean_has_its_own_reader(reader: MixedReader) -> None:
    """Mostly Hangul goes to one reader, everything else to the other."""
    other = untrained()
    with torch.no_grad():
        other.encoded.out.bias.fill_(5.0)
    mixed = FlagModel(reader, other, None, {})
    korean, english = mixed.probabilities([FlagInput(KOREAN), FlagInput(CALM[0])])[0].tolist()
    assert korean > 0.9
    assert english < 0.5


def test_no_items_no_answers(model: FlagModel) -> None:
    """An empty batch is fine."""
    assert model.judge([]) == []


def test_altered_weights_are_refused(shipped: Path) -> None:
    """A file that is not the shipped one is never read."""
    with (shipped / "flag.safetensors").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError):
        FlagModel.load(Manifest.read(shipped))


def test_weights_of_another_version_are_refused(tmp_path: Path) -> None:
    """A file without a Korean reader is an error that says so, not a traceback."""
    provenance = Provenance(task="flag", version="1", command="none", data=(), scores={})
    export_model("flag", {"text": torch.zeros(1)}, {"features": 0, "calibrations": {}}, provenance, tmp_path)
    with pytest.raises(ModelError, match="does not fit"):
        FlagModel.load(Manifest.read(tmp_path))
