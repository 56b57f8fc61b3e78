"""The flag model's picture head: it learns what words do not say, and is left out where pictures say nothing."""

from __future__ import annotations

import torch

from inference.labels import FLAG_CATEGORIES
from inference.models.encoded import EncodedClassifier
from inference.models.mixed_reader import MixedReader
from inference.models.ngram_table import NgramTable
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.word_pieces import SPECIAL, WordPieces
from training.datasets.offence import OffenceItem
from training.words.flag_pictures import PictureRows, fit_picture_head, picture_rows


def rows_of(wanted: torch.Tensor, features: torch.Tensor, logits: torch.Tensor | None = None) -> PictureRows:
    nothing = torch.zeros(len(wanted))
    return PictureRows(features, nothing if logits is None else logits, wanted, nothing + 1)


def telling(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    wanted = torch.tensor([0.0, 1.0] * (count // 2))
    features = torch.randn(count, 8)
    features[:, 0] += 4 * wanted
    return wanted, features


def test_telling_pictures_make_a_head() -> None:
    """Where features say what words do not, the head raises the logit of the offensive ones, and lowers the others'."""
    torch.manual_seed(0)
    wanted, features = telling(600)
    head = fit_picture_head(rows_of(wanted, features), rows_of(*telling(200)), seed=0)
    assert head is not None
    added = head(features).detach()
    assert float(added[wanted == 1].mean()) > 0.5
    assert float(added[wanted == 0].mean()) < -0.5


def test_pictures_that_mislead_leave_no_head() -> None:
    """A head that makes the held-out part worse is not kept."""
    torch.manual_seed(0)
    wanted, features = telling(200)
    dev, seen = telling(100)
    assert fit_picture_head(rows_of(wanted, features), rows_of(1 - dev, seen), seed=0) is None


def test_words_that_say_all_leave_little_to_the_picture() -> None:
    """The head counts for less beside words that are always right than beside words that say nothing."""
    torch.manual_seed(0)
    wanted, features = telling(400)
    dev, seen = telling(100)
    known = rows_of(wanted, features)
    alone = fit_picture_head(known, rows_of(dev, seen), seed=0)
    beside = fit_picture_head(known, rows_of(1 - dev, seen, 3 * (1 - 2 * dev)), seed=0)
    assert alone is not None
    assert beside is None or float(beside.out.weight.abs().sum()) < float(alone.out.weight.abs().sum())


def test_calm_pictures_join_the_known_ones() -> None:
    """They offend nobody and count less."""
    rows = rows_of(torch.ones(3), torch.randn(3, 8)).with_calm(torch.randn(5, 8))
    assert rows.wanted.tolist() == [1, 1, 1, 0, 0, 0, 0, 0]
    assert rows.features.shape == (8, 8)
    assert float(rows.weights[-1]) < float(rows.weights[0])


def test_only_items_with_pictures_make_rows() -> None:
    """Other sets and missing pictures are left out, and their logits are the reader's."""
    torch.manual_seed(0)
    sizes = EncoderConfig(pieces=len(SPECIAL) + 1, width=8, layers=1, heads=2, inner=8, positions=8)
    encoded = EncodedClassifier(TextEncoder(sizes), WordPieces((*SPECIAL, "seen")), 1 + len(FLAG_CATEGORIES))
    reader = MixedReader(encoded, NgramTable(torch.randn(2, 8), torch.ones(2, 8), torch.zeros(1)), share=0.3).eval()
    items = [
        OffenceItem("harmeme", "seen", offensive=True, image="a.png"),
        OffenceItem("harmeme", "missing", offensive=True, image="b.png"),
        OffenceItem("olid", "a tweet", offensive=False),
    ]
    rows = picture_rows(reader, items, {"a.png": torch.ones(8)})
    assert rows is not None
    assert rows.wanted.tolist() == [1.0]
    assert torch.allclose(rows.logits, reader(["seen"])[:, 0].detach(), atol=1e-6)
    assert picture_rows(reader, items, {}) is None
