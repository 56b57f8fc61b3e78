"""What the flag model learns from: the offence sets in one list with a stable split, and calm meme captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from inference.labels import FLAG_CATEGORIES
from inference.models.text import fold
from training.datasets.captions import read_captions
from training.datasets.lexicon import Lexicon
from training.datasets.offence import (
    OffenceItem,
    read_english,
    read_harmeme,
    read_korean,
    read_korean_dev,
    read_multioff,
    weak_categories,
)
from training.datasets.rows import Imported, split_of

CALM_CAPTIONS: Final = 8_000
REPEATS: Final = {"multioff": 3, "harmeme": 3}


@dataclass(frozen=True, slots=True)
class FlagSplit:
    """`train`; `dev` (1 in 20 of every training set, for calibration); and the sets' own held-out parts by name."""

    train: tuple[OffenceItem, ...]
    dev: tuple[OffenceItem, ...]
    held_out: dict[str, tuple[OffenceItem, ...]]
    dropped: dict[str, dict[str, int]]


def read_flag_split(data: Path, calm: int = CALM_CAPTIONS) -> FlagSplit:
    """Texts of the held-out parts never occur in `train` or `dev`, however they are spelt."""
    held_out = {
        "multioff": read_multioff(data, "val").items,
        "harmeme": read_harmeme(data, "val").items,
        "beep": read_korean_dev(data).items,
    }
    sets = [read_multioff(data, "train"), read_harmeme(data, "train"), *read_english(data), *read_korean(data)]
    lexicon = Lexicon.read(data)
    sets.append(_calm_captions(data, lexicon, calm))
    taken = {fold(item.text) for items in held_out.values() for item in items}
    items = [_with_weak(item, lexicon) for part in sets for item in part.items if fold(item.text) not in taken]
    return FlagSplit(
        train=tuple(item for item in items if split_of(fold(item.text)) != 0),
        dev=tuple(item for item in items if split_of(fold(item.text)) == 0),
        held_out=held_out,
        dropped={part.items[0].source: dict(part.dropped) for part in sets if part.items},
    )


@dataclass(frozen=True, slots=True)
class Targets:
    """`offensive` (N,) 0/1; `categories` (N, C) 0/1 and `known` (N, C) 0/1 for those that are labelled."""

    offensive: Tensor
    categories: Tensor
    known: Tensor

    @classmethod
    def of(cls, items: Sequence[OffenceItem]) -> Targets:
        rows = [[item.categories.get(name) for name in FLAG_CATEGORIES] for item in items]
        return cls(
            torch.tensor([float(item.offensive) for item in items]),
            torch.tensor([[float(bool(value)) for value in row] for row in rows]),
            torch.tensor([[float(value is not None) for value in row] for row in rows]),
        )


def _calm_captions(data: Path, lexicon: Lexicon, calm: int) -> Imported[OffenceItem]:
    """The best liked captions without a listed word: what a moderator must not be called for."""
    imported = read_captions(data)
    liked = sorted(imported.items, key=lambda caption: (-caption.appeal, caption.text))
    items: list[OffenceItem] = []
    for caption in liked:
        if len(items) >= calm:
            break
        text = " ".join(caption.boxes)
        if not (lexicon.sexual.search(text) or lexicon.slurs.search(text) or lexicon.profanity.search(text)):
            items.append(OffenceItem("captions", text, offensive=False))
    return Imported(tuple(items), {**imported.dropped, "listed words": len(imported.items) - len(items)})


def _with_weak(item: OffenceItem, lexicon: Lexicon) -> OffenceItem:
    return OffenceItem(item.source, item.text, item.offensive, weak_categories(item, lexicon), item.image)
