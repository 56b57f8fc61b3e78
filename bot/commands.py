"""`memesmith run`: opens the room, and says in one sentence what keeps it from opening."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Final

import typer

from bot.app import CannotStart, serve
from bot.logs import set_up_logs
from bot.settings import BadSetting, read_settings

CANNOT_START: Final = 2


def run(
    host: Annotated[str | None, typer.Option(help="Address to listen on, instead of WEB_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, instead of WEB_PORT.")] = None,
) -> None:
    """Open the room where people and the bot meet, until Ctrl+C."""
    try:
        changes = {"web_host": host, "web_port": port}
        settings = read_settings().model_copy(
            update={key: value for key, value in changes.items() if value is not None}
        )
        set_up_logs(settings.log_level)
        asyncio.run(serve(settings))
    except (BadSetting, CannotStart) as error:
        sys.stderr.write(f"memesmith: {error}\n")
        raise typer.Exit(CANNOT_START) from None
