"""What the doctor finds: a fact, how good or bad it is, and what to do about it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

MAX_FOREIGN_CHARS: Final = 60
MIN_SECRET_CHARS: Final = 6
HIDDEN: Final = "[hidden]"


class Level(enum.StrEnum):
    """NOTE is neither good nor bad, HINT is worth doing, PROBLEM keeps something from working that was asked for."""

    FINE = "fine"
    NOTE = "note"
    HINT = "hint"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """`fact` is a sentence, `remedy` another one or empty; whatever others wrote went through `foreign`."""

    level: Level
    fact: str
    remedy: str = ""


Findings = tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What was found about one topic, in the order of reading."""

    topic: str
    findings: Findings


def fine(fact: str) -> Finding:
    return Finding(Level.FINE, fact)


def note(fact: str, remedy: str = "") -> Finding:
    return Finding(Level.NOTE, fact, remedy)


def hint(fact: str, remedy: str) -> Finding:
    return Finding(Level.HINT, fact, remedy)


def problem(fact: str, remedy: str) -> Finding:
    return Finding(Level.PROBLEM, fact, remedy)


def foreign(text: object) -> str:
    """Words of others (names, error messages), short and without characters that a terminal would act on."""
    shown = "".join(letter for letter in str(text) if letter.isprintable())
    return shown if len(shown) <= MAX_FOREIGN_CHARS else shown[: MAX_FOREIGN_CHARS - 1] + "…"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def is_healthy(sections: Iterable[Section]) -> bool:
    return all(found.level is not Level.PROBLEM for section in sections for found in section.findings)


def hide(sections: Iterable[Section], secrets: Iterable[str]) -> tuple[Section, ...]:
    """The last guard: no secret is shown, whatever a check or the other side of a connection put into words."""
    known = [secret for secret in secrets if len(secret) >= MIN_SECRET_CHARS]
    return tuple(
        replace(section, findings=tuple(_hide(each, known) for each in section.findings)) for section in sections
    )


def _hide(finding: Finding, secrets: Iterable[str]) -> Finding:
    fact, remedy = finding.fact, finding.remedy
    for secret in secrets:
        fact, remedy = fact.replace(secret, HIDDEN), remedy.replace(secret, HIDDEN)
    return replace(finding, fact=fact, remedy=remedy)
