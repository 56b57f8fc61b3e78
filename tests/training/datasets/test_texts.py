"""The importers of text sets, on small files written here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.word_sets import write_captions, write_emotions, write_offence, write_table
from training.datasets.captions import HELD_OUT_TEMPLATES, read_caption_boxes, read_captions, refusal, split_captions
from training.datasets.emotion import read_emotions
from training.datasets.lexicon import Lexicon
from training.datasets.offence import (
    OffenceItem,
    read_english,
    read_harmeme,
    read_korean,
    read_multioff,
    weak_categories,
)
from training.errors import DataError

CAPTION_COLUMNS = ("template", "votes", "views", "boxes_json")


def captions_of(data: Path, *rows: tuple[int, int, list[str]]) -> None:
    table: list[tuple[object, ...]] = [("Cat", votes, views, json.dumps(boxes)) for votes, views, boxes in rows]
    write_table(data / "captions/imgflip575k.csv.gz", CAPTION_COLUMNS, table)


def test_unusable_captions_are_dropped_and_counted(tmp_path: Path) -> None:
    """Every dropped row is accounted for by its reason; the others are kept in lower case."""
    good = ["WHEN THE CODE", "WORKS"]
    captions_of(tmp_path, (1, 9, good), (1, 9, ["when the code works"]), (1, 9, []), (1, 9, ["see www.x.org now"]))
    found = read_captions(tmp_path)
    assert [caption.boxes for caption in found.items] == [("when the code", "works")]
    assert found.dropped == {"duplicate": 1, "number of boxes": 1, "link": 1}


@pytest.mark.parametrize(
    ("boxes", "reason"),
    [
        pytest.param(("a fine caption", "with two boxes"), None, id="fine"),
        pytest.param(("one",) * 7, "number of boxes", id="too many boxes"),
        pytest.param(("word " * 60,), "too long", id="too long"),
        pytest.param(("12345 67890 ab",), "few Latin letters", id="digits"),
        pytest.param(("고양이가 좋아요 cat cat cat cat cat",), "other scripts or emoji", id="mixed scripts"),
        pytest.param(("upvote if you agree",), "begging for votes", id="begging"),
        pytest.param(("noooooooo way",), "mashed keys", id="mashed"),
    ],
)
def test_refusals_name_their_reason(boxes: tuple[str, ...], reason: str | None) -> None:
    """A caption is refused for the first thing that is wrong with it."""
    assert refusal(boxes) == reason


def test_appeal_is_not_exposure(tmp_path: Path) -> None:
    """Of two captions with equal votes, the one that was shown less is the better liked."""
    rows = [(10 * at, 100 * at, [f"ordinary caption {at}"]) for at in range(1, 30)]
    captions_of(tmp_path, *rows, (100, 200, ["rarely shown"]), (100, 5000, ["often shown"]))
    appeal = {caption.boxes[0]: caption.appeal for caption in read_captions(tmp_path).items}
    assert appeal["rarely shown"] > 0 > appeal["often shown"]


def test_captions_to_draw_keep_their_case_and_their_breaks(tmp_path: Path) -> None:
    """Empty boxes vanish; a row whose JSON is broken is dropped."""
    rows: list[tuple[object, ...]] = [("A", 1, 2, json.dumps(boxes)) for boxes in (["Top", "", "bottom "], [""])]
    write_table(tmp_path / "captions/imgflip575k.csv.gz", CAPTION_COLUMNS, [*rows, ("A", 1, 2, "not json")])
    found = read_caption_boxes(tmp_path, 10, every=1)
    assert found.items == (("Top", "bottom"),)
    assert found.dropped == {"unreadable row": 1, "empty or too long": 1}


def test_captions_to_draw_are_a_sample_of_the_file(tmp_path: Path) -> None:
    """Every so many rows one is read, until there are enough."""
    captions_of(tmp_path, *[(1, 9, [f"caption {at}"]) for at in range(20)])
    assert read_caption_boxes(tmp_path, 3, every=4).items == (("caption 0",), ("caption 4",), ("caption 8",))


def test_no_caption_stands_on_two_sides_of_the_split(tmp_path: Path) -> None:
    """Equal captions, however divided into boxes, and held-out templates never reach the training part."""
    write_captions(tmp_path, 600)
    split = split_captions(read_captions(tmp_path).items)
    known = {caption.key for caption in split.train}
    assert split.train
    assert split.held_out
    assert split.new_templates
    assert not known & {caption.key for caption in (*split.held_out, *split.new_templates)}
    assert {caption.template for caption in split.new_templates} <= set(HELD_OUT_TEMPLATES)


def test_every_offence_set_is_brought_to_one_shape(tmp_path: Path) -> None:
    """Labels of all sets become offensive or not, in the proportions of the files."""
    write_offence(tmp_path)
    sets = [
        read_multioff(tmp_path, "train"),
        read_harmeme(tmp_path, "val"),
        *read_english(tmp_path),
        *read_korean(tmp_path),
    ]
    for imported in sets:
        assert sum(item.offensive for item in imported.items) * 2 == len(imported.items) > 0
        assert all(item.offensive == any(word in item.text for word in ("nasty", "나쁜")) for item in imported.items)


def test_texts_that_only_differ_in_spelling_tricks_count_once(tmp_path: Path) -> None:
    """Duplicates are found after folding, and the drop is reported."""
    rows: list[tuple[object, ...]] = [("1.jpg", "You IDIOT", "offensive"), ("2.jpg", "you 1d1ot", "offensive")]
    write_table(tmp_path / "offence/multioff_train.csv", ("image_name", "sentence", "label"), rows)
    found = read_multioff(tmp_path, "train")
    assert len(found.items) == 1
    assert found.dropped == {"duplicate": 1}


def test_an_unknown_label_is_an_error(tmp_path: Path) -> None:
    """A set that is not what it should be is refused as a whole, with a sentence."""
    rows: list[tuple[object, ...]] = [("1.jpg", "some text", "perhaps")]
    write_table(tmp_path / "offence/multioff_train.csv", ("image_name", "sentence", "label"), rows)
    with pytest.raises(DataError, match="label"):
        read_multioff(tmp_path, "train")


def test_a_missing_file_says_where_to_get_it(tmp_path: Path) -> None:
    """The sentence names the page that helps."""
    with pytest.raises(DataError, match=r"docs/data\.md"):
        read_captions(tmp_path)


def test_word_lists_divide_offensive_texts_only(tmp_path: Path) -> None:
    """A listed word makes a category where annotators saw an offence; profanity alone is profanity anywhere."""
    write_offence(tmp_path)
    lexicon = Lexicon.read(tmp_path)
    threat = weak_categories(OffenceItem("davidson", "i will kill you", offensive=True), lexicon)
    film = weak_categories(OffenceItem("davidson", "to kill a mockingbird", offensive=False), lexicon)
    assert (threat["violent"], film["violent"]) == (True, False)
    assert weak_categories(OffenceItem("olid", "damn good coffee", offensive=False), lexicon)["profanity"]


def test_own_labels_outrank_word_lists(tmp_path: Path) -> None:
    """What annotators said of a category stands."""
    write_offence(tmp_path)
    item = OffenceItem("kmhas", "나쁜말", offensive=True, categories={"profanity": False})
    assert weak_categories(item, Lexicon.read(tmp_path))["profanity"] is False


def test_emotions_get_their_names(tmp_path: Path) -> None:
    """Numbers become tones by the set's own table."""
    write_emotions(tmp_path)
    assert {item.tone for item in read_emotions(tmp_path, "train").items} == {"anger", "joy", "optimism", "sadness"}


def test_unfitting_emotion_labels_are_an_error(tmp_path: Path) -> None:
    """As many labels as texts, or the set is refused."""
    write_emotions(tmp_path)
    (tmp_path / "text/tweeteval_emotion/train_labels.txt").write_text("0\n1\n", encoding="utf-8")
    with pytest.raises(DataError):
        read_emotions(tmp_path, "train")
