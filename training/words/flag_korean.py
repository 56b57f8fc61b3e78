"""Teaches the Korean reader of the flag model: the lower layers of a pretrained encoder, and a table of n-grams.

The lowest layers and the table of pieces stay as they came, so what they make of every text is computed once; the
layers above learn. The n-grams are fitted apart by logistic regression, so that neither leans on the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn

from inference.models.encoded import EncodedClassifier
from inference.models.mixed_reader import MixedReader
from inference.models.text import fold
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.unigram_pieces import SPECIAL, UnigramPieces
from inference.models.word_pieces import PieceBatch
from training.datasets.offence import OffenceItem
from training.options import TrainOptions
from training.run import Run
from training.words.fitting import Course, Learning, learn, rise_and_fall
from training.words.flag_loss import OUTPUTS, OffenceLoss
from training.words.korean_start import KoreanStart, read_korean_start
from training.words.ngram_fit import fit_table

LAYERS: Final = 5
FROZEN: Final = 2
LEARNED_PIECES: Final = 56
EPOCHS: Final = 3
BATCH: Final = 32
RATE: Final = 2e-4
HEAD_RATE: Final = 1e-3
LEANING_RATE: Final = 1e-2
DROPOUT: Final = 0.1
TABLE_SHARE: Final = 0.5
READ_TOGETHER: Final = 64


def fit_korean(items: Sequence[OffenceItem], options: TrainOptions) -> MixedReader:
    """Raises DataError without the public weights. Stopped runs go on from the checkpoint."""
    torch.manual_seed(options.seed)
    texts = [fold(item.text) for item in items]
    start = small_start(texts) if options.quick else read_korean_start(texts, LAYERS, DROPOUT)
    encoded = EncodedClassifier(start.encoder, start.pieces, OUTPUTS, DROPOUT).to(options.device)
    _tune(encoded, start, items, options)
    table = fit_table(texts, [item.offensive for item in items], [item.source for item in items])
    return MixedReader(encoded.cpu(), table, TABLE_SHARE).eval()


def _tune(encoded: EncodedClassifier, start: KoreanStart, items: Sequence[OffenceItem], options: TrainOptions) -> None:
    depth = min(FROZEN, start.encoder.config.layers - 1)
    longest = min(LEARNED_PIECES, start.encoder.config.positions)
    states = lower_states(start, [fold(item.text) for item in items], depth, longest)
    measure = OffenceLoss(items, {})

    def loss(rows: list[int]) -> Tensor:
        vectors = upper_vectors(start.encoder, [states[row] for row in rows], depth)
        found: Tensor = measure(encoded.out(encoded.dropout(vectors)).cpu(), torch.tensor(rows))
        return found

    course = Course(
        rows=range(len(items)),
        loss=loss,
        epochs=1 if options.quick else EPOCHS,
        batch=BATCH,
        seed=options.seed,
        lengths=[len(state) for state in states],
        clip=1.0,
    )
    run = Run(options.runs, "flag-korean")
    learn(_learning(encoded, measure, depth, course.steps), course, run)
    run.finish()
    measure.keep_in(encoded.out)


@torch.inference_mode()
def lower_states(start: KoreanStart, texts: Sequence[str], depth: int, longest: int) -> list[Tensor]:
    """What the first `depth` layers make of folded texts: per text (pieces, width) float16, on the processor."""
    encoder = start.encoder.eval()
    pieces = UnigramPieces(start.pieces.vocabulary, start.pieces.scores, longest)
    device = encoder.pieces.weight.device
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    states: dict[int, Tensor] = {}
    for at in range(0, len(order), READ_TOGETHER):
        places = order[at : at + READ_TOGETHER]
        batch = pieces.encode([texts[place] for place in places]).to(device)
        x = _lower(encoder, batch, depth).half().cpu()
        sizes = batch.there.sum(dim=1).tolist()
        states |= {place: x[row, : sizes[row]].clone() for row, place in enumerate(places)}
    return [states[at] for at in range(len(texts))]


def upper_vectors(encoder: TextEncoder, states: Sequence[Tensor], depth: int) -> Tensor:
    """What the layers from `depth` on make of `lower_states`: (N, width)."""
    device = encoder.pieces.weight.device
    x = nn.utils.rnn.pad_sequence([state.float() for state in states], batch_first=True).to(device)
    sizes = torch.tensor([len(state) for state in states], device=device)
    there = torch.arange(x.shape[1], device=device) < sizes.unsqueeze(1)
    for layer in list(encoder.layers.layers)[depth:]:
        x = layer(x, src_key_padding_mask=~there)
    mean: Tensor = x.masked_fill(~there.unsqueeze(2), 0.0).sum(dim=1) / sizes.unsqueeze(1)
    return mean


def _lower(encoder: TextEncoder, batch: PieceBatch, depth: int) -> Tensor:
    places = torch.arange(batch.ids.shape[1], device=batch.ids.device)
    x: Tensor = encoder.norm(encoder.pieces(batch.ids) + encoder.places(places))
    for layer in list(encoder.layers.layers)[:depth]:
        x = layer(x, src_key_padding_mask=~batch.there)
    return x


def _learning(encoded: EncodedClassifier, measure: OffenceLoss, depth: int, steps: int) -> Learning:
    layers = list(encoded.encoder.layers.layers)[depth:]
    groups: list[dict[str, Any]] = [
        {"params": list(encoded.out.parameters()), "lr": HEAD_RATE, "weight_decay": 0.0},
        {"params": list(measure.parameters()), "lr": LEANING_RATE, "weight_decay": 0.0},
        {"params": [value for layer in layers for value in layer.parameters()], "lr": RATE, "weight_decay": 0.01},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    return Learning(nn.ModuleList([*layers, encoded.out, measure]), optimizer, rise_and_fall(optimizer, steps))


def small_start(texts: Sequence[str]) -> KoreanStart:
    """A tiny encoder from nothing, for a test of the path."""
    signs = sorted({sign for text in texts for sign in text if not sign.isspace()})
    vocabulary = [*SPECIAL, "\u2581", *signs]
    config = EncoderConfig(pieces=len(vocabulary), width=16, layers=2, heads=2, inner=32, positions=24)
    return KoreanStart(TextEncoder(config), UnigramPieces(vocabulary, [-1.0] * len(vocabulary), config.positions))
