"""What reads for the flag: pieces with scores, a table of n-grams, both in one judge that can be stored."""

from __future__ import annotations

import pytest
import torch

from inference.models.encoded import EncodedClassifier
from inference.models.mixed_reader import MixedReader
from inference.models.ngram_table import NgramTable
from inference.models.row_bytes import pack, unpack
from inference.models.text import fold, hash_text
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.unigram_pieces import SPACE, SPECIAL, UnigramPieces

PIECES = (*SPECIAL, SPACE, "나", "쁜", "놈", "나쁜", f"{SPACE}나쁜", "a")
SCORES = (0.0, 0.0, 0.0, 0.0, -2.0, -6.0, -6.0, -4.0, -5.0, -3.0, -4.0)
TEXTS = ["나쁜 놈", "a", "", "나쁜 나쁜 놈 a"]


@pytest.fixture
def pieces() -> UnigramPieces:
    return UnigramPieces(PIECES, SCORES, longest=8)


def table(**weights: float) -> NgramTable:
    """A table of 512 buckets in which some words weigh something."""
    flat = torch.zeros(512)
    for word, weight in weights.items():
        flat[hash_text(word, 512)] = weight
    return NgramTable(flat.reshape(2, 256), torch.ones(2, 256), torch.tensor([-0.5]))


def reader(pieces: UnigramPieces, share: float) -> MixedReader:
    torch.manual_seed(1)
    sizes = EncoderConfig(pieces=len(PIECES), width=16, layers=2, heads=2, inner=24, positions=8)
    encoded = EncodedClassifier(TextEncoder(sizes), pieces, outputs=3)
    return MixedReader(encoded, table(놈=2.0), share).eval()


def read(pieces: UnigramPieces, text: str) -> list[str]:
    batch = pieces.encode([text])
    return [pieces.vocabulary[at] for at in batch.ids[batch.there].tolist()]


def test_a_text_is_cut_where_its_pieces_are_likeliest(pieces: UnigramPieces) -> None:
    """`_나쁜` (-3) beats `_` and `나쁜` (-7) and single syllables; what no piece spells is unknown."""
    assert read(pieces, "나쁜 놈") == ["<s>", f"{SPACE}나쁜", SPACE, "놈", "</s>"]
    assert read(pieces, "a뷁") == ["<s>", SPACE, "a", "<unk>", "</s>"]


def test_a_long_text_keeps_its_end_piece(pieces: UnigramPieces) -> None:
    """Cut after eight pieces, begin and end among them."""
    assert pieces.lengths(["a" * 30]) == [8]
    assert read(pieces, "a" * 30)[-1] == "</s>"


@pytest.mark.parametrize(
    ("vocabulary", "scores"),
    [(("a", *SPECIAL), (0.0,) * 5), (SPECIAL, (0.0,) * 3)],
    ids=["special pieces elsewhere", "a score too few"],
)
def test_a_wrong_vocabulary_is_refused(vocabulary: tuple[str, ...], scores: tuple[float, ...]) -> None:
    """Neither would be noticed later."""
    with pytest.raises(ValueError):  # noqa: PT011
        UnigramPieces(vocabulary, scores)


def test_the_table_sums_over_the_length_of_the_rarities() -> None:
    """n buckets of weight 1 weigh the root of n, however rare all are; what is not rare at all does not count."""
    texts = ["나쁜 놈", "..", ""]
    counts = torch.tensor([float(len(hash_text(fold(text), 1024))) for text in texts])
    weighing = NgramTable(torch.ones(4, 256), torch.full((4, 256), 0.3), torch.tensor([0.25]))
    assert torch.allclose(weighing(texts), counts.sqrt() + 0.25)
    assert counts[2] == 0
    unknown = NgramTable(torch.ones(4, 256), torch.zeros(4, 256), torch.tensor([0.25]))
    assert torch.equal(unknown(texts), torch.full((3,), 0.25))


def test_the_share_blends_the_first_output_alone(pieces: UnigramPieces) -> None:
    """At 1 the table judges, at 0 the encoder; categories are always the encoder's."""
    none, half, whole = (reader(pieces, share)(TEXTS) for share in (0.0, 0.5, 1.0))
    assert torch.allclose(whole[:, 0], table(놈=2.0)(TEXTS))
    assert torch.allclose(half[:, 0], (none[:, 0] + whole[:, 0]) / 2)
    assert torch.equal(none[:, 1:], whole[:, 1:])
    assert whole[0, 0] > whole[1, 0]


@torch.inference_mode()
def test_what_is_stored_judges_alike(pieces: UnigramPieces) -> None:
    """Eight bits change a logit by less than 0.05; the pieces travel along."""
    model = reader(pieces, 0.5)
    again = MixedReader.read(model.config(), unpack(pack(model.state_dict())))
    assert torch.allclose(model(TEXTS), again(TEXTS), atol=0.05)
    assert again([]).shape == (0, 3)
