"""Shows an audit: a page with a picture per table, and tables for the terminal.

`memesmith evaluate flag --data DIR --bias --card docs/models` writes `bias.md`, its pictures, and the index of cards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from rich.table import Column, Table

from training.report.audit import Audit, AuditRow, AuditTable
from training.report.card import INDEX_NAME, index_text
from training.report.evaluation import Score
from training.report.figures import draw_rates

PAGE_NAME: Final = "bias"
TABLE_ONLY: Final = frozenset({"unsure"})
REFERENCES: Final = frozenset({"all", "none"})
PURPOSE: Final = """
Tells whom the flag model wrongs: whose calm words it calls offensive, and whose abuse it lets pass. By identity group,
a proxy for dialect, language, and for what our own captioner writes."""
READING: Final = """
Blue dots are this model with its 95 % interval, grey rings the earlier one where it was measured. A dashed line is
where the first row is. Like texts, and sentences of one frame, count as one fact together."""

Before = Mapping[str, Score]


def write_audit(audit: Audit, before: Before | None, folder: Path, command: str) -> Path:
    """Write page, pictures and index; pictures of an older audit that this one lacks are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{PAGE_NAME}-*.svg"):
        old.unlink()
    for table in audit.tables:
        (folder / _picture_name(table)).write_bytes(draw_table(table, before or {}))
    page = folder / f"{PAGE_NAME}.md"
    page.write_text(audit_text(audit, before, command), encoding="utf-8")
    (folder / INDEX_NAME).write_text(index_text(folder), encoding="utf-8")
    return page


def draw_table(table: AuditTable, before: Before) -> bytes:
    """A panel per measure, without those that the numbers below tell only (`TABLE_ONLY`)."""
    measures = {measure: words for measure, words in table.measures.items() if measure not in TABLE_ONLY}
    columns = {
        words: {row.label: row.scores[measure] for row in table.rows if measure in row.scores}
        for measure, words in measures.items()
    }
    earlier = {
        words: {row.label: before[name] for row in table.rows if (name := table.score_name(row, measure)) in before}
        for measure, words in measures.items()
    }
    first = table.rows[0]
    return draw_rates(columns, earlier, first.label if first.name in REFERENCES else None)


def audit_text(audit: Audit, before: Before | None, command: str) -> str:
    """The page in Markdown; numbers are folded away below each picture."""
    parts = [
        "# Bias of the flag model",
        " ".join(PURPOSE.split()),
        f"Measured by `{command}`.",
        "\n".join(_summary(audit, before)),
        " ".join(READING.split()),
    ]
    for table in audit.tables:
        parts += [
            f"## {table.title}",
            " ".join(table.note.split()),
            f"![{table.title}: rates by row, numbers as in the table]({_picture_name(table)})",
            "<details><summary>Numbers</summary>",
            "\n".join(_lines(table, before)),
            "</details>",
        ]
    return "\n\n".join(parts) + "\n"


def as_rich_tables(audit: Audit, before: Before | None) -> Iterator[Table]:
    """One for each table, and one of the summary with its goals."""
    for table in audit.tables:
        shown = Table(Column("", overflow="fold"), *table.measures.values(), "texts", title=table.title)
        for row in table.rows:
            shown.add_row(*_cells(table, row, before))
        yield shown
    summary = Table(Column("", overflow="fold"), "value", "goal", title="Summary")
    lines = audit.evaluation().goal_lines()
    for name, score in audit.summary.items():
        summary.add_row(audit.words[name], _told(score, (before or {}).get(name)), lines.get(name, ""))
    yield summary


def percent(score: Score) -> str:
    """`12 % [8, 17]`: the value and, in brackets, its interval."""
    if score.interval is None:
        return f"{100 * score.value:.1f} %"
    low, high = (f"{100 * bound:.0f}" for bound in score.interval)
    return f"{100 * score.value:.1f} % [{low}, {high}]"


def _summary(audit: Audit, before: Before | None) -> Iterator[str]:
    standing = audit.evaluation().goal_lines()
    yield "| | measured | goal |"
    yield "| --- | --- | --- |"
    for name, score in audit.summary.items():
        yield f"| {audit.words[name]} | {_told(score, (before or {}).get(name))} | {standing.get(name, '')} |"


def _lines(table: AuditTable, before: Before | None) -> Iterator[str]:
    heads = [*table.measures.values(), "texts"]
    yield f"| | {' | '.join(heads)} |"
    yield f"| --- |{' --- |' * len(heads)}"
    for row in table.rows:
        yield f"| {' | '.join(_cells(table, row, before))} |"


def _cells(table: AuditTable, row: AuditRow, before: Before | None) -> list[str]:
    told = [
        _told(row.scores[measure], (before or {}).get(table.score_name(row, measure))) if measure in row.scores else ""
        for measure in table.measures
    ]
    items = max((score.items or 0 for score in row.scores.values()), default=0)
    return [row.label, *told, f"{items:,}"]


def _told(score: Score, before: Score | None) -> str:
    return percent(score) if before is None else f"{percent(score)}, was {100 * before.value:.1f} %"


def _picture_name(table: AuditTable) -> str:
    return f"{PAGE_NAME}-{table.name.replace('_', '-')}.svg"
