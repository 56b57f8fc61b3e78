"""Trains the genre model on labelled memes and on drawn examples of rare genres.

    memesmith train genre --data DIR

A fifth of the labelled memes, by near-duplicate group, is the test set. The rest is cut into five folds; five networks
are trained, each without one fold, thresholds are fitted on the predictions for the folds left out, and all five vote.
Needs the backbone in the weights folder, and OCR for the layout of the text.
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
from torch.nn import functional

from inference.labels import GENRES
from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.genre import MODEL_NAME, GenreBatch, GenreConfig, GenreInput, GenreModel, GenreNet, make_batch
from inference.models.text import Bags
from training.datasets.genre import LabelledMeme, read_labelled_memes
from training.export import Provenance, export_model
from training.options import EvaluateOptions, Scores, TrainOptions
from training.seeing.embedding import embed_all
from training.seeing.genre_examples import (
    DRAWN_PER_KIND,
    UNKNOWN,
    Example,
    Reader,
    drawn_examples,
    plain_texts,
    political_texts,
    read_texts,
    real_example,
)
from training.seeing.genre_scores import fit_thresholds, score_genres

VERSION: Final = "1"
COMMAND: Final = "memesmith train genre --data DIR"
DATA: Final = ("HarMeme", "propaganda-techniques-in-memes", "android-ragefaces", "MultiOFF texts", "drawn examples")
TEST_SHARE: Final = 0.2
BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Prepared:
    """Examples as the networks take them: inputs, targets (N, 8), weights (N,), folds (N,), -1 for drawn ones."""

    inputs: Sequence[GenreInput]
    targets: torch.Tensor
    weights: torch.Tensor
    folds: torch.Tensor

    def pick(self, chosen: torch.Tensor) -> Prepared:
        places = chosen.nonzero().flatten()
        inputs = [self.inputs[place] for place in places.tolist()]
        return Prepared(inputs, self.targets[places], self.weights[places], self.folds[places])


def train(options: TrainOptions) -> Scores:
    """Trains, exports `genre`, and returns the scores on the test memes."""
    torch.manual_seed(options.seed)
    vision = VisionModel.load(Manifest.read(options.out), options.device)
    config = GenreConfig(feature_width=vision.config.feature_width, members=2 if options.quick else 5)
    memes = read_labelled_memes(options.data, limit=40 if options.quick else None).items
    texts = read_texts(memes, _reader(), options.runs / MODEL_NAME / "ocr.jsonl")
    examples = [real_example(meme, texts[meme.path.name]) for meme in memes]
    real = prepare(vision, examples, [fold_of(meme, config) for meme in memes])
    drawn = _prepare_drawn(vision, options)
    test, rest = real.pick(real.folds == config.members), real.pick(real.folds < config.members)
    members = nn.ModuleList(
        _fit_member(number, rest, drawn, config, options) for number in track(range(config.members))
    )
    thresholds = fit_thresholds(_left_out_predictions(members, rest, config), rest.targets)
    model = GenreModel(members, config, thresholds)
    scores = score_genres(model, test.inputs, test.targets)
    provenance = Provenance(task="genre", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, *model.to_tensors(), provenance, options.out)
    return scores


def evaluate(options: EvaluateOptions) -> Scores:
    """The shipped model on the test memes, with their text read anew."""
    manifest = Manifest.read(options.weights)
    model, vision, reader = GenreModel.load(manifest), VisionModel.load(manifest, options.device), _reader()
    memes = [
        meme for meme in read_labelled_memes(options.data).items if fold_of(meme, model.config) == model.config.members
    ]
    memes = memes[: options.limit]
    examples = [real_example(meme, reader.read(meme.open())) for meme in track(memes, "reading text")]
    test = prepare(vision, examples, [0] * len(examples))
    return score_genres(model, test.inputs, test.targets)


def fold_of(meme: LabelledMeme, config: GenreConfig) -> int:
    """0 .. members - 1 for training, `members` for the test set; near-duplicates share a fold."""
    draw = zlib.crc32(f"genre/{meme.group}".encode()) / 2**32
    return config.members if draw < TEST_SHARE else int((draw - TEST_SHARE) / (1 - TEST_SHARE) * config.members)


def prepare(vision: VisionModel, examples: Sequence[Example], folds: Sequence[int]) -> Prepared:
    """Embeds the pictures of all examples that have one."""
    pictures = [one.picture for one in examples if one.picture is not None]
    features = iter(embed_all(vision, pictures, "embedding")[0] if pictures else ())
    inputs = [one.as_input(None if one.picture is None else next(features)) for one in examples]
    targets = torch.stack([one.targets for one in examples])
    return Prepared(inputs, targets, torch.tensor([one.weight for one in examples]), torch.tensor(folds))


def _prepare_drawn(vision: VisionModel, options: TrainOptions) -> Prepared:
    per_kind = 4 if options.quick else DRAWN_PER_KIND
    examples = [*drawn_examples(options.data, options.seed, per_kind)]
    examples += [*political_texts(options.data), *plain_texts(options.data)]
    return prepare(vision, examples, [-1] * len(examples))


def _fit_member(number: int, rest: Prepared, drawn: Prepared, config: GenreConfig, options: TrainOptions) -> GenreNet:
    """One network, trained without fold `number`."""
    torch.manual_seed(options.seed + number)
    net = GenreNet(config, dropout=0.3)
    kept = rest.pick(rest.folds != number)
    inputs = [*kept.inputs, *drawn.inputs]
    everything = make_batch(inputs, config)
    bags = _split_bags(everything.bags)
    targets, weights = torch.cat([kept.targets, drawn.targets]), torch.cat([kept.weights, drawn.weights])
    epochs = 2 if options.quick else 25
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.02)
    steps = epochs * -(-len(inputs) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    net.train()
    for _ in range(epochs):
        for places in torch.randperm(len(inputs)).split(BATCH):  # type: ignore[no-untyped-call]
            batch = _drop_parts(_pick_batch(everything, bags, places))
            loss = masked_loss(net(batch), targets[places], weights[places])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return net.eval()


def masked_loss(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean log loss over the known targets, each weighted by its example."""
    known = (targets != UNKNOWN).float() * weights[:, None]
    losses = functional.binary_cross_entropy_with_logits(logits, targets.clamp(min=0), reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1e-6)


