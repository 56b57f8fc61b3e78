"""The captioner's promises, on a tiny network that has read a few captions, saved and loaded by the real code."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from inference.errors import ModelError
from inference.labels import TONES
from inference.manifest import Manifest
from inference.models.caption_nets import build_net, describe_net
from inference.models.caption_tokens import CaptionTokens
from inference.models.captioner import Captioner, Condition, as_written, usable_keywords
from inference.models.keywords import content_words, mentioned
from inference.models.known_pictures import KnownPictures
from inference.models.language import CaptionNet
from training.datasets.captions import Caption
from training.export import Provenance, export_file, export_model
from training.words.caption_batches import BatchMaker
from training.words.caption_data import PreparedCaption, train_tokenizer
from training.words.caption_fit import batch_loss

FEATURES = 256
CAPTIONS = (
    ("when the code works", "on the first try"),
    ("me on monday", "me on friday"),
    ("my cat at night", "my cat at noon"),
    ("exams are near", "time to clean my room"),
    ("one does not simply", "walk past a dog"),
)


SIZES = {"transformer": {"width": 32, "layers": 1, "heads": 2}, "lstm": {"width": 32, "hidden": 48}}


@pytest.fixture(scope="module", params=SIZES)
def captioner(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Captioner:
    torch.manual_seed(0)
    captions = [Caption("Template", boxes, 1.0) for boxes in CAPTIONS]
    tokenizer = train_tokenizer(captions, vocabulary=360)
    net = learned(request.param, tokenizer, captions)
    folder: Path = tmp_path_factory.mktemp("weights")
    provenance = Provenance(task="caption", version="1", command="none", data=(), scores={})
    export_model("captioner", net.state_dict(), describe_net(net), provenance, folder)
    export_file("caption-tokens", "caption-tokens.json", tokenizer.to_str().encode(), provenance, folder)
    return Captioner.load(Manifest.read(folder))


def fresh(kind: str, vocabulary: int) -> CaptionNet:
    return build_net({"kind": kind, "net": {"vocabulary": vocabulary, "features": FEATURES, **SIZES[kind]}})


def learned(kind: str, tokenizer: Tokenizer, captions: list[Caption]) -> CaptionNet:
    tokens = CaptionTokens(tokenizer)
    net = fresh(kind, tokens.size)
    items = [PreparedCaption(one, tuple(tokens.caption(one.boxes)), "joy", "liked", 1.0) for one in captions]
    batches = BatchMaker(tokens, items, {"Template": torch.ones(FEATURES)}, size=5)
    optimizer = torch.optim.Adam(net.parameters(), 1e-2)
    for epoch in range(60):
        for batch in batches.epoch(epoch):
            loss = batch_loss(net, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return net


@pytest.mark.parametrize("kind", SIZES)
def test_token_by_token_is_as_all_at_once(kind: str) -> None:
    """What a network remembers is what it read: stepping gives the states that reading the whole gives."""
    torch.manual_seed(0)
    net = fresh(kind, 50).eval()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    tokens, features = torch.randint(50, (3, 9)), torch.randn(3, FEATURES)
    features[1] = torch.nan
    whole, _ = net.read(tokens, features)
    states, past = net.read(tokens[:, :4], features)
    assert torch.allclose(states, whole[:, :5], atol=1e-5)
    for at in range(4, 9):
        state, past = net.step(tokens[:, at], past)
        assert torch.allclose(state, whole[:, at + 1], atol=1e-5)


def test_a_weights_file_without_a_kind_holds_a_transformer() -> None:
    """Weights written before there were two kinds still load; a kind of the future is refused in a sentence."""
    sizes = {"vocabulary": 50, "features": FEATURES, **SIZES["transformer"]}
    assert build_net({"net": sizes}).kind == "transformer"
    with pytest.raises(ModelError, match="kind 'mamba'"):
        build_net({"kind": "mamba", "net": sizes})


@pytest.mark.parametrize("boxes", [1, 2, 3, 6])
def test_every_box_is_filled(captioner: Captioner, boxes: int) -> None:
    """A draft has exactly the asked number of lines, and none is empty."""
    for draft in captioner.write(Condition(boxes=boxes), n=4, seed=1):
        assert len(draft.lines) == boxes
        assert all(any(char.isalnum() for char in line) for line in draft.lines)


def test_drafts_come_best_first_and_differ(captioner: Captioner) -> None:
    """Nobody is offered the same caption twice."""
    drafts = captioner.write(Condition(features=torch.ones(FEATURES)), n=4, seed=2)
    assert [draft.score for draft in drafts] == sorted((draft.score for draft in drafts), reverse=True)
    assert len({draft.lines for draft in drafts}) == len(drafts) > 1


def test_a_seed_makes_the_answer_repeatable(captioner: Captioner) -> None:
    """The same question with the same seed has the same answer; among other seeds are other answers."""
    ask = Condition(keywords=("cat",))
    assert captioner.write(ask, n=3, seed=7) == captioner.write(ask, n=3, seed=7)
    assert len({tuple(captioner.write(ask, n=3, seed=seed)) for seed in range(6)}) > 1


def test_keywords_are_used(captioner: Captioner) -> None:
    """The best draft for a known word has the word in it."""
    best = captioner.write(Condition(keywords=("monday",)), n=3, seed=3)[0]
    assert mentioned(("monday",), " ".join(best.lines).lower()) == 1


@pytest.mark.parametrize("tone", TONES)
def test_an_asked_tone_is_the_drafts_tone(captioner: Captioner, tone: str) -> None:
    """A draft says the tone it was written in."""
    assert {draft.tone for draft in captioner.write(Condition(tone=tone), n=2, seed=1)} == {tone}


@pytest.mark.parametrize("prompt", ["월요일", "🙂🙂", "понедельник", "", "!!!", "x" * 500])
def test_no_prompt_is_too_strange(captioner: Captioner, prompt: str) -> None:
    """Words that cannot be used are left aside; a caption is written all the same."""
    drafts = captioner.write(Condition(keywords=(prompt,)), n=2, seed=1)
    assert drafts
    assert all(line.isprintable() for draft in drafts for line in draft.lines)


def test_learned_captions_are_likelier_than_strange_ones(captioner: Captioner) -> None:
    """Log probability falls with strangeness, at equal length and boxes."""
    known = captioner.score(Condition(), ["me on monday", "me on friday"])
    strange = captioner.score(Condition(), ["em no yadnom", "em no yadirf"])
    assert known.chars == strange.chars == len("me on monday\nme on friday")
    assert strange.logprob_nats < known.logprob_nats < 0


def test_case_does_not_count_in_scores(captioner: Captioner) -> None:
    """Capitals are the renderer's choice, so they carry no probability."""
    lower, upper = (captioner.score(Condition(), [text]) for text in ("my cat", "MY CAT"))
    assert lower == upper


