"""The flag model's picture head: it learns what words do not say, and is left out where pictures say nothing."""

from __future__ import annotations

import torch

from inference.labels import FLAG_CATEGORIES
from inference.models.hashed import HashedClassifier, HashedConfig
from training.datasets.offence import OffenceItem
from training.words.flag_pictures import PictureRows, fit_picture_head, picture_rows


def rows_of(wanted: torch.Tensor, features: torch.Tensor) -> PictureRows:
    return PictureRows(features, torch.zeros(len(wanted), 4), torch.zeros(len(wanted)), wanted)


def test_telling_pictures_make_a_head() -> None:
    """Where features say what words do not, the head raises the logit of the offensive ones."""
    torch.manual_seed(0)
    wanted = torch.tensor([0.0, 1.0] * 300)
    features = torch.randn(600, 8)
    features[:, 0] += 4 * wanted
    rows = rows_of(wanted, features)
    head = fit_picture_head(rows, rows, rows, seed=0)
    assert head is not None
    added = head(features, rows.hidden).detach()
    assert float(added[wanted == 1].mean()) > float(added[wanted == 0].mean()) + 1.0


def test_pictures_that_tell_nothing_leave_no_head() -> None:
    """A head that misleads on the held-out part is not kept."""
    torch.manual_seed(0)
    features = torch.randn(60, 8)
    known, misled = rows_of(torch.ones(60), features), rows_of(torch.zeros(60), features)
    assert fit_picture_head(known, known, misled, seed=0) is None


def test_only_items_with_pictures_make_rows() -> None:
    """Other sets and missing pictures are left out, and their logits are the text network's."""
    text = HashedClassifier(HashedConfig(buckets=64, width=4, hidden=4, outputs=1 + len(FLAG_CATEGORIES)))
    items = [
        OffenceItem("harmeme", "seen", offensive=True, image="a.png"),
        OffenceItem("harmeme", "missing", offensive=True, image="b.png"),
        OffenceItem("olid", "a tweet", offensive=False),
    ]
    rows = picture_rows(text, items, {"a.png": torch.ones(8)})
    assert rows is not None
    assert rows.wanted.tolist() == [1.0]
    assert torch.allclose(rows.logits, text(text.bags(["seen"]))[:, 0])
    assert picture_rows(text, items, {}) is None
