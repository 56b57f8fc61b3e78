"""Genres from picture, layout and words, any of which may be missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from inference.contract import Box, OcrLine, OcrOutput
from inference.labels import GENRES
from inference.manifest import Manifest
from inference.models.genre import MODEL_NAME, GenreConfig, GenreInput, GenreModel, GenreNet, make_batch
from inference.models.look import LOOK_WIDTH
from inference.models.text_layout import LAYOUT_WIDTH, layout_features
from training.export import Provenance, export_model

CONFIG = GenreConfig(feature_width=6, buckets=64, word_width=4, hidden=8, members=2)
POST = OcrOutput(
    "Somebody @somebody 3h ago nothing happened 12 Likes",
    (
        OcrLine("Somebody @somebody 3h", Box(0.1, 0.05, 0.5, 0.05), 0.9),
        OcrLine("nothing happened", Box(0.1, 0.3, 0.7, 0.06), 0.9),
        OcrLine("12 Likes", Box(0.1, 0.9, 0.3, 0.04), 0.9),
    ),
)
FEATURES = torch.linspace(-1, 1, 6)
LOOK = torch.linspace(-1, 1, LOOK_WIDTH)


def genre_model(threshold: float = 0.5) -> GenreModel:
    torch.manual_seed(3)
    members = nn.ModuleList(GenreNet(CONFIG) for _ in range(CONFIG.members))
    return GenreModel(members, CONFIG, dict.fromkeys(GENRES, threshold))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(GenreInput(FEATURES, POST, 300, 400, LOOK), id="picture and text"),
        pytest.param(GenreInput(FEATURES, None, 300, 400, LOOK), id="picture alone"),
        pytest.param(GenreInput(FEATURES, POST, 300, 400), id="a picture whose look was not measured"),
        pytest.param(GenreInput(None, POST, 1, 1), id="text alone"),
        pytest.param(GenreInput(None, OcrOutput("words without places", ()), 1, 1), id="words without places"),
        pytest.param(GenreInput(None, None, 1, 1), id="nothing"),
    ],
)
def test_every_mix_of_parts_gets_all_eight_scores(given: GenreInput) -> None:
    """Whatever is missing, each genre has a score in 0..1."""
    (output,) = genre_model().predict([given])

    assert tuple(output.scores) == GENRES
    assert all(0.0 <= score <= 1.0 for score in output.scores.values())


def test_labels_are_those_above_their_threshold_best_first() -> None:
    """A genre is told if and only if it reaches its own threshold."""
    output = genre_model(threshold=0.48).predict([GenreInput(FEATURES, POST, 300, 400)])[0]

    expected = sorted((name for name in GENRES if output.scores[name] >= 0.48), key=lambda name: -output.scores[name])
    assert list(output.labels) == expected


def test_a_threshold_of_one_genre_moves_no_other() -> None:
    """Thresholds are per genre."""
    model = genre_model(threshold=1.1)
    model.thresholds["political"] = 0.0

    assert model.predict([GenreInput(FEATURES, POST, 300, 400)])[0].labels == ("political",)


def test_answers_keep_the_order_of_the_inputs() -> None:
    """A batch answers as its items would alone."""
    model = genre_model()
    inputs = [GenreInput(FEATURES, None, 3, 4), GenreInput(None, POST, 1, 1), GenreInput(-FEATURES, POST, 9, 4)]

    together = model.probabilities(inputs)

    for row, one in zip(together, inputs, strict=True):
        assert torch.allclose(row, model.probabilities([one])[0], atol=1e-5)


def test_nothing_asked_is_nothing_answered() -> None:
    """An empty batch has no answers."""
    assert genre_model().predict([]) == []


def test_missing_parts_are_marked_absent() -> None:
    """The network is told which of picture, look, layout and words there are."""
    words_alone = GenreInput(None, OcrOutput("hello there", ()), 1, 1)

    batch = make_batch([GenreInput(FEATURES, POST, 3, 4, LOOK), words_alone], CONFIG)

    assert batch.present.tolist() == [[1, 1, 1, 1], [0, 0, 0, 1]]


def test_what_is_absent_changes_nothing() -> None:
    """Numbers of a part that is marked absent are not read."""
    member = GenreNet(CONFIG).eval()
    batch = make_batch([GenreInput(FEATURES, POST, 3, 4, LOOK)], CONFIG)
    hidden = replace(batch, present=batch.present * torch.tensor([0.0, 0.0, 1.0, 1.0]))

    with torch.inference_mode():
        blind = member(replace(hidden, features=-FEATURES[None], look=-LOOK[None]))
        assert torch.equal(member(hidden), blind)
        assert not torch.allclose(member(batch), blind)


def test_a_saved_model_scores_as_before(tmp_path: Path) -> None:
    """Members, shape and thresholds travel with the weights."""
    model = genre_model(threshold=0.3)
    provenance = Provenance(task="genre", version="1", command="none", data=(), scores={})
    export_model(MODEL_NAME, *model.to_tensors(), provenance, tmp_path)

    loaded = GenreModel.load(Manifest.read(tmp_path))

    given = [GenreInput(FEATURES, POST, 300, 400)]
    assert loaded.thresholds == model.thresholds
    assert torch.allclose(loaded.probabilities(given), model.probabilities(given), atol=0.01)


def test_a_layout_without_lines_tells_only_the_shape() -> None:
    """Where nothing was read, all numbers but the aspect ratio are zero."""
    row = layout_features(None, 400, 200)

    assert row.shape == (LAYOUT_WIDTH,)
    assert float(row[0]) == pytest.approx(0.693, abs=0.01)
    assert not row[1:].any()


def test_text_at_the_top_and_text_at_the_bottom_lie_apart() -> None:
    """The layout tells where the text is."""
    top = OcrOutput("top", (OcrLine("top", Box(0.1, 0.02, 0.8, 0.1), 1.0),))
    bottom = OcrOutput("top", (OcrLine("top", Box(0.1, 0.88, 0.8, 0.1), 1.0),))

    assert not torch.allclose(layout_features(top, 1, 1), layout_features(bottom, 1, 1))


def test_layout_numbers_stay_small_for_odd_reads() -> None:
    """Overlapping, huge or countless lines do not blow up the numbers."""
    lines = tuple(OcrLine("X" * 90, Box(0.0, 0.0, 1.0, 1.0), 1.0) for _ in range(200))

    row = layout_features(OcrOutput("X" * 9000, lines), 10_000, 1)

    assert bool(row.isfinite().all())
    assert float(row.abs().max()) < 12
