"""A card tells what was measured, beside what, and plainly what was not reached; its pictures can be made again."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from inference.manifest import ManifestEntry
from training.report.card import Card, card_text, draw_pictures, index_text, write_card
from training.report.evaluation import Evaluation, Goal, Score
from training.report.facts import Facts
from training.report.figures import draw_scores
from training.report.judgements import Confusion, Reliability

CARDS_DIR = Path(__file__).parents[3] / "docs/models"
MAX_PICTURE_BYTES = 100_000
DOUBT = " Its interval reaches beyond the goal."

FACTS = Facts(
    title="Toaster",
    purpose="Says whether bread is toast. It is not for cake.",
    made="Two wires.",
    data=("Bread.",),
    limits=("Rye is a riddle.",),
    bias=("White bread is known best.",),
    licences=("Bread: free.",),
    words={"f1": "F1 of toast"},
)
EVALUATION = Evaluation(
    model="toaster",
    scores={"f1": Score(0.612, (0.5, 0.72), 90), "ece": Score(0.04, (0.03, 0.07), 90), "slices": Score(1234)},
    baselines={"majority": {"f1": Score(0.4, (0.31, 0.5))}, "all is toast": {"f1": Score(0.55)}},
    goals=(
        Goal(score="f1", at_least=0.7),
        Goal(score="ece", at_most=0.05),
        Goal(score="slices", at_least=1000),
        Goal(score="crumbs", at_most=3),
    ),
    confusion=Confusion.count(("bread", "toast"), [0, 0, 1, 1], [0, 1, 1, 1], of="slices of one loaf"),
    reliability=Reliability.measure([0.1, 0.2, 0.9, 0.8], [0, 0, 1, 0], of="slices of one loaf"),
)
ENTRY = ManifestEntry(
    name="toaster",
    file="toaster.safetensors",
    sha256="0" * 64,
    task="toast",
    version="3",
    command="memesmith train toaster --data DIR",
    data=("Loaves",),
)
CARD = Card(
    evaluation=EVALUATION,
    facts=FACTS,
    command="memesmith evaluate toaster --data DIR",
    entry=ENTRY,
    file_bytes=3 * 2**20,
)


def section(text: str, heading: str) -> list[str]:
    return text.split(f"\n## {heading}\n\n")[1].split("\n\n## ", maxsplit=1)[0].splitlines()


def test_scores_stand_beside_their_baselines() -> None:
    """With intervals where there are any, and how many items it was."""
    table = section(card_text(CARD, ()), "Scores")
    assert "| | ours | majority | all is toast | items |" in table
    assert "| F1 of toast | 0.612 [0.500, 0.720] | 0.400 [0.310, 0.500] | 0.550 | 90 |" in table
    assert "| `slices` | 1,234 |  |  |  |" in table


def test_goals_that_were_not_reached_are_said_plainly() -> None:
    """What is missed, what is met with a doubt, what is met, and what nobody could measure."""
    assert section(card_text(CARD, ()), "Goals")[:4] == [
        "- **Not reached.** F1 of toast: at least 0.7 is wanted, 0.612 [0.500, 0.720] was measured.",
        f"- Reached. `ece`: at most 0.05 is wanted, 0.040 [0.030, 0.070] was measured.{DOUBT}",
        "- Reached. `slices`: at least 1000 is wanted, 1,234 was measured.",
        "- **Not measured.** `crumbs`: at most 3 is wanted.",
    ]


def test_a_card_says_where_the_model_comes_from_and_where_it_fails() -> None:
    """File, size, version, commands, data, limits, bias, licences."""
    text = card_text(CARD, ())
    assert "| file | `toaster.safetensors`, 3.00 MiB, version 3 |" in text
    assert "| made by | `memesmith train toaster --data DIR` |" in text
    assert "| measured by | `memesmith evaluate toaster --data DIR` |" in text
    for heading, line in (
        ("Data", "Bread."),
        ("Limits and known failures", "Rye is a riddle."),
        ("Bias", "White bread is known best."),
        ("Licences", "Bread: free."),
    ):
        assert section(text, heading) == [f"- {line}"]


def test_bare_numbers_make_a_card_that_says_they_are_bare() -> None:
    """No interval is made up, no goal is claimed, and a model without a file of ours has no file."""
    text = card_text(Card(evaluation=Evaluation.plain("toaster", {"f1": 0.5}), facts=FACTS, command="x"), ())
    assert "how certain they are is not known" in text
    assert "## Goals" not in text
    assert "| file |" not in text
    assert "| F1 of toast | 0.500 |  |" in text


def test_pictures_are_shown_with_words_for_who_cannot_see_them(tmp_path: Path) -> None:
    """Every picture that lies there is shown, and says in numbers what it shows."""
    page = write_card(CARD, tmp_path)
    shown = dict(re.findall(r"!\[(.+)\]\((.+)\)", page.read_text(encoding="utf-8")))
    assert set(shown.values()) == {path.name for path in tmp_path.glob("*.svg")}
    assert "Confusion matrix (slices of one loaf): 3 of 4 items called what they are" in shown
    assert "Reliability diagram (slices of one loaf): calibration error 0.300 over 4 items" in shown


def test_pictures_are_the_same_bytes_again() -> None:
    """Small, and without a date: a card changes only where its model did."""
    first, second = draw_pictures(CARD), draw_pictures(CARD)
    assert set(first) == {"scores", "confusion", "reliability"}
    assert first == second
    assert max(map(len, first.values())) < MAX_PICTURE_BYTES
    for picture in first.values():
        assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314  (drawn here)


def test_another_score_is_another_picture() -> None:
    """What is drawn is what was measured."""
    better = replace(CARD, evaluation=replace(EVALUATION, scores={**EVALUATION.scores, "f1": Score(0.9)}))
    assert draw_pictures(better)["scores"] != draw_pictures(CARD)["scores"]
    assert draw_pictures(better)["confusion"] == draw_pictures(CARD)["confusion"]


def test_many_scores_stay_a_small_picture() -> None:
    """Bars are for the goals and what is left of the room; the table has them all."""
    scores = {f"score {number}": Score(number / 40, (0.0, 1.0)) for number in range(40)}
    beside = dict.fromkeys(("majority", "everything", "naive Bayes", "the last one"), scores)
    goals = (Goal(score="score 39", at_least=0.5),)
    evaluation = Evaluation(model="toaster", scores=scores, baselines=beside, goals=goals)
    named: list[str] = []
    picture = draw_scores(evaluation, lambda name: named.append(name) or name)  # type: ignore[func-returns-value]
    assert picture is not None
    assert len(picture) < MAX_PICTURE_BYTES
    assert named == [f"score {number}" for number in (*range(11), 39)]


@pytest.mark.parametrize("page", sorted(CARDS_DIR.glob("[!R]*.md")), ids=lambda page: page.stem)
def test_the_cards_in_the_docs_are_whole(page: Path) -> None:
    """Each is in the index, shows what lies beside it, and keeps its pictures small."""
    shown = set(re.findall(r"!\[.+\]\((.+)\)", page.read_text(encoding="utf-8")))
    assert shown == {path.name for path in CARDS_DIR.glob(f"{page.stem}-*.svg")}
    assert all((CARDS_DIR / name).stat().st_size < MAX_PICTURE_BYTES for name in shown)
    assert (CARDS_DIR / "README.md").read_text(encoding="utf-8") == index_text(CARDS_DIR)


def test_an_old_picture_does_not_outlive_its_reason(tmp_path: Path) -> None:
    """A confusion matrix that nobody counted anew is removed."""
    write_card(CARD, tmp_path)
    write_card(replace(CARD, evaluation=replace(EVALUATION, confusion=None)), tmp_path)
    assert {path.name for path in tmp_path.glob("*.svg")} == {"toaster-scores.svg", "toaster-reliability.svg"}


def test_the_index_names_every_card(tmp_path: Path) -> None:
    """By title, with what the model is for."""
    write_card(CARD, tmp_path)
    other = replace(CARD, evaluation=replace(EVALUATION, model="kettle"), facts=replace(FACTS, title="Kettle"))
    write_card(other, tmp_path)
    rows = (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()[-2:]
    assert rows == [
        "| [Kettle](kettle.md) | Says whether bread is toast |",
        "| [Toaster](toaster.md) | Says whether bread is toast |",
    ]


@pytest.mark.parametrize("bounds", [{}, {"at_least": 0.1, "at_most": 0.2}], ids=["none", "both"])
def test_a_goal_has_one_bound(bounds: dict[str, float]) -> None:
    """Two would be two goals."""
    with pytest.raises(ValueError, match="one bound"):
        Goal(score="f1", **bounds)
