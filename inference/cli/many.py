"""`memesmith batch`: a file of items through the worker pool, one line each; can be stopped and started again."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inference.batch import BatchError, Plan, plan_batch, run_batch, write_batch
from inference.cli.console import STDERR, one_sentence
from inference.contract import Task
from inference.pool import LocalPool
from inference.settings import InferenceSettings


def batch(
    task: Annotated[Task, typer.Option(help="What to do with every item.")],
    source: Annotated[Path, typer.Option("--in", help='Lines of {"id": ..., "image": "path", "text": ...}.')],
    out: Annotated[Path, typer.Option("--out", help="Where the answers go, one line per item, in order.")],
) -> None:
    """Answer every item of a file; started again, it goes on where it stopped."""
    with one_sentence():
        plan = plan_batch(source, out)
        if not out.parent.is_dir():
            raise BatchError(f"There is no folder {out.parent}.")
        if plan.done:
            STDERR.print(f"Going on after {plan.done} of {plan.total} items.", highlight=False)
        failures = asyncio.run(_run(task, plan, source, out))
        told = ", ".join(f"{count} {kind}" for kind, count in failures.items()) or "no failures"
        STDERR.print(f"{plan.total} items in {out} ({told} in this run).", highlight=False)


async def _run(task: Task, plan: Plan, source: Path, out: Path) -> Counter[str]:
    settings = InferenceSettings()
    failures: Counter[str] = Counter()
    pool = LocalPool(settings.engine_config(), settings.pool_config())
    with _progress() as progress:
        shown = progress.add_task(f"{task.value} (waking the models)", total=plan.total, completed=plan.done)

        def on_line(line: str) -> None:
            failures.update(_failure_kinds(line))
            progress.update(shown, advance=1, description=task.value)

        async with pool:
            folders = (source.parent, out.with_name(f"{out.stem}_pictures"))
            await write_batch(run_batch(pool, task, plan, folders), out, on_line)
    return failures


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=STDERR)


def _failure_kinds(line: str) -> list[str]:
    failure = json.loads(line).get("failure")
    return [failure["kind"]] if failure else []
