"""Tiny made-up text sets in the layout that the importers read, so that trainings run in a test."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from pathlib import Path

TEMPLATES = ("Waiting-Cat", "Two-Doors", "Confession-Bear")
_SUBJECTS = ("monday", "exam", "coffee", "cat", "code", "weekend", "homework", "pizza", "boss", "alarm")
_OPENERS = ("when the", "me after the", "nobody warned me about the", "still thinking of the", "waiting for the")
_ENDINGS = ("comes back", "is over", "wins again", "was a lie", "takes all day", "never ends")


def write_table(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """A CSV file, gzipped when its name says so."""
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def write_captions(data: Path, count: int = 240) -> None:
    chance = random.Random(3)
    rows: list[tuple[object, ...]] = []
    for at in range(count):
        boxes = [f"{chance.choice(_OPENERS)} {chance.choice(_SUBJECTS)}", f"{chance.choice(_ENDINGS)} {at}"]
        rows.append((TEMPLATES[at % len(TEMPLATES)], chance.randint(0, 90), 100 + at, json.dumps(boxes).upper()))
    write_table(data / "captions/imgflip575k.csv.gz", ("template", "votes", "views", "boxes_json"), rows)


def write_offence(data: Path) -> None:
    """Every set with a few dozen rows; what is offensive says "nasty" or 나쁜, so it can be learned."""
    folder = data / "offence"
    memes = [(f"{at}.jpg", *_meme(at)) for at in range(60)]
    for part, rows in (("train", memes[:44]), ("val", memes[44:])):
        write_table(folder / f"multioff_{part}.csv", ("image_name", "sentence", "label"), [row[:3] for row in rows])
        write_table(folder / f"harmeme_{part}.csv", ("image_name", "sentence", "label", "fine_label"), list(rows))
    tweets = [_tweet(at) for at in range(40)]
    binary = [(text, "offensive" if bad else "non-offensive") for text, bad in tweets]
    write_table(folder / "text/olid_train.csv.gz", ("text", "label"), list(binary))
    three = [(f"{text} d", "hate" if bad else "neither") for text, bad in tweets]
    write_table(folder / "text/davidson.csv.gz", ("text", "label"), list(three))
    forum = [(f"{text} s", "hate" if bad else "noHate") for text, bad in tweets]
    write_table(folder / "text/stormfront.csv.gz", ("text", "label"), list(forum))
    _write_korean(folder / "text")
    (folder / "lexicon").mkdir()
    (folder / "lexicon/ldnoobw_en.txt").write_text("nastyword\n", encoding="utf-8")
    (folder / "lexicon/ldnoobw_ko.txt").write_text("나쁜말\n", encoding="utf-8")


def write_emotions(data: Path) -> None:
    folder = data / "text/tweeteval_emotion"
    folder.mkdir(parents=True)
    (folder / "mapping.txt").write_text("0\tanger\n1\tjoy\n2\toptimism\n3\tsadness\n", encoding="utf-8")
    words = ("furious", "happy", "hopeful", "sad")
    for part in ("train", "val"):
        texts = [f"so {words[at % 4]} today {at}" for at in range(24)]
        (folder / f"{part}_text.txt").write_text("\n".join(texts), encoding="utf-8")
        (folder / f"{part}_labels.txt").write_text("\n".join(str(at % 4) for at in range(24)), encoding="utf-8")


def _meme(at: int) -> tuple[str, str, str]:
    if at % 2:
        return f"what a nasty person number {at}", "offensive", "somewhat harmful+individual"
    return f"a quiet day at the lake number {at}", "Non-offensiv", "not harmful"


def _tweet(at: int) -> tuple[str, bool]:
    return (f"nasty people everywhere {at}", True) if at % 2 else (f"lovely weather here {at}", False)


def _write_korean(folder: Path) -> None:
    texts = [(f"나쁜 사람 {at}", True) if at % 2 else (f"좋은 날씨 {at}", False) for at in range(40)]
    for part in ("train", "dev"):
        rows = [(f"{text} {part}", "hate" if bad else "none") for text, bad in texts]
        write_table(folder / f"ko_beep_{part}.csv.gz", ("text", "label"), list(rows))
    several = [(f"{text} 글", "0,3" if bad else "8") for text, bad in texts]
    write_table(folder / "ko_kmhas_valid.csv.gz", ("text", "labels"), list(several))
    curses = [(f"{text} 말", int(bad)) for text, bad in texts]
    write_table(folder / "ko_curse.csv.gz", ("text", "label"), list(curses))
