"""One run of a training: its checkpoint, its log for TensorBoard, its progress bar. Knows no model."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

CHECKPOINT_EVERY_S: Final = 120.0


class Run:
    """A folder `runs/NAME` that a stopped training goes on from."""

    def __init__(self, runs: Path, name: str) -> None:
        self.folder = runs / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path = self.folder / "checkpoint.pt"
        self._saved_at = time.monotonic()
        self._writer: Any = None

    def resume(self) -> dict[str, Any] | None:
        """The last checkpoint, or None for a fresh run. Read as data only, never as code."""
        if not self._path.exists():
            return None
        state: dict[str, Any] = torch.load(self._path, map_location="cpu", weights_only=True)
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Replace the checkpoint in one step, so that a kill leaves the old one whole."""
        partial = self._path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self._path)
        self._saved_at = time.monotonic()

    def is_due(self) -> bool:
        """Whether the last checkpoint is `CHECKPOINT_EVERY_S` old."""
        return time.monotonic() - self._saved_at >= CHECKPOINT_EVERY_S

    def finish(self) -> None:
        """The training is done: the next one starts anew."""
        self._path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Ends the log and keeps the checkpoint."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def log(self, step: int, **scalars: float) -> None:
        """Write scalars where TensorBoard finds them; without TensorBoard installed they are not kept."""
        if self._writer is None and importlib.util.find_spec("tensorboard") is not None:
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415  (heavy, optional)

            self._writer = SummaryWriter(str(self.folder))
        if self._writer is not None:
            for name, value in scalars.items():
                self._writer.add_scalar(name, value, step)


@contextmanager
def progress_bar(title: str, total: int, done: int = 0) -> Iterator[Any]:
    """Yields `advance(note)`: one step further, with a short note beside the bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[note]}"), refresh_per_second=1) as progress:
        task = progress.add_task(title, total=total, completed=done, note="")

        def advance(note: str = "") -> None:
            progress.update(task, advance=1, note=note)

        yield advance
