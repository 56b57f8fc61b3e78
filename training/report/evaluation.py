"""What an evaluation found: scores with their certainty, the baselines beside them, the goals that they are held to.

Plain values; how they are measured is in `training.report.intervals` and `training.report.judgements`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from training.report.judgements import Confusion, Reliability

Interval = tuple[float, float]
Standing = Literal["reached", "not reached", "not measured"]


@dataclass(frozen=True, slots=True)
class Score:
    """A measured number; `interval` is its 95 % confidence interval, `items` how many things it was measured on."""

    value: float
    interval: Interval | None = None
    items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a score should be: `at_least`, or `at_most`, so much. What cannot be measured may have a goal, too."""

    score: str
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"The goal of {self.score} needs one bound: at_least or at_most.")

    def __str__(self) -> str:
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"

    def is_met(self, value: float) -> bool:
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured of one model: of the file called `model` in the manifest.

    `baselines` holds, by the baseline's name, the scores that it reaches on the same items, under the same names.
    """

    model: str
    scores: Mapping[str, Score]
    baselines: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    confusion: Confusion | None = None
    reliability: Reliability | None = None

    @classmethod
    def plain(cls, model: str, scores: Mapping[str, float]) -> Evaluation:
        """Of numbers about whose certainty nothing is known."""
        return cls(model=model, scores={name: Score(value) for name, value in scores.items()})

    @property
    def values(self) -> dict[str, float]:
        return {name: score.value for name, score in self.scores.items()}

    @property
    def intervals(self) -> dict[str, Interval]:
        return {name: score.interval for name, score in self.scores.items() if score.interval is not None}

    def standing(self, goal: Goal) -> Standing:
        """Judged by the measured value; whether its interval agrees is for the reader to see."""
        score = self.scores.get(goal.score)
        if score is None:
            return "not measured"
        return "reached" if goal.is_met(score.value) else "not reached"

    def goal_lines(self) -> dict[str, str]:
        """Per goal's score a line such as "at least 0.95: not reached"."""
        return {goal.score: f"{goal}: {self.standing(goal)}" for goal in self.goals}

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "model": self.model,
            "scores": self.values,
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "items": {name: score.items for name, score in self.scores.items() if score.items is not None},
            "baselines": {
                name: {each: score.value for each, score in scores.items()} for name, scores in self.baselines.items()
            },
            "goals": self.goal_lines(),
        }
