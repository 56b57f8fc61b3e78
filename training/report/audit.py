"""What an audit found: the same rates for several groups of items, side by side, and beside an earlier model's.

Plain values; knows no model. `training.report.audit_page` draws and writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from training.errors import TrainingError
from training.report.evaluation import Evaluation, Goal, Score

BEFORE: Final = "before"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One group's `scores` by measure; a measure that nothing was there for is left out."""

    name: str
    label: str
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class AuditTable:
    """`measures` says in words what each measure is; `note` says what the rows are and how far to trust them."""

    name: str
    title: str
    note: str
    measures: Mapping[str, str]
    rows: tuple[AuditRow, ...]

    def score_name(self, row: AuditRow, measure: str) -> str:
        return f"bias_{self.name}_{row.name}_{measure}"


@dataclass(frozen=True, slots=True)
class Audit:
    """Tables, and single numbers drawn from them (`summary`, with `words` for their names)."""

    model: str
    tables: tuple[AuditTable, ...]
    summary: Mapping[str, Score]
    words: Mapping[str, str]
    goals: tuple[Goal, ...] = field(default=())

    @property
    def scores(self) -> dict[str, Score]:
        return {**self.summary, **dict(self._cells())}

    def evaluation(self, before: Mapping[str, Score] | None = None) -> Evaluation:
        """All numbers in one list, and those of `before` under the same names as a baseline."""
        scores = self.scores
        known = {name: score for name, score in (before or {}).items() if name in scores}
        return Evaluation(
            model=self.model,
            scores=scores,
            baselines={BEFORE: known} if before is not None else {},
            goals=self.goals,
        )

    def _cells(self) -> Iterator[tuple[str, Score]]:
        for table in self.tables:
            for row in table.rows:
                for measure, score in row.scores.items():
                    yield table.score_name(row, measure), score


def read_audit_scores(path: Path) -> dict[str, Score]:
    """The scores that `memesmith evaluate flag --bias --json` printed into a file; raises TrainingError for others."""
    try:
        (model,) = json.loads(path.read_text(encoding="utf-8"))["models"]
        scores = {name: _score(model, name) for name in model["scores"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} holds no audit as --bias --json prints it: {error!r}.") from error
    if not any(name.startswith("bias_") for name in scores):
        raise TrainingError(f"{path} holds scores, but none of an audit; write it by --bias --json.")
    return scores


def _score(model: Mapping[str, Any], name: str) -> Score:
    interval = model["intervals"].get(name)
    return Score(float(model["scores"][name]), None if interval is None else tuple(interval), model["items"].get(name))
