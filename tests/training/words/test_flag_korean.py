"""The Korean reader learns what it is shown; its public weights are read as their file says."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.models.text import fold
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.unigram_pieces import SPECIAL, UnigramPieces
from training.datasets.offence import OffenceItem
from training.errors import DataError
from training.options import TrainOptions
from training.words.flag_korean import fit_korean, lower_states, small_start, upper_vectors
from training.words.korean_start import KoreanStart, read_public
from training.words.ngram_fit import fit_table

BAD = ["바보 녀석아 꺼져", "정말 바보 같은 소리", "이 바보들", "바보 바보", "바보라니까 진짜"]
CALM = ["오늘 날씨 좋다", "밥은 먹었니", "내일 학교에서 보자", "고양이가 참 귀엽다", "노래를 듣고 있어"]


def items(times: int = 8) -> list[OffenceItem]:
    categories = {"insult": True}
    bad = [OffenceItem("beep", f"{text} {at}", True, categories) for at in range(times) for text in BAD]
    calm = [OffenceItem("kmhas", f"{text} {at}", False, {"insult": False}) for at in range(times) for text in CALM]
    return [*bad, *calm]


def test_a_word_that_offends_is_learned(tmp_path: Path) -> None:
    """After a quick run an unseen sentence with the word scores above an unseen one without it."""
    reader = fit_korean(items(), TrainOptions(data=tmp_path, out=tmp_path, runs=tmp_path, quick=True))
    unseen = ["그 바보 말이야", "산책하기 좋은 날"]
    logits, told = reader(unseen), reader.table(unseen)
    assert logits.shape == (2, 6)
    assert told[0] > told[1] + 0.1
    assert logits[0, 0] > logits[1, 0]
    assert not reader.training


def test_only_the_upper_layers_learn(tmp_path: Path) -> None:
    """Pieces and the lower layer stay as they came, the layer above and the output do not."""
    given = items(2)
    reader = fit_korean(given, TrainOptions(data=tmp_path, out=tmp_path, runs=tmp_path, quick=True, seed=5))
    torch.manual_seed(5)
    before = small_start([fold(item.text) for item in given]).encoder.state_dict()
    changed = {name for name, value in reader.encoded.encoder.state_dict().items() if not value.equal(before[name])}
    assert changed
    assert all(name.startswith("layers.layers.1.") for name in changed)


def test_the_same_seed_gives_the_same_reader(tmp_path: Path) -> None:
    """Nothing but the seed decides."""
    readers = [
        fit_korean(items(2), TrainOptions(data=tmp_path, out=tmp_path, runs=tmp_path / name, quick=True))
        for name in ("one", "two")
    ]
    assert torch.equal(readers[0](BAD), readers[1](BAD))


def test_a_set_may_lean_without_teaching_the_table() -> None:
    """One set calls nearly all offensive: a neutral text does not score higher for its style."""
    leaning = [f"기사 댓글 {at}" for at in range(60)]
    other = [f"기사 댓글 {at}" for at in range(60, 120)]
    table = fit_table([*leaning, *other], [True] * 55 + [False] * 60 + [True] * 5, ["beep"] * 60 + ["kmhas"] * 60)
    assert abs(float(table(["기사 댓글"])[0])) < 1.0


@torch.inference_mode()
def test_lower_and_upper_layers_make_the_whole() -> None:
    """States of the lower layers, taken further, are what the whole encoder makes of the texts."""
    torch.manual_seed(0)
    vocabulary = [*SPECIAL, "\u2581", *sorted(set("".join(CALM)) - {" "})]
    sizes = EncoderConfig(pieces=len(vocabulary), width=16, layers=3, heads=2, inner=24, positions=32)
    start = KoreanStart(TextEncoder(sizes), UnigramPieces(vocabulary, [-1.0] * len(vocabulary)))
    states = lower_states(start, CALM, depth=1, longest=32)
    found = upper_vectors(start.encoder, states, depth=1)
    assert torch.allclose(found, start.encoder(start.pieces.encode(CALM)), atol=2e-3)


def blocks(matrix: np.ndarray) -> bytes:
    """Rows of 32 numbers, each a whole step from -8 to 7, at a scale of one half."""
    steps = (matrix / 0.5 + 8).astype(np.uint8)
    halves = steps[:, :16] | (steps[:, 16:] << 4)
    return b"".join(struct.pack("<e", 0.5) + row.tobytes() for row in halves)


def public_file(pieces: Mapping[str, float], tensors: Mapping[str, tuple[int, bytes]]) -> bytes:
    """The layout that `read_public` expects, with one look-alike in its map."""
    texts = [piece.encode() for piece in pieces]
    starts = np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 64, len(pieces), 16, 2, 1e-12, 32)
    words = struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, texts)))
    words += starts + np.array(list(pieces.values()), "<f4").tobytes() + b"".join(texts)
    words += struct.pack("<iIIBI", 1, 9, 0xFF21, 1, 0x41) + struct.pack("<i", len(tensors))
    at = len(head) + len(words) + sum(2 + len(name) + 21 for name in tensors)
    directory, body = b"", b""
    for name, (kind, data) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, 0, at + len(body), len(data))
        body += data
    return head + words + directory + body


def test_public_weights_are_read_as_stored() -> None:
    """Pieces, scores, special rows, flat numbers, and matrices of four bits, whole or some rows."""
    matrix = np.random.default_rng(0).integers(-8, 8, (3, 32)) * 0.5
    flat = np.array([1.5, -2.0], "<f4")
    data = public_file(
        {"<s>": 0, "<pad>": 0, "</s>": 0, "<unk>": 0, "바보": -7.5},
        {"emb.word": (1, blocks(matrix)), "emb.ln.w": (0, flat.tobytes())},
    )
    public = read_public(data)
    assert public.pieces[-1] == "바보"
    assert public.scores[-1] == -7.5
    assert [public.pieces[row] for row in public.special] == list(SPECIAL)
    assert public.positions == 16
    assert public.tensors.numbers("emb.ln.w").tolist() == flat.tolist()
    assert np.array_equal(public.tensors.matrix("emb.word", 32).numpy(), matrix)
    assert np.array_equal(public.tensors.matrix("emb.word", 32, [2, 0]).numpy(), matrix[[2, 0]])


def test_another_file_is_refused() -> None:
    """A person reads which file is meant."""
    with pytest.raises(DataError, match=r"e5-small-q4\.bin"):
        read_public(b"PK\x03\x04 something else")
