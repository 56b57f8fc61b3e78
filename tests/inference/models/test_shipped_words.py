"""The shipped word models themselves: they load, agree with the manifest, and do what they are for."""

from __future__ import annotations

import pytest

from inference.manifest import Manifest
from inference.models.captioner import Captioner, Condition
from inference.models.chooser import TemplateChooser
from inference.models.flag import FlagInput, FlagModel
from inference.models.keywords import mentioned

MAX_BYTES = 48_000_000


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return Manifest.read()


@pytest.fixture(scope="module")
def captioner(manifest: Manifest) -> Captioner:
    return Captioner.load(manifest)


@pytest.fixture(scope="module")
def flag(manifest: Manifest) -> FlagModel:
    return FlagModel.load(manifest)


def test_weights_are_small_and_untouched(manifest: Manifest) -> None:
    """All files match their hashes, and together they fit a small machine and a quick clone."""
    assert sum(len(manifest.read_bytes(name)) for name in manifest.entries) <= MAX_BYTES


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        pytest.param("go kill yourself you worthless idiot", "have a nice day my dear friend", id="insult"),
        pytest.param("you are a f.u.c.k.i.n.g b1tch", "you are a very good dog", id="hidden profanity"),
        pytest.param("all muslims are terrorists", "my muslim friend is coming for dinner", id="neutral mention"),
        pytest.param("씨발 새끼야 꺼져", "오늘 날씨가 참 좋네요", id="Korean"),
    ],
)
def test_offence_scores_above_calm(flag: FlagModel, worse: str, better: str) -> None:
    """What people report scores above the default threshold of doubt, what they say every day below it."""
    offensive, calm = flag.judge([FlagInput(worse), FlagInput(better)])
    assert offensive.score > 0.4 > calm.score


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_not_suspicious(flag: FlagModel, text: str) -> None:
    """Without text and picture the prior is below the default threshold of doubt."""
    assert flag.judge([FlagInput(text)])[0].score < 0.4


def test_most_drafts_use_the_asked_word(captioner: Captioner) -> None:
    """Four of five drafts for everyday words contain them."""
    words = ("monday", "cat", "coffee", "school", "pizza", "boss", "homework", "dog")
    drafts = [(word, draft) for word in words for draft in captioner.write(Condition(keywords=(word,)), 4, seed=1)]
    used = sum(mentioned((word,), " ".join(draft.lines)) for word, draft in drafts)
    assert used >= 0.8 * len(drafts)


def test_english_is_likelier_than_shuffled_words(captioner: Captioner) -> None:
    """The captioner has learned the order of words."""
    plain = captioner.score(Condition(), ["brace yourselves", "winter is coming"])
    shuffled = captioner.score(Condition(), ["yourselves brace", "coming winter is"])
    assert plain.logprob_nats > shuffled.logprob_nats


def test_a_prompt_finds_its_template(manifest: Manifest) -> None:
    """The words that everybody puts on one template lead to it."""
    assert next(iter(TemplateChooser.load(manifest).rank("aliens built the pyramids"))) == "Ancient-Aliens"
