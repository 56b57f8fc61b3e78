"""Measures the reader of text, and trains the spotter that spares it pictures without text.

    memesmith train ocr --data DIR
    memesmith evaluate ocr --data DIR

The reader's own models come with its library and are not trained. It is measured on captions drawn over held-out
pictures, on real memes beside the texts of HarMeme, and on plain photographs for its time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from PIL import Image
from rich.console import Console
from rich.progress import track

from inference.manifest import Manifest
from inference.models.loaded import LoadedModels
from inference.models.ocr import TextReader
from inference.models.text_spotter import MODEL_NAME, SpotterConfig, TextSpotter
from training.datasets.negatives import read_negatives
from training.datasets.pictures import open_picture
from training.errors import DataError
from training.export import Provenance, export_model
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation, Goal, Score
from training.report.intervals import share_score
from training.run import Run
from training.seeing.ocr_pages import Page, PageSource, draw_pages, enlarge
from training.seeing.ocr_scores import Reading, score_memes, score_pages, score_times
from training.seeing.ocr_spotter import Amounts, fit_spotter, read_memes, read_spotter_data

VERSION: Final = "1"
COMMAND: Final = "memesmith train ocr --data DIR"
DATA: Final = ("HarMeme", "Caltech-101", "Dank-Learning templates", "memegen", "ImgFlip575K", "new_meme_dataset_2")
QUICK: Final = Amounts(memes=8, templates=8, pages=24, epochs=2)
PAGES: Final = 288
READ_EVERY: Final = "without the spotter"
"""Name of the baseline that reads every picture."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One picture read: what the reader finds, whether the spotter would let it, and milliseconds of both."""

    text: str
    spotted: bool
    spot_ms: float
    read_ms: float

    @property
    def shown_text(self) -> str:
        return self.text if self.spotted else ""

    @property
    def shown_ms(self) -> float:
        return self.spot_ms + (self.read_ms if self.spotted else 0.0)


def train(options: TrainOptions) -> Scores:
    """Trains the spotter, exports it, and returns what it was trained on; the reader is used as it comes."""
    torch.manual_seed(options.seed)
    amounts, config = QUICK if options.quick else Amounts(), SpotterConfig()
    run = Run(options.runs, MODEL_NAME)
    reader = TextReader(threads=1)
    data = read_spotter_data(options.data, lambda one: bool(reader.read(one).text), amounts, config, options.seed)
    spotter = fit_spotter(data, config, amounts, run, options.seed)
    run.finish()
    scores = {
        "with_text": float(len(data.with_text)),
        "without_text": float(len(data.without)),
        "threshold": spotter.threshold,
    }
    provenance = Provenance(task="ocr", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, *spotter.to_tensors(), provenance, options.out)
    return scores


def evaluate(options: EvaluateOptions) -> Evaluation:
    """Scores with the spotter; those of reading every picture stand beside them, from the same readings."""
    reader = TextReader(threads=1)
    spotter = LoadedModels(Manifest.read(options.weights), options.device, threads=1).spotter
    source = PageSource.read(options.data, lambda one: bool(reader.read(one).text), reader.reads_korean)
    pages = list(draw_pages(source, options.limit or PAGES, options.seed))
    memes = read_memes(options.data, "val")[: options.limit]
    photographs = read_negatives(options.data).items[1::2][: options.limit]
    if not (pages and memes and photographs):
        raise DataError("Measuring the reader needs captions, pictures of HarMeme and photographs; see docs/data.md.")
    glances = {
        "pages": _glance([page.picture for page in pages], reader, spotter, "pages"),
        "memes": _glance([open_picture(path) for path, _ in memes], reader, spotter, "memes"),
        "photographs": _glance([enlarge(one) for one in photographs], reader, spotter, "photographs"),
    }
    texts = [text for _, text in memes]
    shown, bare = (_scores(pages, texts, glances, with_spotter) for with_spotter in (True, False))
    lost = Score(bare["harmeme_joined_recall"].value - shown["harmeme_joined_recall"].value, items=len(memes))
    return Evaluation(
        model=MODEL_NAME,
        scores={**shown, "word_recall_lost": lost, **_skipped(glances)},
        baselines={READ_EVERY: bare},
        goals=(Goal(score="word_recall_lost", at_most=0.01), Goal(score="cer_language_korean", at_most=0.2)),
    )


def _glance(
    pictures: Sequence[Image.Image], reader: TextReader, spotter: TextSpotter | None, what: str
) -> list[Glance]:
    reader.read(pictures[0])  # so that no time holds the loading of the models
    bar = track(pictures, f"reading {what}", console=Console(stderr=True))  # standard output is for the scores
    return [_glance_at(picture, reader, spotter) for picture in bar]


def _glance_at(picture: Image.Image, reader: TextReader, spotter: TextSpotter | None) -> Glance:
    start = time.perf_counter()
    spotted = spotter is None or spotter.may_have_text(picture)
    between = time.perf_counter()
    text = reader.read(picture).text
    return Glance(text, spotted, (between - start) * 1e3, (time.perf_counter() - between) * 1e3)


def _scores(
    pages: Sequence[Page], texts: Sequence[str], glances: dict[str, list[Glance]], with_spotter: bool
) -> dict[str, Score]:
    def found(kind: str) -> list[str]:
        return [one.shown_text if with_spotter else one.text for one in glances[kind]]

    readings = [Reading(text, read) for text, read in zip(texts, found("memes"), strict=True)]
    scores = {**score_pages(pages, found("pages")), **score_memes(readings)}
    for kind, each in glances.items():
        scores |= score_times(kind, [one.shown_ms if with_spotter else one.read_ms for one in each])
    return scores


def _skipped(glances: dict[str, list[Glance]]) -> dict[str, Score]:
    """`skipped_KIND`: the share that is not read at all; of pages and memes it should be none."""
    skipped = {f"skipped_{kind}": share_score([not one.spotted for one in each]) for kind, each in glances.items()}
    return {**skipped, **score_times("spotter", [one.spot_ms for each in glances.values() for one in each])}
