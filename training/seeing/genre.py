"""Trains the genre model on labelled memes and on drawn examples of every genre.

    memesmith train genre --data DIR

The labelled memes are cut into five folds by near-duplicate group; five networks are trained, each without one fold,
thresholds are fitted on the predictions for the folds left out, and all five vote. What is measured are those
predictions: each meme is judged by the one network that never saw it, with thresholds fitted on the other folds. As
all memes come from two collections, training on either and asking about the other is measured, too. Needs the backbone
in the weights folder, and OCR for the text.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import torch
from rich.progress import track
from torch import nn

from inference.labels import GENRES
from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.genre import MODEL_NAME, GenreConfig, GenreModel, GenreNet
from training.datasets.genre import LabelledMeme, read_labelled_memes
from training.export import Provenance, export_model, record_evaluation
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation
from training.seeing.genre_baselines import logistic_predictions
from training.seeing.genre_drawn import DRAWN_PER_KIND, drawn_examples
from training.seeing.genre_examples import Reader, plain_texts, political_texts, read_texts, real_example
from training.seeing.genre_learner import (
    DRAWN,
    EPOCHS,
    Lesson,
    fit_member,
    left_out_predictions,
    prepare,
    with_second_readings,
)
from training.seeing.genre_scores import Judged, counted_genres, fit_thresholds, macro_f1, report_genres

VERSION: Final = "2"
COMMAND: Final = "memesmith train genre --data DIR"
DATA: Final = ("HarMeme", "propaganda-techniques-in-memes", "android-ragefaces", "MultiOFF texts", "drawn examples")
PART_BASELINES: Final = {
    "words alone": ("words",),
    "layout alone": ("layout",),
    "text alone": ("layout", "words"),
    "picture alone": ("picture", "look"),
}


@dataclass(frozen=True, slots=True)
class Course:
    """What there is to learn from, whose rows know which of `memes` they show, and what there is to be asked about."""

    lesson: Lesson
    shown: torch.Tensor
    asked: Lesson
    memes: Sequence[LabelledMeme]
    folds: torch.Tensor
    config: GenreConfig

    @property
    def truth(self) -> torch.Tensor:
        """Bool (len(self.memes), 8)."""
        return self.asked.targets == 1

    def without(self, memes: torch.Tensor) -> torch.Tensor:
        """Which rows of the lesson show none of these memes, bool (len(self.memes),)."""
        return ~memes[self.shown.clamp(min=0)] | (self.shown == DRAWN)


def train(options: TrainOptions) -> Scores:
    """Trains, exports `genre` with its scores, and returns them."""
    course = _prepare(options)
    folds, config = course.folds, course.config
    members = nn.ModuleList(
        _fit(course, folds == number, number, options) for number in track(range(config.members), "learning")
    )
    predictions = left_out_predictions(members, course.asked, folds)
    model = GenreModel(members, config, fit_thresholds(predictions, course.truth))
    evaluation = _report(members, course)
    scores = {**evaluation.values, **_across_sources(course, model, options)}
    provenance = Provenance(task="genre", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, *model.to_tensors(), provenance, options.out)
    record_evaluation(evaluation, options.out)
    return scores


def evaluate(options: EvaluateOptions) -> Evaluation:
    """The shipped members on the memes that each has not seen, with their text read anew."""
    manifest = Manifest.read(options.weights)
    model, vision, reader = GenreModel.load(manifest), VisionModel.load(manifest, options.device), _reader()
    memes = read_labelled_memes(options.data).items[: options.limit]
    examples = [real_example(meme, reader.read(meme.open())) for meme in track(memes, "reading text")]
    real = prepare(vision, examples)
    asked = Lesson.of(real, model.config)
    return _report(model.members, Course(asked, real.memes, asked, memes, _folds(memes, model.config), model.config))


def fold_of(meme: LabelledMeme, config: GenreConfig) -> int:
    """0 .. members - 1; near-duplicates share a fold."""
    return zlib.crc32(f"genre/{meme.group}".encode()) % config.members


def _folds(memes: Sequence[LabelledMeme], config: GenreConfig) -> torch.Tensor:
    return torch.tensor([fold_of(meme, config) for meme in memes])


def _prepare(options: TrainOptions) -> Course:
    vision = VisionModel.load(Manifest.read(options.out), options.device)
    config = GenreConfig(feature_width=vision.config.feature_width, members=2 if options.quick else 5)
    memes = read_labelled_memes(options.data, limit=40 if options.quick else None).items
    texts = read_texts(memes, _reader(), options.runs / MODEL_NAME / "ocr.jsonl")
    examples = [real_example(meme, texts[meme.path.name]) for meme in memes]
    real = prepare(vision, examples)
    drawn = [*drawn_examples(options.data, options.seed, 4 if options.quick else DRAWN_PER_KIND)]
    texts_alone = [*political_texts(options.data), *plain_texts(options.data)]
    learned = with_second_readings(real, examples) + prepare(vision, [*drawn, *texts_alone], drawn=True)
    lesson, asked = Lesson.of(learned, config), Lesson.of(real, config)
    return Course(lesson, learned.memes, asked, memes, _folds(memes, config), config)


def _fit(course: Course, unseen: torch.Tensor, number: int, options: TrainOptions) -> GenreNet:
    """A member that sees none of the `unseen` memes."""
    epochs = 2 if options.quick else EPOCHS
    return fit_member(course.lesson, course.without(unseen), course.config, options.seed + number, epochs)


def _report(members: nn.ModuleList, course: Course) -> Evaluation:
    asked, folds = course.asked, course.folds
    judged = Judged(
        left_out_predictions(members, asked, folds), course.truth, folds, [one.group for one in course.memes]
    )
    baselines = {name: left_out_predictions(members, asked, folds, parts) for name, parts in PART_BASELINES.items()}
    baselines["logistic regression"] = logistic_predictions(asked, folds)
    return report_genres(judged, baselines)


def _across_sources(course: Course, model: GenreModel, options: TrainOptions) -> dict[str, float]:
    """Macro-F1 on each collection, over its genres with enough memes, of a network that learned from the other."""
    sources = [meme.path.parent.name for meme in course.memes]
    limits = torch.tensor([model.thresholds[genre] for genre in GENRES])
    scores = {}
    for source in sorted(set(sources)) if len(set(sources)) > 1 else ():
        here = torch.tensor([name == source for name in sources])
        stranger = nn.ModuleList([_fit(course, here, model.config.members, options)])
        said = left_out_predictions(stranger, course.asked, (~here).long()) >= limits
        truth = course.truth[here]
        scores[f"macro_f1_on_{source}_alone"] = macro_f1(said[here], truth, counted_genres(truth))
    return scores


def _reader() -> Reader:
    # Imported when needed: only this training needs OCR, and a machine that trains others may lack it.
    reader: Reader = import_module("inference.models.ocr").TextReader(threads=1)
    return reader
