"""`python -m bot`: the same as `memesmith run`."""

from __future__ import annotations

import typer

from bot.commands import run

if __name__ == "__main__":
    typer.run(run)
