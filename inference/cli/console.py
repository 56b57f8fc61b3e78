"""What the inference commands share: reading a file, answering one job here, telling failures in one sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import typer
from rich.console import Console

from inference.contract import Job, Request
from inference.engine import load_engine
from inference.errors import InferenceError
from inference.imaging import decode_picture
from inference.requests import check_request
from inference.settings import InferenceSettings

STDOUT = Console()
STDERR = Console(stderr=True)

CHECKED_SIDE: Final = 64

Wanted = TypeVar("Wanted")


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn our own errors into one line on standard error and exit code 1."""
    try:
        yield
    except InferenceError as error:
        leave(str(error))


def leave(message: str) -> None:
    """Say what went wrong and end the command with exit code 1."""
    STDERR.print(f"memesmith: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def read_file(path: Path) -> bytes:
    """The bytes of a picture's file; "-" reads standard input. A missing or unreadable file ends the command."""
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        leave(f"There is no file {path}.")
    except IsADirectoryError:
        leave(f"{path} is a folder; name one picture, or use memesmith batch for many.")
    except OSError as error:
        leave(f"{path} cannot be read: {error.strerror}.")
    raise AssertionError("unreachable")


def answer_here(request: Request, kind: type[Wanted]) -> Wanted:
    """Load the configured engine for one task in this process and answer one request; raises InferenceError.

    The request and its picture are checked before any model is loaded, so that a bad file is refused at once.
    """
    check_request(request)
    image = getattr(request, "image", None)
    if image is not None:
        decode_picture(image, max_frames=1, max_side=CHECKED_SIDE)
    with STDERR.status("Waking the models ..."):
        engine = load_engine(InferenceSettings().engine_config(), tasks=(request.task,))
    with STDERR.status("Thinking ..."):
        output = engine.run(request.task, [engine.prepare(Job(request))])[0]
    if isinstance(output, InferenceError):
        raise output
    if not isinstance(output, kind):
        raise TypeError(f"{request.task} was answered with {type(output).__name__}")
    return output


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output, readable and with its own letters."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def bar(share: float, width: int = 24) -> str:
    """A bar of blocks for a number between 0 and 1."""
    filled = round(share * width)
    return "█" * filled + "░" * (width - filled)
