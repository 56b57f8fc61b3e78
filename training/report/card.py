"""Writes a model's card: what it is for, how it was made, how good it is and beside what, where it fails.

`memesmith evaluate TASK --data DIR --card docs/models` writes `MODEL.md`, its pictures, and the index of all cards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.manifest import ManifestEntry
from training.report.evaluation import Evaluation, Goal, Score
from training.report.facts import Facts
from training.report.figures import draw_confusion, draw_reliability, draw_scores

INDEX_NAME: Final = "README.md"
NO_INTERVALS: Final = "The evaluation of this model gives bare numbers: how certain they are is not known."
WITH_INTERVALS: Final = "In brackets the 95 % interval, where one is known; like items count as one fact together."


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`entry` and `file_bytes` are None for a model without a weights file of ours; `command` measures it anew."""

    evaluation: Evaluation
    facts: Facts
    command: str
    entry: ManifestEntry | None = None
    file_bytes: int | None = None


def write_card(card: Card, folder: Path) -> Path:
    """Write text, pictures and index; pictures of an older card that this one lacks are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = draw_pictures(card)
    for kind in ("scores", "confusion", "reliability"):
        path = folder / picture_name(card.evaluation.model, kind)
        path.unlink(missing_ok=True)
        if kind in pictures:
            path.write_bytes(pictures[kind])
    page = folder / f"{card.evaluation.model}.md"
    page.write_text(card_text(card, pictures), encoding="utf-8")
    (folder / INDEX_NAME).write_text(index_text(folder), encoding="utf-8")
    return page


def draw_pictures(card: Card) -> dict[str, bytes]:
    """SVG by kind: `scores`, `confusion`, `reliability`, of those that there is something to show for."""
    evaluation = card.evaluation
    drawn = {
        "scores": draw_scores(evaluation, card.facts.named),
        "confusion": draw_confusion(evaluation.confusion) if evaluation.confusion else None,
        "reliability": draw_reliability(evaluation.reliability) if evaluation.reliability else None,
    }
    return {kind: picture for kind, picture in drawn.items() if picture is not None}


def picture_name(model: str, kind: str) -> str:
    return f"{model}-{kind}.svg"


def card_text(card: Card, pictures: Iterable[str]) -> str:
    """The page in Markdown; `pictures` are the kinds that lie beside it."""
    facts, evaluation = card.facts, card.evaluation
    parts = [
        f"# {facts.title}",
        facts.purpose.strip(),
        "\n".join(_origin(card)),
        "## Scores",
        WITH_INTERVALS if evaluation.intervals else NO_INTERVALS,
        "\n".join(_score_table(card)),
        *(["## Goals", "\n".join(_goal_line(card, goal) for goal in evaluation.goals)] if evaluation.goals else []),
        *_shown(card, pictures),
    ]
    told = {
        "Data": facts.data,
        "Limits and known failures": facts.limits,
        "Bias": facts.bias,
        "Licences": facts.licences,
    }
    for heading, lines in told.items():
        parts += [f"## {heading}", "\n".join(f"- {line.strip()}" for line in lines)]
    return "\n\n".join(parts) + "\n"


def index_text(folder: Path) -> str:
    """Every card in the folder with its title and the first sentence of its purpose."""
    rows = []
    for page in sorted(folder.glob("*.md")):
        if page.name != INDEX_NAME:
            title, purpose = page.read_text(encoding="utf-8").split("\n\n", 2)[:2]
            sentence = " ".join(purpose.split()).split(". ")[0].rstrip(".")
            rows.append(f"| [{title.removeprefix('# ')}]({page.name}) | {sentence} |")
    intro = "One card per model, written by `memesmith evaluate TASK --data DIR --card docs/models`."
    return "\n".join(["# Model cards", "", intro, "", "| model | what it is for |", "| --- | --- |", *rows, ""])


def number(value: float) -> str:
    """Three decimals; whole and large numbers as people write them."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3f}"


def told(score: Score) -> str:
    """The value and, in brackets, its interval."""
    if score.interval is None:
        return number(score.value)
    return f"{number(score.value)} [{number(score.interval[0])}, {number(score.interval[1])}]"


def _origin(card: Card) -> Iterator[str]:
    yield "| | |"
    yield "| --- | --- |"
    yield f"| how it is made | {' '.join(card.facts.made.split())} |"
    if card.entry is not None:
        size = f", {card.file_bytes / 2**20:.2f} MiB" if card.file_bytes is not None else ""
        yield f"| file | `{card.entry.file}`{size}, version {card.entry.version} |"
        yield f"| made by | `{card.entry.command}` |"
        yield f"| made from | {', '.join(card.entry.data)} |"
    yield f"| measured by | `{card.command}` |"


def _score_table(card: Card) -> Iterator[str]:
    baselines = card.evaluation.baselines
    yield f"| | ours |{''.join(f' {name} |' for name in baselines)} items |"
    yield f"| --- |{' --- |' * (2 + len(baselines))}"
    for name, score in card.evaluation.scores.items():
        beside = "".join(f" {_cell(scores, name)} |" for scores in baselines.values())
        items = "" if score.items is None else f"{score.items:,}"
        yield f"| {card.facts.named(name)} | {told(score)} |{beside} {items} |"


def _cell(scores: Mapping[str, Score], name: str) -> str:
    return told(scores[name]) if name in scores else ""


def _goal_line(card: Card, goal: Goal) -> str:
    """A missed goal is said first and in bold; a met one says when its interval reaches beyond the bound."""
    standing, score = card.evaluation.standing(goal), card.evaluation.scores.get(goal.score)
    wanted = f"{card.facts.named(goal.score)}: {goal} is wanted"
    if score is None:
        return f"- **Not measured.** {wanted}."
    if standing == "not reached":
        return f"- **Not reached.** {wanted}, {told(score)} was measured."
    unsettled = score.interval is not None and not all(goal.is_met(bound) for bound in score.interval)
    doubt = " Its interval reaches beyond the goal." if unsettled else ""
    return f"- Reached. {wanted}, {told(score)} was measured.{doubt}"


def _shown(card: Card, pictures: Iterable[str]) -> list[str]:
    confusion, reliability = card.evaluation.confusion, card.evaluation.reliability
    alternatives = {"scores": "Bars of scores, ours and the baselines', with their intervals; numbers as in the table"}
    if confusion is not None:
        items = sum(map(sum, confusion.counts))
        right = sum(confusion.counts[place][place] for place in range(len(confusion.labels)))
        alternatives["confusion"] = (
            f"Confusion matrix ({confusion.of}): {right:,} of {items:,} items called what they are"
        )
    if reliability is not None:
        items = sum(each.items for each in reliability.bins)
        alternatives["reliability"] = (
            f"Reliability diagram ({reliability.of}): calibration error {reliability.ece:.3f} over {items:,} items"
        )
    model = card.evaluation.model
    return [f"![{text}]({picture_name(model, kind)})" for kind, text in alternatives.items() if kind in pictures]
