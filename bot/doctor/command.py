"""`memesmith doctor`: exit code 0 when everything needed is fine, 1 otherwise. The checks are imported when it runs."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check tokens, permissions, database, models, fonts and ports, and say what to do."""
    from bot.doctor.examination import examine  # noqa: PLC0415 - help is shown without them
    from bot.doctor.findings import is_healthy  # noqa: PLC0415
    from bot.doctor.report import print_report, to_json  # noqa: PLC0415

    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    with Console(stderr=True).status("Looking ..."):
        sections = asyncio.run(examine())
    if as_json:
        typer.echo(to_json(sections))
    else:
        print_report(Console(highlight=False), sections)
    if not is_healthy(sections):
        raise typer.Exit(1)
