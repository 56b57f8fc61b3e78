"""What the flag model learns from: the offence sets in one list with a stable split, and calm meme captions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.models.text import fold
from training.datasets.captions import Caption, read_captions
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
from training.words.contrasts import draw_contrasts

CALM_CAPTIONS: Final = 8_000
UNLABELLED_EVERY: Final = 5
CONTRASTS: Final = "contrasts"
MEME_SETS: Final = ("multioff", "harmeme")


@dataclass(frozen=True, slots=True)
class FlagSplit:
    """`train`; `dev` (1 in 20 of every training set, for calibration); the sets' own held-out
    parts by name; `unlabelled` are captions whose words a reader should know."""

    train: tuple[OffenceItem, ...]
    dev: tuple[OffenceItem, ...]
    held_out: dict[str, tuple[OffenceItem, ...]]
    unlabelled: tuple[str, ...]
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
    sets.append(_drawn_sentences())
    captions = read_captions(data)
    sets.append(_calm_captions(captions, lexicon, calm))
    taken = {fold(item.text) for items in held_out.values() for item in items}
    items = [_with_weak(item, lexicon) for part in sets for item in part.items if fold(item.text) not in taken]
    return FlagSplit(
        train=tuple(item for item in items if split_of(fold(item.text)) != 0),
        dev=tuple(item for item in items if split_of(fold(item.text)) == 0),
        held_out=held_out,
        unlabelled=tuple(" ".join(caption.boxes) for caption in captions.items[::UNLABELLED_EVERY]),
        dropped={part.items[0].source: dict(part.dropped) for part in sets if part.items},
    )


def _calm_captions(imported: Imported[Caption], lexicon: Lexicon, calm: int) -> Imported[OffenceItem]:
    """The best liked captions without a listed word: what a moderator must not be called for."""
    liked = sorted(imported.items, key=lambda caption: (-caption.appeal, caption.text))
    items: list[OffenceItem] = []
    for caption in liked:
        if len(items) >= calm:
            break
        text = " ".join(caption.boxes)
        if not (lexicon.sexual.search(text) or lexicon.slurs.search(text) or lexicon.profanity.search(text)):
            items.append(OffenceItem("captions", text, offensive=False))
    return Imported(tuple(items), {**imported.dropped, "listed words": len(imported.items) - len(items)})


def _drawn_sentences() -> Imported[OffenceItem]:
    """Pairs of like sentences that offend and do not, for what the sets teach wrongly or not at all."""
    drawn = draw_contrasts("train")
    return Imported(tuple(OffenceItem(CONTRASTS, one.text, one.offensive, one.categories) for one in drawn), {})


def _with_weak(item: OffenceItem, lexicon: Lexicon) -> OffenceItem:
    return OffenceItem(item.source, item.text, item.offensive, weak_categories(item, lexicon), item.image)
