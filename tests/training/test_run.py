"""A run's checkpoint outlives the process, and its log lies beside it."""

from __future__ import annotations

from pathlib import Path

import torch

from training.run import Run


def test_a_stopped_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    """What was saved is what is resumed; a finished run starts anew."""
    run = Run(tmp_path, "task")
    assert run.resume() is None
    run.save({"step": 7, "weights": torch.ones(2)})
    state = Run(tmp_path, "task").resume()
    assert state is not None
    assert state["step"] == 7
    run.finish()
    assert Run(tmp_path, "task").resume() is None


def test_a_closed_run_keeps_its_checkpoint(tmp_path: Path) -> None:
    """Closing ends the log alone, and only once."""
    run = Run(tmp_path, "task")
    run.save({"step": 9})
    run.log(9, loss=0.5)
    run.close()
    run.close()
    assert Run(tmp_path, "task").resume() == {"step": 9}
    assert list((tmp_path / "task").glob("events.*"))