def _pick_batch(everything: GenreBatch, bags: Sequence[torch.Tensor], places: torch.Tensor) -> GenreBatch:
    chosen = Bags.of([bags[place] for place in places.tolist()])
    return GenreBatch(everything.features[places], everything.layout[places], chosen, everything.present[places])


def _split_bags(bags: Bags) -> list[torch.Tensor]:
    ends = [*bags.offsets.tolist()[1:], len(bags.ids)]
    return [bags.ids[start:end] for start, end in zip(bags.offsets.tolist(), ends, strict=True)]


def _drop_parts(batch: GenreBatch) -> GenreBatch:
    """Hides parts at random, so that the model copes without them; features get a little noise."""
    kept = (torch.rand(batch.present.shape) > torch.tensor([0.15, 0.25, 0.15])).float() * batch.present
    features = batch.features + 0.1 * torch.randn_like(batch.features)
    return GenreBatch(features, batch.layout, batch.bags, kept)


def _left_out_predictions(members: nn.ModuleList, rest: Prepared, config: GenreConfig) -> torch.Tensor:
    """Float32 (N, 8): each example scored by the one network that never saw it."""
    found = torch.zeros(len(rest.inputs), len(GENRES))
    for number, member in enumerate(members):
        places = (rest.folds == number).nonzero().flatten()
        if len(places):
            with torch.inference_mode():
                batch = make_batch([rest.inputs[place] for place in places.tolist()], config)
                found[places] = member(batch).sigmoid()
    return found


def _reader() -> Reader:
    # Imported when needed: only this training needs OCR, and a machine that trains others may lack it.
    reader: Reader = import_module("inference.models.ocr").TextReader(threads=1)
    return reader
