"""`memesmith train TASK` and `memesmith evaluate TASK`: one command per model, the same options for all.

A task is a module with `train` and `evaluate` as `training.options` describes; it is imported when it is asked for.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from inference.manifest import WEIGHTS_DIR
from training.errors import TrainingError
from training.options import EvaluateOptions, Scores, TrainOptions

TASKS: Final = {
    "backbone": "training.seeing.backbone",
    "genre": "training.seeing.genre",
    "flag": "training.words.flag",
    "chooser": "training.words.chooser",
    "caption": "training.words.captioner",
}

TaskName = Annotated[str, typer.Argument(help=f"One of: {', '.join(TASKS)}.")]
DataDir = Annotated[Path, typer.Option(help="The folder of public data; docs/data.md says how to lay it out.")]
Device = Annotated[str, typer.Option(help="cpu, cuda, cuda:1 ...")]


def train(
    task: TaskName,
    data: DataDir,
    out: Annotated[Path, typer.Option(help="Where the weights and their manifest go.")] = WEIGHTS_DIR,
    runs: Annotated[Path, typer.Option(help="Where checkpoints and TensorBoard logs go.")] = Path("runs"),
    seed: int = 0,
    device: Device = "cpu",
    quick: Annotated[bool, typer.Option("--quick", help="A few steps only: is the path whole?")] = False,
) -> None:
    """Train one embedded model and export its weights; a stopped run goes on from its checkpoint."""
    options = TrainOptions(data=_folder(data), out=out, runs=runs, seed=seed, device=device, quick=quick)
    _show(f"Trained {task}", _task(task).train(options))


def evaluate(
    task: TaskName,
    data: DataDir,
    weights: Annotated[Path, typer.Option(help="The folder of the weights to measure.")] = WEIGHTS_DIR,
    seed: int = 0,
    device: Device = "cpu",
    limit: Annotated[int | None, typer.Option(help="At most so many held-out items.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Measure one model, and the baselines beside it, on the held-out part of the data."""
    options = EvaluateOptions(data=_folder(data), weights=weights, seed=seed, device=device, limit=limit)
    scores = _task(task).evaluate(options)
    if as_json:
        json.dump({"task": task, "scores": dict(scores)}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        _show(f"Scores of {task}", scores)


def _task(name: str) -> Any:
    if name not in TASKS:
        raise TrainingError(f"There is no task called {name!r}; choose one of {', '.join(TASKS)}.")
    return import_module(TASKS[name])


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise TrainingError(f"There is no folder {path}; docs/data.md says where the public data comes from.")
    return path


def _show(title: str, scores: Scores) -> None:
    table = Table("score", "value", title=title)
    for name, value in scores.items():
        table.add_row(name, f"{value:.4g}")
    Console().print(table)
