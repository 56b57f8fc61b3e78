"""Shows what was found: lines with marks for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.doctor.findings import Finding, Level, Section, count, is_healthy

MARKS: Final = {Level.FINE: "✓", Level.NOTE: "·", Level.HINT: "!", Level.PROBLEM: "✗"}
STYLES: Final = {Level.FINE: "green", Level.NOTE: "bright_black", Level.HINT: "yellow", Level.PROBLEM: "bold red"}
ARROW: Final = "→ "
INDENT: Final = 4


def print_report(console: Console, sections: Sequence[Section]) -> None:
    """Aligned and wrapped at a terminal; one line per finding elsewhere, so that grep finds whole ones."""
    show = _show_aligned if console.is_terminal else _show_in_a_line
    for section in sections:
        console.print()
        console.print(Text(section.topic, "bold"))
        for finding in section.findings:
            show(console, finding)
    console.print()
    console.print(_summary(sections))


def to_json(sections: Sequence[Section]) -> str:
    """`{"healthy": …, "findings": [{"topic", "level", "fact", "remedy"}, …]}`, secrets hidden as everywhere."""
    return json.dumps(
        {"healthy": is_healthy(sections), "findings": list(_rows(sections))}, ensure_ascii=False, indent=2
    )


def _rows(sections: Iterable[Section]) -> Iterable[dict[str, Any]]:
    for section in sections:
        for each in section.findings:
            yield {"topic": section.topic, "level": each.level, "fact": each.fact, "remedy": each.remedy}


def _show_in_a_line(console: Console, finding: Finding) -> None:
    remedy = f" {ARROW}{finding.remedy}" if finding.remedy else ""
    console.print(Text(f"  {MARKS[finding.level]} {finding.fact}{remedy}"), soft_wrap=True)


def _show_aligned(console: Console, finding: Finding) -> None:
    """The remedy stands behind the fact where it fits, else below it; a bare link is left whole, to be clicked."""
    quiet = "bright_black" if finding.level is Level.NOTE else ""
    fact, remedy = Text(finding.fact, quiet), Text(ARROW + finding.remedy, quiet or "cyan")
    is_link = finding.remedy.startswith("https://")
    table = Table.grid(padding=(0, 1))
    table.add_column(width=INDENT - 1, justify="right")
    table.add_column(overflow="fold")
    mark = Text(MARKS[finding.level], STYLES[finding.level])
    fits = INDENT + len(fact) + 1 + len(remedy) <= console.width
    table.add_row(mark, fact + Text(" ") + remedy if finding.remedy and fits else fact)
    if finding.remedy and not fits and not is_link:
        table.add_row("", remedy)
    console.print(table)
    if is_link and not fits:
        console.print(Text(" " * INDENT) + remedy, soft_wrap=True)


def _summary(sections: Sequence[Section]) -> Text:
    levels = [found.level for section in sections for found in section.findings]
    problems, hints = levels.count(Level.PROBLEM), levels.count(Level.HINT)
    also = f" {count(hints, 'thing')} could be better (!)." if hints else ""
    if problems:
        return Text(f"{count(problems, 'thing')} to mend (✗).{also}", "bold red")
    return Text(f"Everything that is needed is fine.{also}", "bold green")
