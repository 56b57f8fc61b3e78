"""What an importer kept and what it dropped, by reason; it knows no data set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class ImportReport:
    """Counts of one data set; `dropped` maps a short reason to the number of rows it cost."""

    dataset: str
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def drop(self, reason: str) -> None:
        self.dropped[reason] += 1

    def __str__(self) -> str:
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.dropped.most_common())
        return f"{self.dataset}: kept {self.kept}, dropped {sum(self.dropped.values())} ({reasons or 'nothing'})"
