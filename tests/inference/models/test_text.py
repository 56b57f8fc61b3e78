"""What the models see of a text: tricks undone, meaning kept, the same features everywhere."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from inference.models.text import Bags, clean, fold, hangul_share, hash_text, inverse_frequencies, words


@pytest.mark.parametrize(
    ("hidden", "plain"),
    [
        pytest.param("sh1t", "shit", id="digit for a letter"),
        pytest.param("a$$hole", "asshole", id="sign for a letter"),
        pytest.param("f u c k you", "fuck you", id="letters spaced out"),
        pytest.param("F.U.C.K", "fuck", id="dots between letters"),
        pytest.param("fu\u200bck", "fuck", id="character without width"),
        pytest.param("ｆｕｃｋ", "fuck", id="wide letters"),
        pytest.param("fսck", "fuck", id="Armenian look-alike"),
        pytest.param("іdіоt", "idiot", id="Cyrillic look-alikes"),
        pytest.param("iđiot", "idiot", id="Latin look-alike"),
        pytest.param("ïdïöt", "idiot", id="marks on letters"),
        pytest.param("stuuuuupid", "stuupid", id="stretched letter"),
        pytest.param("시1발", "시발", id="digit inside Hangul"),
    ],
)
def test_hidden_words_are_read(hidden: str, plain: str) -> None:
    """A filter reads what a person reads."""
    assert fold(hidden) == plain


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("привет мир", id="Russian"),
        pytest.param("covid19 in 2020 on 5g", id="numbers with units"),
        pytest.param("오늘 날씨가 좋네요", id="Korean"),
        pytest.param("i am a cat", id="short words"),
    ],
)
def test_honest_text_stays_as_it_is(text: str) -> None:
    """Undoing tricks must not bend what is meant."""
    assert fold(text) == text


def test_cleaning_keeps_case_and_makes_one_line() -> None:
    """Line breaks become spaces, quotes become plain, capitals stay."""
    assert clean("  When  the\ncode\u00a0WORKS… ‘yes’ ") == "When the code WORKS... 'yes'"


def test_addresses_and_mentions_are_no_words() -> None:
    """Who is addressed says nothing about offence."""
    assert words(fold("@someone look https://example.org/x now")) == ["look", "now"]


def test_features_do_not_depend_on_the_process() -> None:
    """Training and inference are different processes and must agree on buckets."""
    code = "from inference.models.text import *; print(hash_text(fold('Some text, 텍스트'), 4096).tolist())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {f"{hash_text(fold('Some text, 텍스트'), 4096).tolist()}\n".encode()}


def test_alike_spellings_share_features() -> None:
    """Letter groups tie a misspelling to its word; a different word shares less."""
    word, variant, other = (set(hash_text(text, 1 << 20).tolist()) for text in ("stupid", "stupidd", "lovely"))
    assert len(word & variant) > 5 * len(word & other)
    assert len(word & variant) > 5


def test_a_text_without_words_has_no_features() -> None:
    """Nothing is not a kind of text."""
    assert len(hash_text("", 64)) == 0


def test_hangul_share_counts_letters_only() -> None:
    """Digits and signs belong to no language."""
    assert hangul_share("가나 ab 12!!") == pytest.approx(0.5)
    assert hangul_share("12") == 0.0


def test_rare_features_weigh_more() -> None:
    """A word in every text tells nothing, one in a single text a lot."""
    weights = inverse_frequencies([torch.tensor([0, 1]), torch.tensor([0, 2]), torch.tensor([0])], 4)
    assert weights[0] == pytest.approx(0.0)
    assert weights[3] > weights[1] > weights[0]


def test_bags_lie_one_after_another() -> None:
    """Offsets say where each text begins, empty texts included."""
    bags = Bags.of([torch.tensor([5, 7]), torch.tensor([], dtype=torch.int64), torch.tensor([1])])
    assert bags.ids.tolist() == [5, 7, 1]
    assert bags.offsets.tolist() == [0, 2, 2]
