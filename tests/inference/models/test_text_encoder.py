"""The text encoder is BERT with mean pooling, reads pieces of words, and survives being stored in eight bits."""

from __future__ import annotations

import pytest
import torch
from transformers import BertConfig, BertModel

from inference.models.encoded import EncodedClassifier
from inference.models.row_bytes import pack, unpack
from inference.models.text_encoder import EncoderConfig, TextEncoder
from inference.models.word_pieces import SPECIAL, WordPieces
from training.words.starting_encoder import bert_tensors

WORDS = ("brace", "yourselves", "winter", "is", "coming", "a", "##s", "cat")
VOCABULARY = (*SPECIAL, *WORDS)
SIZES = EncoderConfig(pieces=len(VOCABULARY), width=16, layers=2, heads=4, inner=24, positions=12)


@pytest.fixture
def classifier() -> EncodedClassifier:
    torch.manual_seed(3)
    return EncodedClassifier(TextEncoder(SIZES), WordPieces(VOCABULARY, SIZES.positions), outputs=3).eval()


@torch.no_grad()
def test_it_computes_what_bert_computes() -> None:
    """With the weights of a BERT of the reference library, the mean of its last states comes out."""
    torch.manual_seed(0)
    sizes = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=SIZES.width,
        num_hidden_layers=SIZES.layers,
        num_attention_heads=SIZES.heads,
        intermediate_size=SIZES.inner,
        max_position_embeddings=20,
    )
    bert = BertModel(sizes).eval()
    encoder = TextEncoder(SIZES).eval()
    encoder.load_state_dict(bert_tensors(bert.state_dict(), range(len(VOCABULARY)), SIZES))
    batch = WordPieces(VOCABULARY, SIZES.positions).encode(["winter is coming", "cats"])
    states = bert(batch.ids, attention_mask=batch.there.long()).last_hidden_state
    there = batch.there.unsqueeze(2)
    assert torch.allclose(encoder(batch), (states * there).sum(1) / there.sum(1), atol=1e-5)


def test_words_become_pieces_between_marks() -> None:
    """Known endings are split off, unknown words are one mark, long texts are cut, short ones filled up."""
    pieces = WordPieces(VOCABULARY, longest=5)
    batch = pieces.encode(["Cats", "winter is coming a cat", "zebra"])
    names = [[pieces.vocabulary[place] for place in row] for row in batch.ids.tolist()]
    assert names == [
        ["[CLS]", "cat", "##s", "[SEP]", "[PAD]"],
        ["[CLS]", "winter", "is", "coming", "[SEP]"],
        ["[CLS]", "[UNK]", "[SEP]", "[PAD]", "[PAD]"],
    ]
    assert batch.there.sum(dim=1).tolist() == pieces.lengths(["cats", "winter is coming a cat", "zebra"]) == [4, 5, 3]


def test_a_vocabulary_without_marks_is_refused() -> None:
    """It could not say where a text ends."""
    with pytest.raises(ValueError, match="special pieces"):
        WordPieces(WORDS)


@torch.no_grad()
def test_company_does_not_change_an_answer(classifier: EncodedClassifier) -> None:
    """Texts of any length, none included, are told the same alone and among others, in order."""
    texts = ["winter is coming", "", "cat", "a cat is coming brace yourselves a winter is coming cats cats cats"]
    alone = torch.cat([classifier([text]) for text in texts])
    assert torch.allclose(classifier(texts), alone, atol=1e-5)


@torch.no_grad()
def test_a_stored_reader_answers_nearly_the_same(classifier: EncodedClassifier) -> None:
    """Eight bits cost next to nothing, and a disguised word is read like the plain one."""
    restored = EncodedClassifier.read(classifier.config(), unpack(pack(classifier.state_dict())))
    assert torch.allclose(restored(["winter is coming"]), classifier(["winter is coming"]), atol=0.05)
    assert torch.equal(restored(["w1nter is com\u200bing"]), restored(["winter is coming"]))


def test_a_config_of_other_weights_is_refused(classifier: EncodedClassifier) -> None:
    """Sizes that do not fit the tensors are an error, not a wrong answer."""
    with pytest.raises(RuntimeError):
        EncodedClassifier.read({**classifier.config(), "outputs": 4}, classifier.state_dict())


def test_matrices_are_stored_in_bytes_and_vectors_as_they_are() -> None:
    """No number is off by more than half a step of its row; rows of nothing stay nothing."""
    torch.manual_seed(1)
    matrix = torch.randn(5, 40) * torch.tensor([[1e-3], [1.0], [50.0], [0.0], [0.2]])
    tensors = {"a.weight": matrix, "a.bias": torch.randn(5), "count": torch.tensor([[1, 2]])}
    packed = pack(tensors)
    assert packed["a.weight.bytes"].dtype == torch.int8
    whole = unpack({name: value.half() if value.is_floating_point() else value for name, value in packed.items()})
    assert set(whole) == set(tensors)
    assert torch.equal(whole["count"], tensors["count"])
    steps = (matrix.abs().amax(dim=1, keepdim=True) / 127).clamp_min(2.0**-14)
    assert torch.all((whole["a.weight"] - matrix).abs() <= 0.52 * steps + 1e-6)
