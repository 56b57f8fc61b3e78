"""Counts what a reader got wrong: characters, words, and time. Knows no reader."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz.distance import Levenshtein

from training.report.evaluation import Score
from training.report.intervals import Places, bootstrap_score
from training.seeing.ocr_pages import Page

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a picture, and what was read."""

    text: str
    read: str


Counts = tuple[int, int]
"""Of one reading: errors (or hits) and characters (or words) of the text."""


def score_pages(pages: Sequence[Page], texts: Sequence[str]) -> dict[str, Score]:
    """`cer`, `cer_joined` (spaces and signs forgiven), and `cer_TRAIT_VALUE` for every value of every trait."""
    readings = [Reading(page.text, text) for page, text in zip(pages, texts, strict=True)]
    groups = {f"cer_{trait}_{value}" for page in pages for trait, value in page.traits.items()}
    scores = {"cer": ratio_score(readings, count_edits), "cer_joined": ratio_score(readings, count_joined_edits)}
    for name in sorted(groups):
        chosen = [one for page, one in zip(pages, readings, strict=True) if name in _groups_of(page)]
        scores[name] = ratio_score(chosen, count_edits)
    return scores


def score_memes(readings: Sequence[Reading]) -> dict[str, Score]:
    """Against texts that another reader found: its order and its own errors count against ours."""
    return {
        "harmeme_cer": ratio_score(readings, count_edits),
        "harmeme_word_recall": ratio_score(readings, count_words),
        "harmeme_joined_recall": ratio_score(readings, count_joined_words),
    }


def score_times(kind: str, milliseconds: Sequence[float]) -> dict[str, Score]:
    """Median and 95th percentile of one picture's time."""
    times = np.asarray(milliseconds)
    return {f"ms_p{share}_{kind}": bootstrap_score(_percentile(times, share), range(len(times))) for share in (50, 95)}


def ratio_score(readings: Sequence[Reading], count: Callable[[Reading], Counts]) -> Score:
    """All counts together: what is counted over what there was."""
    parts, wholes = np.array([count(reading) for reading in readings], dtype=np.float64).T

    def ratio(places: Places) -> float:
        return float(parts[places].sum() / max(1.0, wholes[places].sum()))

    return bootstrap_score(ratio, range(len(readings)))


def count_edits(reading: Reading) -> Counts:
    """Edits that turn what was read into the text, and characters of the text; case and runs of white space folded."""
    text, read = normalise(reading.text), normalise(reading.read)
    return Levenshtein.distance(text, read), len(text)


def count_joined_edits(reading: Reading) -> Counts:
    """As `count_edits`, of letters and digits alone."""
    text, read = join_words(reading.text), join_words(reading.read)
    return Levenshtein.distance(text, read), len(text)


def count_words(reading: Reading) -> Counts:
    """Words read as words of their own, at most as often as they occur; words of the text."""
    text, read = Counter(_words(reading.text)), Counter(_words(reading.read))
    return (text & read).total(), text.total()


def count_joined_words(reading: Reading) -> Counts:
    """As `count_words`, but a word also counts where the space beside it was not read."""
    wanted, read = _words(reading.text), join_words(reading.read)
    return sum(word in read for word in wanted), len(wanted)


def normalise(text: str) -> str:
    """Case folded, every run of white space one space."""
    return " ".join(text.casefold().split())


def join_words(text: str) -> str:
    """Letters and digits alone."""
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _groups_of(page: Page) -> set[str]:
    return {f"cer_{trait}_{value}" for trait, value in page.traits.items()}


def _percentile(times: np.ndarray, share: int) -> Callable[[Places], float]:
    return lambda places: float(np.percentile(times[places], share))
