"""Gathers what the genre model learns from: labelled memes with their text read, and drawn examples of rare genres."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

import torch
from PIL import Image
from rich.progress import track

from inference.contract import Box, OcrLine, OcrOutput
from inference.labels import GENRES
from inference.models.genre import GenreInput
from training.datasets.captions import read_caption_boxes
from training.datasets.genre import LabelledMeme
from training.datasets.negatives import read_negatives
from training.datasets.pictures import open_picture
from training.datasets.rows import read_table
from training.datasets.templates import read_templates
from training.drawing.memes import distort, draw_macro, draw_rage_comic, draw_video_frame
from training.drawing.posts import draw_post
from training.drawing.sheet import Sheet

UNKNOWN: Final = -1.0
DRAWN_PER_KIND: Final = 240
DRAWN_WEIGHT: Final = 0.3
COMMON: Final = frozenset({"image_macro", "text_post", "political"})
RARE_WEIGHT: Final = 3.0


class Reader(Protocol):
    """Reads the text in an RGB picture."""

    def read(self, picture: Image.Image) -> OcrOutput: ...


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to learn from; `targets` (8,) are 0, 1 or UNKNOWN; `picture` is None for a text alone."""

    picture: Image.Image | None
    ocr: OcrOutput
    targets: torch.Tensor
    weight: float

    def as_input(self, features: torch.Tensor | None) -> GenreInput:
        width, height = self.picture.size if self.picture else (1, 1)
        return GenreInput(features, self.ocr, width, height)


def targets_of(genres: Sequence[str], unknown: Sequence[str] = ()) -> torch.Tensor:
    """Float32 (8,) in the order of `GENRES`."""
    return torch.tensor([1.0 if name in genres else UNKNOWN if name in unknown else 0.0 for name in GENRES])


def real_example(meme: LabelledMeme, ocr: OcrOutput) -> Example:
    """The words of a table, where there are any, with the places that OCR found."""
    text = meme.text if meme.text is not None else ocr.text
    rare = not set(meme.genres) <= COMMON
    weight = meme.weight * (RARE_WEIGHT if rare else 1.0)
    return Example(meme.open(), OcrOutput(text, ocr.lines), targets_of(meme.genres), weight)


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


def drawn_examples(data: Path, seed: int, per_kind: int = DRAWN_PER_KIND) -> Iterator[Example]:
    """Rage comics, posts, video frames, distorted memes, macros and plain photographs, `per_kind` of each."""
    rng = random.Random(f"genre/{seed}")
    captions = read_caption_boxes(data, 3000, every=29).items
    templates = read_templates(data).items
    photos = read_negatives(data, per_kind).items
    faces = [open_picture(path) for path in sorted((data / "genre" / "ragefaces").glob("*.jpg"))]
    thumbnails = [open_picture(path) for path in sorted((data / "genre" / "video_thumbnails").glob("*.jpg"))]

    def base() -> Image.Image:
        return rng.choice(templates).pictures[0].open()

    for number in range(per_kind):
        boxes = rng.choice(captions)
        lines = [" ".join(rng.choice(captions)) for _ in range(4)]
        frame = rng.choice(thumbnails) if rng.random() < 0.6 else rng.choice(photos)
        yield _drawn(draw_rage_comic(faces, lines, rng), ["rage_comic"])
        yield _drawn(draw_post(lines, base(), rng), ["text_post"], ["political"])
        yield _drawn(draw_video_frame(frame, lines, rng), ["viral_video"], ["image_macro", "text_post"])
        yield _drawn(draw_macro(base(), boxes, rng), ["image_macro"], ["political"])
        yield _drawn(distort(draw_macro(base(), boxes, rng), rng), ["ironic_surreal"], ["image_macro", "political"])
        if number < len(photos):
            yield _drawn(Sheet(photos[number]), ["experimental"])


def political_texts(data: Path, limit: int = 450) -> list[Example]:
    """Texts of election memes: political for certain, anything else unknown."""
    path = data / "offence" / "multioff_train.csv"
    if not path.is_file():
        return []
    texts = [row["sentence"] for row in read_table(path, ("sentence",)) if row["sentence"].strip()]
    others = [name for name in GENRES if name != "political"]
    return [Example(None, OcrOutput(text, ()), targets_of(["political"], others), 0.3) for text in texts[:limit]]


def plain_texts(data: Path, limit: int = 450) -> list[Example]:
    """Captions of templates: hardly ever political, anything else unknown."""
    others = [name for name in GENRES if name != "political"]
    captions = read_caption_boxes(data, limit, every=211).items
    return [Example(None, OcrOutput(" ".join(boxes), ()), targets_of([], others), 0.3) for boxes in captions]


def _drawn(sheet: Sheet, genres: Sequence[str], unknown: Sequence[str] = ()) -> Example:
    return Example(sheet.picture, sheet.to_ocr(), targets_of(genres, unknown), DRAWN_WEIGHT)


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