def test_scores_are_probabilities_of_all_that_could_follow(captioner: Captioner) -> None:
    """Captions that exclude each other have probabilities that sum to less than one."""
    total = sum(math.exp(captioner.score(Condition(), boxes).logprob_nats) for boxes in CAPTIONS)
    assert 0.0 < total < 1.0


def test_many_captions_score_as_one_by_one(captioner: Captioner) -> None:
    """Whatever stands beside a caption, of whatever length, with or without a picture, its score is its own."""
    asked = [
        (Condition(), ["me on monday", "me on friday"]),
        (Condition(features=torch.ones(FEATURES)), ["me on monday", "me on friday"]),
        (Condition(keywords=("cat",)), ["my cat at night"]),
        (Condition(), ["my cat " * 100] * 3),
        (Condition(), []),
    ] * 9
    together = [found.logprob_nats for found in captioner.scores(asked)]
    alone = [captioner.score(condition, boxes).logprob_nats for condition, boxes in asked]
    assert together == pytest.approx(alone, rel=1e-4)
    assert together[0] != pytest.approx(together[1], rel=1e-4)


def test_only_pictures_that_were_learned_are_shown(captioner: Captioner) -> None:
    """Another picture would say something that nobody taught; one that comes near to a learned one counts as that."""
    learned_look, noise = torch.ones(FEATURES), torch.randn(FEATURES, generator=torch.Generator().manual_seed(1))
    knowing = Captioner(captioner.net, captioner.tokens, KnownPictures(learned_look.unsqueeze(0)))
    boxes = ["me on monday", "me on friday"]
    hidden = knowing.score(Condition(), boxes)
    assert knowing.score(Condition(features=noise), boxes) == hidden
    assert captioner.score(Condition(features=noise), boxes) != hidden
    shown = knowing.score(Condition(features=learned_look), boxes)
    assert knowing.score(Condition(features=learned_look + noise), boxes) == shown != hidden


def test_a_very_long_caption_has_a_score(captioner: Captioner) -> None:
    """Length beyond what the network reads at once is no error."""
    found = captioner.score(Condition(features=torch.ones(FEATURES)), ["my cat " * 100] * 3)
    assert math.isfinite(found.logprob_nats)
    assert found.chars == 3 * 699 + 2


@pytest.mark.parametrize("boxes", [[], [""], ["", ""]])
def test_an_empty_caption_has_a_score(captioner: Captioner, boxes: list[str]) -> None:
    """Writing nothing has a probability too."""
    assert captioner.score(Condition(), boxes).logprob_nats < 0


@pytest.mark.parametrize(
    ("plain", "cased"),
    [
        ("when i win", "When I win"),
        ("i'm late. so what? i don't care", "I'm late. So what? I don't care"),
        ('"nice" he said', '"Nice" he said'),
        ("a exam is a one time thing", "An exam is a one time thing"),
        ("when you get an a on an exam", "When you get an a on an exam"),
        ("an a even mom likes, a in music", "An a even mom likes, a in music"),
    ],
)
def test_sentences_begin_with_capitals(plain: str, cased: str) -> None:
    """English spells sentence beginnings and "I" with capitals, and its article by the sound that follows."""
    assert as_written(plain) == cased


def test_keywords_are_content_words() -> None:
    """Function words and other scripts are not asked for; order stays, repeats go."""
    assert content_words("When my CAT sees the cat's dinner, 고양이") == ["cat", "sees", "cat's", "dinner"]
    assert usable_keywords(("my dog", "dog", "개")) == ("dog",)


@pytest.mark.parametrize(("word", "text", "count"), [("exam", "exams again", 1), ("cat", "concatenate", 0)])
def test_endings_count_as_the_same_word(word: str, text: str, count: int) -> None:
    """A plural uses the word, another word that contains it does not."""
    assert mentioned((word,), text) == count
