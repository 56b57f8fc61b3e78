"""A new backbone's features are taught to the layer that takes pictures in, and to nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from inference.models.caption_tokens import CaptionTokens
from inference.models.caption_transformer import CaptionTransformer, TransformerConfig
from tests.training.word_sets import write_captions, write_emotions, write_offence
from training.datasets.captions import Caption
from training.errors import DataError
from training.options import TrainOptions
from training.words import captioner, flag, picture_readers
from training.words.caption_batches import BatchMaker
from training.words.caption_data import PreparedCaption, train_tokenizer

FEATURES = 8
PICTURES = {"Dog": torch.eye(FEATURES)[0] * 3, "Cat": torch.eye(FEATURES)[1] * 3}


def told_by_pictures() -> tuple[CaptionTransformer, BatchMaker]:
    """Two templates, each of which has but one caption: who sees the picture knows the words."""
    captions = [Caption("Dog", ("good dog", "very good dog"), 1.0), Caption("Cat", ("bad cat", "so bad"), 1.0)] * 40
    tokens = CaptionTokens(train_tokenizer(captions, vocabulary=320))
    torch.manual_seed(0)
    net = CaptionTransformer(TransformerConfig(vocabulary=tokens.size, width=32, layers=1, heads=2, features=FEATURES))
    for parameter in net.blocks.parameters():
        torch.nn.init.normal_(parameter, std=0.3)  # a fresh block passes on nothing of the picture
    items = [PreparedCaption(one, tuple(tokens.caption(one.boxes)), "neutral", "liked", 1.0) for one in captions]
    return net, BatchMaker(tokens, items, PICTURES, size=2)


def test_only_the_picture_layer_learns() -> None:
    """All other numbers of the captioner stay as they are, and captions are told better with their picture."""
    net, batches = told_by_pictures()
    before = {name: value.clone() for name, value in net.state_dict().items()}

    picture_readers.learn_pictures(net, batches, seed=0)

    changed = {name for name, value in net.state_dict().items() if not torch.equal(value, before[name])}
    scores = picture_readers.measure_pictures(net, batches)
    assert changed == {"picture.weight", "picture.bias"}
    assert scores["nats_per_token_with_pictures"] < scores["nats_per_token_without"]
    assert all(parameter.requires_grad for parameter in net.parameters())


def test_without_an_index_there_is_nothing_to_learn_from(tmp_path: Path) -> None:
    """The sentence says what to train first; the captioner stays untouched."""
    data = tmp_path / "data"
    for write in (write_captions, write_offence, write_emotions):
        write(data)
    options = TrainOptions(data=data, out=tmp_path / "weights", runs=tmp_path / "runs", quick=True)
    flag.train(options)
    captioner.train(options)
    shipped = (options.out / "captioner.safetensors").read_bytes()

    with pytest.raises(DataError, match="train backbone"):
        picture_readers.train(options)

    assert (options.out / "captioner.safetensors").read_bytes() == shipped
