"""Tesseract, where it is installed with Korean: the second reader of `inference.models.ocr`. Knows no picture."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final

TIMEOUT_S: Final = 4.0


def find_korean_tesseract() -> str | None:
    """The program's path, None where it or its Korean is not installed."""
    binary = shutil.which("tesseract")
    if binary is None:
        return None
    return binary if "kor" in run_tesseract([binary, "--list-langs"]).split() else None


def run_tesseract(command: list[str]) -> str:
    """What it writes; empty on failure."""
    try:
        done = subprocess.run(  # noqa: S603  (a fixed program; the picture goes by a file of our own naming)
            command, capture_output=True, timeout=TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace")
