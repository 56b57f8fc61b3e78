"""Gathers the real things the genre model learns from: labelled memes with their text read, texts of known topic."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

import torch
from PIL import Image
from rich.progress import track

from inference.contract import Box, OcrLine, OcrOutput
from inference.labels import GENRES
from training.datasets.captions import read_caption_boxes
from training.datasets.genre import LabelledMeme
from training.datasets.rows import read_table

UNKNOWN: Final = -1.0
TEXT_WEIGHT: Final = 0.3
COMMON: Final = frozenset({"image_macro", "text_post", "political"})
RARE_WEIGHT: Final = 3.0


class Reader(Protocol):
    """Reads the text in an RGB picture."""

    def read(self, picture: Image.Image) -> OcrOutput: ...


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to learn from; `targets` (8,) are 0, 1 or UNKNOWN; `picture` is None for a text alone.

    `written` is what a table says that the picture says, where there is one: a second reading of the same picture.
    """

    picture: Image.Image | None
    ocr: OcrOutput
    targets: torch.Tensor
    weight: float
    written: str | None = None


def targets_of(genres: Sequence[str], unknown: Sequence[str] = ()) -> torch.Tensor:
    """Float32 (8,) in the order of `GENRES`."""
    return torch.tensor([1.0 if name in genres else UNKNOWN if name in unknown else 0.0 for name in GENRES])


def real_example(meme: LabelledMeme, ocr: OcrOutput) -> Example:
    """A labelled meme as the reader read it: that is all there is when the model is asked."""
    rare = not set(meme.genres) <= COMMON
    weight = meme.weight * (RARE_WEIGHT if rare else 1.0)
    return Example(meme.open(), ocr, targets_of(meme.genres), weight, meme.text)


def read_texts(memes: Sequence[LabelledMeme], reader: Reader, cache: Path) -> dict[str, OcrOutput]:
    """OCR of every picture by file name; each is read once and kept in `cache`, one JSON line per picture."""
    known = _read_cache(cache)
    missing = [meme for meme in memes if meme.path.name not in known]
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.open("a", encoding="utf-8") as file:
        for meme in track(missing, "reading text") if missing else ():
            known[meme.path.name] = output = reader.read(meme.open())
            file.write(json.dumps({"name": meme.path.name, "ocr": asdict(output)}) + "\n")
            file.flush()
    return known


def read_political_texts(data: Path, limit: int = 450) -> list[str]:
    """Texts of memes about an election."""
    path = data / "offence" / "multioff_train.csv"
    rows = read_table(path, ("sentence",)) if path.is_file() else ()
    return [row["sentence"] for row in rows if row["sentence"].strip()][:limit]


def political_texts(data: Path) -> list[Example]:
    """Texts of election memes: political for certain, anything else unknown."""
    return [_text_alone(text, ["political"]) for text in read_political_texts(data)]


def plain_texts(data: Path, limit: int = 450) -> list[Example]:
    """Captions of templates: hardly ever political, anything else unknown."""
    return [_text_alone(" ".join(boxes), []) for boxes in read_caption_boxes(data, limit, every=211).items]


def _text_alone(text: str, genres: Sequence[str]) -> Example:
    others = [name for name in GENRES if name != "political"]
    return Example(None, OcrOutput(text, ()), targets_of(genres, others), TEXT_WEIGHT)


def _read_cache(cache: Path) -> dict[str, OcrOutput]:
    if not cache.is_file():
        return {}
    rows = [json.loads(line) for line in cache.read_text(encoding="utf-8").splitlines()]
    return {row["name"]: _as_ocr(row["ocr"]) for row in rows}


def _as_ocr(values: Mapping[str, object]) -> OcrOutput:
    rows = values["lines"]
    assert isinstance(rows, list)  # noqa: S101
    lines = tuple(OcrLine(row["text"], Box(**row["box"]), float(row["score"])) for row in rows)
    return OcrOutput(str(values["text"]), lines)
