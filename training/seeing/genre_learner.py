"""Fits the members of the genre model, each without one fold of the labelled memes, and asks each about that fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import nn
from torch.nn import functional

from inference.contract import OcrOutput
from inference.labels import GENRES
from inference.models.backbone import VisionModel
from inference.models.genre import PARTS, GenreBatch, GenreConfig, GenreInput, GenreNet, make_batch
from inference.models.look import look_features
from inference.models.text import Bags
from training.seeing.embedding import embed_all
from training.seeing.genre_examples import UNKNOWN, Example

BATCH: Final = 128
EPOCHS: Final = 24
DROPOUT: Final = 0.35
DECAY: Final = 0.1
PEAK_RATE: Final = 3e-3
HIDING: Final = (0.2, 0.1, 0.2, 0.15)
NOISE: Final = 0.1
LEAST_SPREAD: Final = 1e-3
DRAWN: Final = -1


@dataclass(frozen=True, slots=True)
class Prepared:
    """Examples as the networks take them: inputs, targets (N, 8), weights (N,), and which labelled meme each shows.

    `memes` (N,) are places in the list of labelled memes, DRAWN for what is none of them.
    """

    inputs: Sequence[GenreInput]
    targets: torch.Tensor
    weights: torch.Tensor
    memes: torch.Tensor

    def pick(self, chosen: torch.Tensor) -> Prepared:
        places = chosen.nonzero().flatten()
        inputs = [self.inputs[place] for place in places.tolist()]
        return Prepared(inputs, self.targets[places], self.weights[places], self.memes[places])

    def __add__(self, other: Prepared) -> Prepared:
        tensors = ((getattr(self, name), getattr(other, name)) for name in ("targets", "weights", "memes"))
        return Prepared([*self.inputs, *other.inputs], *(torch.cat(pair) for pair in tensors))


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything to learn from or to be asked about, in one batch, from which steps take rows."""

    batch: GenreBatch
    targets: torch.Tensor
    weights: torch.Tensor
    bags: Sequence[torch.Tensor]

    @classmethod
    def of(cls, examples: Prepared, config: GenreConfig) -> Lesson:
        batch = make_batch(examples.inputs, config)
        return cls(batch, examples.targets, examples.weights, _split_bags(batch.bags))

    def pick(self, places: torch.Tensor) -> GenreBatch:
        rows = {name: getattr(self.batch, name)[places] for name in ("features", "look", "layout", "topics", "present")}
        return GenreBatch(**rows, bags=Bags.of([self.bags[place] for place in places.tolist()]))


def prepare(vision: VisionModel, examples: Sequence[Example], drawn: bool = False) -> Prepared:
    """Embeds the pictures of all examples that have one, and measures how they look."""
    pictures = [one.picture for one in examples if one.picture is not None]
    features = iter(embed_all(vision, pictures, "embedding")[0] if pictures else ())
    inputs = [_as_input(one, None if one.picture is None else next(features)) for one in examples]
    targets = torch.stack([one.targets for one in examples])
    memes = torch.full((len(examples),), DRAWN) if drawn else torch.arange(len(examples))
    return Prepared(inputs, targets, torch.tensor([one.weight for one in examples]), memes)


def with_second_readings(real: Prepared, examples: Sequence[Example]) -> Prepared:
    """The same memes, and once more those whose words a table tells: no two readers make the same mistakes."""
    told = torch.tensor([one.written is not None for one in examples])
    again = real.pick(told)
    texts = [one.written or "" for one in examples if one.written is not None]
    inputs = [
        replace(given, ocr=OcrOutput(text, given.ocr.lines if given.ocr else ()))
        for given, text in zip(again.inputs, texts, strict=True)
    ]
    return real + replace(again, inputs=inputs, weights=again.weights / 2)


def fit_member(lesson: Lesson, allowed: torch.Tensor, config: GenreConfig, seed: int, epochs: int = EPOCHS) -> GenreNet:
    """One network that learns from the rows that are `allowed`, bool (N,); the same seed gives the same one."""
    torch.manual_seed(seed)
    net = GenreNet(config, dropout=DROPOUT)
    rows = allowed.nonzero().flatten()
    _measure_scale(net, lesson.batch, rows)
    optimizer = torch.optim.AdamW(net.parameters(), lr=PEAK_RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=epochs * -(-len(rows) // BATCH))
    net.train()
    for _ in range(epochs):
        for chosen in torch.randperm(len(rows)).split(BATCH):  # type: ignore[no-untyped-call]
            places = rows[chosen]
            logits = net(_hide_parts(lesson.pick(places), net))
            loss = masked_loss(logits, lesson.targets[places], lesson.weights[places])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return net.eval()


def left_out_predictions(
    members: nn.ModuleList, memes: Lesson, folds: torch.Tensor, parts: Sequence[str] = PARTS
) -> torch.Tensor:
    """Float32 (N, 8): each meme scored by the member of its fold, which never saw it, shown `parts` alone."""
    found = torch.zeros(len(folds), len(GENRES))
    shown = torch.tensor([float(part in parts) for part in PARTS])
    for number, member in enumerate(members):
        places = (folds == number).nonzero().flatten()
        if len(places):
            with torch.inference_mode():
                batch = memes.pick(places)
                found[places] = member(replace(batch, present=batch.present * shown)).sigmoid()
    return found


def masked_loss(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean log loss over the known targets, each weighted by its example."""
    known = (targets != UNKNOWN).float() * weights[:, None]
    losses = functional.binary_cross_entropy_with_logits(logits, targets.clamp(min=0), reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1e-6)


def _as_input(example: Example, features: torch.Tensor | None) -> GenreInput:
    if example.picture is None:
        return GenreInput(None, example.ocr, 1, 1)
    return GenreInput(features, example.ocr, *example.picture.size, look_features(example.picture, example.ocr))


def _measure_scale(net: GenreNet, batch: GenreBatch, rows: torch.Tensor) -> None:
    """Mean and deviation of each number over the rows in which its part is present."""
    parts = ((batch.features, 0), (batch.look, 1), (batch.layout, 2), (batch.topics, 3))
    present = batch.present[rows]
    shown = [numbers[rows][present[:, part] > 0] for numbers, part in parts]
    net.centre.copy_(torch.cat([each.mean(dim=0) if len(each) else torch.zeros(each.shape[1]) for each in shown]))
    deviations = [each.std(dim=0) if len(each) > 1 else torch.ones(each.shape[1]) for each in shown]
    net.spread.copy_(torch.cat(deviations).clamp(min=LEAST_SPREAD))


def _hide_parts(batch: GenreBatch, net: GenreNet) -> GenreBatch:
    """Hides parts at random, so that the model copes without them; features get a little noise."""
    kept = (torch.rand(batch.present.shape) > torch.tensor(HIDING)).float() * batch.present
    spread = net.spread[: batch.features.shape[1]]
    return replace(batch, features=batch.features + NOISE * spread * torch.randn_like(batch.features), present=kept)


def _split_bags(bags: Bags) -> list[torch.Tensor]:
    ends = [*bags.offsets.tolist()[1:], len(bags.ids)]
    return [bags.ids[start:end] for start, end in zip(bags.offsets.tolist(), ends, strict=True)]
