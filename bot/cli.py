"""The `memesmith` command: finds the rooms' commands as entry points and runs the one that was asked for.

Only that command's module is imported, so that `memesmith genre x.jpg` starts no web server and knows no database.
Whatever goes wrong ends in one sentence on standard error and a non-zero exit, never in a traceback; set
`MEMESMITH_DEBUG=1` to see one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from importlib.metadata import version as installed_version
from typing import Annotated, Final

import typer

GROUP: Final = "memesmith.commands"
HELP: Final = "Makes memes, tags them by genre and flags offensive ones."


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 failed, 2 misused, 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        build_app(arguments)(args=arguments, prog_name="memesmith")
    except KeyboardInterrupt:
        _leave("Interrupted.", 130)
    except Exception as error:
        if os.environ.get("MEMESMITH_DEBUG"):
            raise
        _leave(_sentence(error), 1)


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """An app with the one command that `arguments` name, or with all of them where they name none (help)."""
    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(_root)
    for name, point in _wanted(arguments).items():
        command = point.load()
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _root(
    version: Annotated[bool, typer.Option("--version", help="Say which version this is, and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"memesmith {installed_version('memesmith')}")
        raise typer.Exit


def _wanted(arguments: Sequence[str]) -> Mapping[str, EntryPoint]:
    points = {point.name: point for point in entry_points(group=GROUP)}
    named = next((word for word in arguments if not word.startswith("-")), None)
    return {named: points[named]} if named in points else points


def _sentence(error: Exception) -> str:
    """What our own errors say; for anything else its kind too, since its text was not written for people."""
    ours = type(error).__module__.partition(".")[0] in {"bot", "inference", "db", "training"}
    return str(error) if ours else f"Something unexpected went wrong ({type(error).__name__}: {error})."


def _leave(message: str, code: int) -> None:
    sys.stderr.write(f"memesmith: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
