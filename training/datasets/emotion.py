"""TweetEval's emotion set: tweets with one of four tones.

Source: Mohammad et al. (2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference.labels import TONES
from training.datasets.rows import Imported, Sieve, read_lines, usable_text
from training.errors import DataError


@dataclass(frozen=True, slots=True)
class EmotionItem:
    """`tone` is one of `inference.labels.TONES`, never "neutral": the set has no calm tweets."""

    text: str
    tone: str


def read_emotions(data: Path, part: str) -> Imported[EmotionItem]:
    """`part` is "train" or "val"; raises DataError where texts, labels and their names do not fit together."""
    folder = data / "text/tweeteval_emotion"
    names = dict(line.split("\t") for line in read_lines(folder / "mapping.txt"))
    texts = read_lines(folder / f"{part}_text.txt")
    labels = read_lines(folder / f"{part}_labels.txt")
    if len(texts) != len(labels) or not set(names.values()) <= set(TONES) or not set(labels) <= set(names):
        raise DataError(f"{folder.name} holds labels that do not fit its {part} texts.")
    sieve: Sieve[EmotionItem] = Sieve()
    for raw, label in zip(texts, labels, strict=True):
        text = usable_text(raw)
        if text is None:
            sieve.drop("no text")
        else:
            sieve.keep(EmotionItem(text, names[label]))
    return sieve.imported()
