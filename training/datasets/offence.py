"""The offence sets, brought to one shape: a text, whether it offends, and what is known of its categories.

Only labels that a set really gives are used; a category that a set says nothing about is None, not "no".
Nobody labels `sexual`, `violent` and English `profanity`: for those, texts that annotators called offensive are
divided by word lists (`weak_categories`), so the model learns them as kinds of offence, never as mere words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inference.models.text import fold, hangul_share
from training.datasets.lexicon import Lexicon
from training.datasets.rows import Imported, Sieve, read_table, usable_text
from training.errors import DataError

Categories = Mapping[str, bool]
Labelled = tuple[bool, Categories]


@dataclass(frozen=True, slots=True)
class OffenceItem:
    """`categories` holds only what is known; `image` is a file name in the set's picture folder, where it has one."""

    source: str
    text: str
    offensive: bool
    categories: Categories = field(default_factory=dict)
    image: str | None = None


def read_multioff(data: Path, part: str) -> Imported[OffenceItem]:
    """MultiOFF, `part` "train" or "val": memes of the 2016 election, text only."""
    return _read(data / f"offence/multioff_{part}.csv", "multioff", _binary, "sentence")


def read_harmeme(data: Path, part: str) -> Imported[OffenceItem]:
    """HarMeme, `part` "train" or "val": memes about COVID-19, with pictures."""
    return _read(data / f"offence/harmeme_{part}.csv", "harmeme", _harmeme, "sentence")


def read_english(data: Path) -> tuple[Imported[OffenceItem], ...]:
    """OLID and Davidson (tweets), Stormfront (forum sentences)."""
    folder = data / "offence/text"
    return (
        _read(folder / "olid_train.csv.gz", "olid", _binary),
        _read(folder / "davidson.csv.gz", "davidson", _davidson),
        _read(folder / "stormfront.csv.gz", "stormfront", _stormfront),
    )


def read_korean(data: Path) -> tuple[Imported[OffenceItem], ...]:
    """BEEP (training part), K-MHaS and the curse set."""
    folder = data / "offence/text"
    return (
        _read(folder / "ko_beep_train.csv.gz", "beep", _beep),
        _read(folder / "ko_kmhas_valid.csv.gz", "kmhas", _kmhas, label="labels"),
        _read(folder / "ko_curse.csv.gz", "curse", _curse),
    )


def read_korean_dev(data: Path) -> Imported[OffenceItem]:
    """BEEP's development part."""
    return _read(data / "offence/text/ko_beep_dev.csv.gz", "beep", _beep)


def weak_categories(item: OffenceItem, lexicon: Lexicon) -> Categories:
    """The item's own labels, and where it is offensive and says nothing, what the word lists say."""
    text = fold(item.text)
    derived = {
        "profanity": bool(lexicon.profanity.search(text)),
        "sexual": item.offensive and bool(lexicon.sexual.search(text)),
        "violent": item.offensive and bool(lexicon.violent.search(text)),
    }
    if not item.offensive:
        derived |= {"hate": False, "insult": False}
    elif hangul_share(text) == 0 and item.source in {"olid", "multioff"} and not any(derived.values()):
        derived["insult"] = True
    return {**derived, **item.categories}


def _read(
    path: Path,
    source: str,
    read_label: Callable[[Mapping[str, str]], Labelled],
    column: str = "text",
    label: str = "label",
) -> Imported[OffenceItem]:
    sieve: Sieve[OffenceItem] = Sieve()
    seen: set[str] = set()
    for row in read_table(path, (column, label)):
        text = usable_text(row[column])
        if text is None:
            sieve.drop("no text")
        elif (key := fold(text)) in seen:
            sieve.drop("duplicate")
        else:
            seen.add(key)
            offensive, categories = _labelled(path, row, read_label)
            sieve.keep(OffenceItem(source, text, offensive, categories, row.get("image_name")))
    return sieve.imported()


def _labelled(path: Path, row: Mapping[str, str], read_label: Callable[[Mapping[str, str]], Labelled]) -> Labelled:
    try:
        return read_label(row)
    except (KeyError, ValueError) as error:
        raise DataError(f"{path.name} has a label that is not understood: {error}.") from error


def _binary(row: Mapping[str, str]) -> Labelled:
    label = row["label"].strip().lower()
    return {"offensive": True, "non-offensive": False, "non-offensiv": False}[label], {}


def _harmeme(row: Mapping[str, str]) -> Labelled:
    fine = row["fine_label"]
    offensive = not fine.startswith("not")
    if not offensive:
        return False, {}
    hate = fine == "very harmful+community"
    return True, {"insult": "individual" in fine or "organization" in fine, **({"hate": True} if hate else {})}


def _davidson(row: Mapping[str, str]) -> Labelled:
    return {
        "hate": (True, {"hate": True}),
        "offensive": (True, {"hate": False}),
        "neither": (False, {}),
    }[row["label"]]


def _stormfront(row: Mapping[str, str]) -> Labelled:
    hate = {"hate": True, "noHate": False}[row["label"]]
    return hate, {"hate": hate}


def _beep(row: Mapping[str, str]) -> Labelled:
    return {
        "hate": (True, {"hate": True}),
        "offensive": (True, {"hate": False, "insult": True}),
        "none": (False, {}),
    }[row["label"]]


def _kmhas(row: Mapping[str, str]) -> Labelled:
    """Labels: 0 origin, 1 looks, 2 politics, 3 profanity, 4 age, 5 gender, 6 race, 7 religion, 8 none of these."""
    labels = {int(part) for part in row["labels"].split(",")}
    if labels == {8}:
        return False, {"profanity": False}
    return True, {"hate": bool(labels & {0, 4, 5, 6, 7}), "insult": bool(labels & {1, 2}), "profanity": 3 in labels}


def _curse(row: Mapping[str, str]) -> Labelled:
    curse = {"1": True, "0": False}[row["label"]]
    return curse, {"profanity": curse}
