"""`memesmith train TASK` and `memesmith evaluate TASK`: one command per model, the same options for all.

A task is a module with `train` and `evaluate` as `training.options` describes; it is imported when it is asked for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Column, Table

from inference.manifest import WEIGHTS_DIR, Manifest
from training.errors import TrainingError
from training.options import Evaluated, EvaluateOptions, NetKind, TrainOptions
from training.report.evaluation import Evaluation

TASKS: Final = {
    "backbone": "training.seeing.backbone",
    "genre": "training.seeing.genre",
    "ocr": "training.seeing.ocr",
    "expression": "training.seeing.expression",
    "flag": "training.words.flag",
    "chooser": "training.words.chooser",
    "caption": "training.words.captioner",
    "ranker": "training.words.ranker",
    "picture-readers": "training.words.picture_readers",
}
MODELS: Final = {"caption": "captioner"}

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
    net: Annotated[NetKind, typer.Option(help="caption: which network.")] = NetKind.TRANSFORMER,
    start_from: Annotated[Path | None, typer.Option(help="caption: go on from this weights folder's network.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="caption: so many steps, not the recipe's.")] = None,
) -> None:
    """Train one embedded model and export its weights; a stopped run goes on from its checkpoint."""
    options = TrainOptions(
        data=_folder(data),
        out=out,
        runs=runs,
        seed=seed,
        device=device,
        quick=quick,
        net=net,
        start_from=start_from,
        steps=steps,
    )
    if options.chooses_captioner and task != "caption":
        raise TrainingError("--net, --start-from and --steps are for the task caption alone.")
    _show(Evaluation.plain(task, _task(task).train(options)))


def evaluate(
    task: TaskName,
    data: DataDir,
    weights: Annotated[Path, typer.Option(help="The folder of the weights to measure.")] = WEIGHTS_DIR,
    seed: int = 0,
    device: Device = "cpu",
    limit: Annotated[int | None, typer.Option(help="At most so many held-out items.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Write the scores into the weights' manifest.")] = False,
    card: Annotated[Path | None, typer.Option(help="Write model cards into this folder: docs/models.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
    bias: Annotated[bool, typer.Option("--bias", help="Audit the flag model by group, dialect and language.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="With --bias: an earlier model's weights, or the JSON of its audit.")
    ] = None,
) -> None:
    """Measure one model, and the baselines beside it, on the held-out part of the data."""
    if bias or against is not None:
        _refuse_bias(task, bias=bias, record=record)
    if record and limit is not None:
        raise TrainingError("Only scores of the whole held-out part are recorded; leave --limit out.")
    options = EvaluateOptions(data=_folder(data), weights=weights, seed=seed, device=device, limit=limit)
    if bias:
        _audit(options, against, card, as_json=as_json)
        return
    evaluations = evaluations_of(task, _task(task).evaluate(options))
    if record:
        _record(evaluations, weights)
    if card is not None:
        _write_cards(task, evaluations, options, card)
    if as_json:
        _print_json(task, evaluations)
        return
    for evaluation in evaluations:
        _show(evaluation)


def evaluations_of(task: str, measured: Evaluated) -> tuple[Evaluation, ...]:
    """What a task's `evaluate` answered, in one shape."""
    if isinstance(measured, Evaluation):
        return (measured,)
    if isinstance(measured, tuple):
        return measured
    return (Evaluation.plain(MODELS.get(task, task), measured),)


def _record(evaluations: Sequence[Evaluation], weights: Path) -> None:
    from training.export import record_evaluation  # noqa: PLC0415  (imports torch)

    for evaluation in evaluations:
        record_evaluation(evaluation, weights)


def _write_cards(task: str, evaluations: Sequence[Evaluation], options: EvaluateOptions, folder: Path) -> None:
    from training.report.card import Card, write_card  # noqa: PLC0415  (who only measures needs none of it)
    from training.report.facts import read_facts  # noqa: PLC0415

    manifest = Manifest.read(options.weights)
    limited = "" if options.limit is None else f" --limit {options.limit}"
    for evaluation in evaluations:
        entry = manifest.entries.get(evaluation.model)
        made = Card(
            evaluation=evaluation,
            facts=read_facts(evaluation.model),
            command=f"memesmith evaluate {task} --data DIR{limited} --card docs/models",
            entry=entry,
            file_bytes=None if entry is None else (manifest.folder / entry.file).stat().st_size,
        )
        write_card(made, folder)


def _refuse_bias(task: str, *, bias: bool, record: bool) -> None:
    if task != "flag":
        raise TrainingError(f"--bias audits the flag model only, not {task}; ask for `memesmith evaluate flag --bias`.")
    if not bias:
        raise TrainingError("--against holds one bias audit beside another; give --bias, too.")
    if record:
        raise TrainingError("The audit is written into its page (--card), not into the manifest; leave --record out.")


def _audit(options: EvaluateOptions, against: Path | None, folder: Path | None, *, as_json: bool) -> None:
    from training.report.audit_page import as_rich_tables, write_audit  # noqa: PLC0415
    from training.words.bias import audit_flag  # noqa: PLC0415

    audit, before = audit_flag(options, against)
    if folder is not None:
        limited = "" if options.limit is None else f" --limit {options.limit}"
        beside = "" if against is None else " --against EARLIER"
        write_audit(
            audit, before, folder, f"memesmith evaluate flag --data DIR --bias{limited}{beside} --card docs/models"
        )
    if as_json:
        _print_json("flag", (audit.evaluation(before),))
        return
    for table in as_rich_tables(audit, before):
        Console().print(table)


def _print_json(task: str, evaluations: Sequence[Evaluation]) -> None:
    json.dump(_as_json(task, evaluations), sys.stdout, indent=2)
    sys.stdout.write("\n")


def _as_json(task: str, evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """`scores` holds the values of all models measured; what else is known of each stands under `models`."""
    scores: dict[str, float] = {}
    for evaluation in evaluations:
        scores |= evaluation.values
    return {"task": task, "scores": scores, "models": [evaluation.to_dict() for evaluation in evaluations]}


def _task(name: str) -> Any:
    if name not in TASKS:
        raise TrainingError(f"There is no task called {name!r}; choose one of {', '.join(TASKS)}.")
    return import_module(TASKS[name])


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise TrainingError(f"There is no folder {path}; docs/data.md says where the public data comes from.")
    return path


def _show(evaluation: Evaluation) -> None:
    baselines = evaluation.baselines
    names = Column("score", overflow="fold")
    table = Table(names, "value", "95 % interval", *baselines, title=f"Scores of {evaluation.model}")
    for name, score in evaluation.scores.items():
        interval = "" if score.interval is None else f"{score.interval[0]:.4g} to {score.interval[1]:.4g}"
        beside = [f"{scores[name].value:.4g}" if name in scores else "" for scores in baselines.values()]
        table.add_row(name, f"{score.value:.4g}", interval, *beside)
    Console().print(table)
    for name, line in evaluation.goal_lines().items():
        Console().print(f"{name}: {line}", markup=False)
