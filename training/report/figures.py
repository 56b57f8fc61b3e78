"""Draws what a model card shows: scores beside baselines, a confusion matrix, a reliability diagram.

SVG on white, so that it reads on light and dark pages; the same evaluation gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from textwrap import fill
from typing import Any, Final

from training.report.evaluation import Evaluation, Score
from training.report.judgements import Confusion, Reliability

OURS: Final = "#0b5fa5"
BESIDE: Final = ("#98a2ad", "#d9a441", "#a77fb0", "#76b08f", "#c97b63")
MAX_ROWS: Final = 12
TITLE_CHARS: Final = 18
_WIDTH_IN: Final = 7.2
_FIXED: Final = {"svg.hashsalt": "memesmith", "svg.fonttype": "path", "font.size": 9.0}


def draw_scores(evaluation: Evaluation, naming: Callable[[str], str]) -> bytes | None:
    """Bars of up to `MAX_ROWS` scores within 0..1: first those that goals name, then those with an interval."""
    names = _drawable(evaluation)
    if not names:
        return None
    series: dict[str, Mapping[str, Score]] = {"ours": evaluation.scores}
    series |= {name: scores for name, scores in evaluation.baselines.items() if set(scores) & set(names)}

    def paint(axes: Any) -> None:
        _paint_bars(axes, names, series)
        axes.set_yticks(range(len(names)), [naming(name).replace("`", "") for name in names])

    return _svg(paint, height=0.8 + len(names) * (0.16 + 0.15 * len(series)))


def draw_confusion(confusion: Confusion) -> bytes:
    """Rows are true labels, shaded by their share of the row; numbers are counts."""
    sums = [max(1, sum(row)) for row in confusion.counts]
    shares = [[count / total for count in row] for row, total in zip(confusion.counts, sums, strict=True)]

    def paint(axes: Any) -> None:
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for row, counts in enumerate(confusion.counts):
            for column, count in enumerate(counts):
                color = "white" if shares[row][column] > 0.5 else "black"
                axes.text(column, row, f"{count:,}", ha="center", va="center", color=color)
        places = range(len(confusion.labels))
        axes.set_xticks(places, confusion.labels, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks(places, confusion.labels)
        axes.set(xlabel="called", ylabel="in truth", title=confusion.of)

    return _svg(paint, height=1.8 + 0.45 * len(confusion.labels))


def draw_reliability(reliability: Reliability) -> bytes:
    """Points on the diagonal are honest; the larger a point, the more items it stands for."""
    largest = max((each.items for each in reliability.bins), default=1)

    def paint(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color="#98a2ad", linestyle="--", linewidth=1)
        confidences = [each.confidence for each in reliability.bins]
        shares = [each.share for each in reliability.bins]
        axes.plot(confidences, shares, color=OURS, linewidth=1)
        sizes = [20 + 180 * each.items / largest for each in reliability.bins]
        axes.scatter(confidences, shares, s=sizes, color=OURS, alpha=0.75)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.04, 1.04), aspect="equal", title=reliability.of)
        axes.set(xlabel="probability told", ylabel="share that was so")

    return _svg(paint, height=4.4)


def draw_rates(
    columns: Mapping[str, Mapping[str, Score]],
    before: Mapping[str, Mapping[str, Score]],
    reference: str | None = None,
) -> bytes:
    """Dots with intervals, a panel per measure (0..1) and a line per row; an earlier model's as grey rings.

    Both map a measure's words to scores by a row's label, rows in order; a dashed line is where the row `reference` is.
    """
    labels = list(dict.fromkeys(label for scores in columns.values() for label in scores))

    def paint(all_axes: Any) -> None:
        for axes, (measure, scores) in zip(_listed(all_axes), columns.items(), strict=True):
            _paint_dots(axes, labels, scores, before.get(measure, {}))
            axes.set_title(fill(measure, TITLE_CHARS), fontsize=9)
            if reference is not None and reference in scores:
                axes.axvline(scores[reference].value, color="#98a2ad", linestyle="--", linewidth=0.8)

    return _svg(paint, height=0.85 + 0.19 * len(labels), columns=len(columns))


def _listed(all_axes: Any) -> Sequence[Any]:
    return list(all_axes) if hasattr(all_axes, "__len__") else [all_axes]


def _paint_dots(axes: Any, labels: Sequence[str], scores: Mapping[str, Score], before: Mapping[str, Score]) -> None:
    there = [place for place, label in enumerate(labels) if label in scores]
    spans = [(place, found) for place in there if (found := scores[labels[place]].interval) is not None]
    lows, highs = [low for _, (low, _) in spans], [high for _, (_, high) in spans]
    axes.hlines([place for place, _ in spans], lows, highs, color=OURS, linewidth=1, alpha=0.6)
    earlier = [place for place, label in enumerate(labels) if label in before]
    ringed = [before[labels[place]].value for place in earlier]
    axes.scatter(ringed, earlier, s=22, facecolors="none", edgecolors="#7d8790", linewidths=1)
    axes.scatter([scores[labels[place]].value for place in there], there, s=16, color=OURS)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlim=(-0.02, 1.02), ylim=(len(labels) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)


def _drawable(evaluation: Evaluation) -> list[str]:
    """In the order of the evaluation."""
    fitting = [name for name, score in evaluation.scores.items() if 0 <= score.value <= 1]
    wanted = {goal.score for goal in evaluation.goals}
    ranked = sorted(fitting, key=lambda name: (name not in wanted, evaluation.scores[name].interval is None))
    return [name for name in fitting if name in ranked[:MAX_ROWS]]


def _paint_bars(axes: Any, names: Sequence[str], series: Mapping[str, Mapping[str, Score]]) -> None:
    thickness = 0.8 / len(series)
    for number, (label, scores) in enumerate(series.items()):
        there = [(place, scores[name]) for place, name in enumerate(names) if name in scores]
        heights = [place - 0.4 + (number + 0.5) * thickness for place, _ in there]
        color = BESIDE[(number - 1) % len(BESIDE)] if number else OURS
        axes.barh(heights, [score.value for _, score in there], height=thickness * 0.9, color=color, label=label)
        for height, (_, score) in zip(heights, there, strict=True):
            if score.interval is not None:
                axes.plot(score.interval, [height, height], color="black", linewidth=1, marker="|", markersize=4)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    if len(series) > 1:
        axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, frameon=False)


def _svg(paint: Callable[[Any], None], height: float, columns: int = 1) -> bytes:
    """Imports matplotlib only now: who prints numbers does not wait for it. No window system is ever asked."""
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_FIXED)
        figure = Figure(figsize=(_WIDTH_IN, height), layout="constrained", facecolor="white")
        paint(figure.subplots(1, columns, sharey=True))
        target = io.BytesIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None}, facecolor="white")
    return target.getvalue()
