"""Teaches the English reader of the flag model: a small pretrained BERT, tuned on the offence sets and our sentences.

All layers learn, the lower ones more slowly (Howard & Ruder 2018), the table of pieces hardly. Some texts are misspelt
anew each time they are seen. The n-grams beside it know memes alone: what those mean by harm is not what tweets do.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn

from inference.models.encoded import EncodedClassifier
from inference.models.mixed_reader import MixedReader
from inference.models.text import fold
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.word_pieces import SPECIAL, WordPieces
from training.datasets.offence import OffenceItem
from training.options import TrainOptions
from training.run import Run
from training.words.fitting import Course, Learning, learn, rise_and_fall
from training.words.flag_data import MEME_SETS
from training.words.flag_loss import OUTPUTS, OffenceLoss
from training.words.misspelling import misspell
from training.words.ngram_fit import fit_table
from training.words.starting_encoder import Start, read_start

PIECES: Final = 14_000
LEARNED_PIECES: Final = 56
BATCH: Final = 32
RATE: Final = 8e-5
HEAD_RATE: Final = 1e-3
DEEPER: Final = 0.85
DROPOUT: Final = 0.1
TABLE_SHARE: Final = 0.4
MISSPELT: Final = 0.15
# How often a text is seen in the one pass; tweets gathered by a list of slurs and forum sentences once.
REPEATS: Final = {"multioff": 8, "harmeme": 5, "contrasts": 2, "olid": 2}
WEIGHTS: Final = {"davidson": 0.5}


def fit_english(items: Sequence[OffenceItem], vocabulary_texts: Sequence[str], options: TrainOptions) -> MixedReader:
    """`vocabulary_texts` are further texts whose words should be known. Raises DataError without the public weights."""
    torch.manual_seed(options.seed)
    texts = [fold(item.text) for item in items]
    known = [*texts, *map(fold, vocabulary_texts)]
    start = _small_start(texts) if options.quick else read_start(known, PIECES, DROPOUT)
    encoded = EncodedClassifier(start.encoder, start.pieces, OUTPUTS, DROPOUT).to(options.device)
    _tune(encoded, start.pieces, items, options)
    memes = [item for item in items if item.source in MEME_SETS]
    table = fit_table([fold(item.text) for item in memes], [item.offensive for item in memes], [""] * len(memes))
    return MixedReader(encoded.cpu(), table, TABLE_SHARE).eval()


def _tune(encoded: EncodedClassifier, pieces: WordPieces, items: Sequence[OffenceItem], options: TrainOptions) -> None:
    texts = [fold(item.text) for item in items]
    measure = OffenceLoss(items, WEIGHTS)
    chance = random.Random(options.seed)
    learned = WordPieces(pieces.vocabulary, min(LEARNED_PIECES, encoded.encoder.config.positions))

    def loss(rows: list[int]) -> Tensor:
        seen = [misspell(texts[row], chance) if chance.random() < MISSPELT else texts[row] for row in rows]
        vectors = encoded.encoder(learned.encode(seen).to(torch.device(options.device)))
        found: Tensor = measure(encoded.out(encoded.dropout(vectors)).cpu(), torch.tensor(rows))
        return found

    course = Course(
        rows=[row for row, item in enumerate(items) for _ in range(REPEATS.get(item.source, 1))],
        loss=loss,
        epochs=1,
        batch=BATCH,
        seed=options.seed,
        lengths=[len(text) for text in texts],
        clip=1.0,
    )
    run = Run(options.runs, "flag-english")
    learn(_learning(encoded, measure, course.steps), course, run)
    run.finish()
    measure.keep_in(encoded.out)


def _learning(model: EncodedClassifier, measure: OffenceLoss, steps: int) -> Learning:
    optimizer = torch.optim.AdamW(_groups(model, measure), weight_decay=0.01)
    return Learning(nn.ModuleList([model, measure]), optimizer, rise_and_fall(optimizer, steps))


def _groups(model: EncodedClassifier, measure: OffenceLoss) -> list[dict[str, Any]]:
    """Rates per depth: the last layer learns at `RATE`, each one before it at `DEEPER` of the next."""
    encoder = model.encoder
    depth = encoder.config.layers
    lowest = RATE * DEEPER**depth
    below = [encoder.pieces, encoder.places, encoder.norm]
    groups: list[dict[str, Any]] = [
        {"params": [*model.out.parameters(), *measure.parameters()], "lr": HEAD_RATE},
        {"params": [value for part in below for value in part.parameters()], "lr": lowest},
    ]
    for at, layer in enumerate(encoder.layers.layers):
        groups.append({"params": list(layer.parameters()), "lr": RATE * DEEPER ** (depth - 1 - at)})
    return groups


def _small_start(texts: Sequence[str]) -> Start:
    """A tiny encoder from nothing, for a test of the path."""
    words = sorted({word for text in texts for word in text.split()})[:400]
    signs = sorted({sign for text in texts for sign in text if not sign.isspace()})
    vocabulary = dict.fromkeys([*SPECIAL, *signs, *(f"##{sign}" for sign in signs), *words])
    config = EncoderConfig(pieces=len(vocabulary), width=16, layers=1, heads=2, inner=32, positions=24)
    return Start(TextEncoder(config), WordPieces(list(vocabulary), config.positions))
