"""Turns a short video into the frames of an animation: in a process of its own, see `inference.imaging.video_process`.

Knows that process, its limits and its answer; imports no video library itself.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO, Final

from PIL import Image

from inference.contract import PictureProblem
from inference.errors import InvalidImage
from inference.imaging.containers import check_mp4, check_webm
from inference.imaging.frames import merge_durations
from inference.imaging.limits import ImageLimits, check_size, too_slow
from inference.imaging.picture import DecodedPicture
from inference.imaging.sniff import PictureFormat
from inference.imaging.video_process import VideoPlan

_CHECKS: Final = {PictureFormat.MP4: check_mp4, PictureFormat.WEBM: check_webm}
_CONTAINERS: Final = {PictureFormat.MP4: "mov", PictureFormat.WEBM: "matroska"}
_PROGRAM: Final = Path(__file__).with_name("video_process.py")
_BUSY: Final = 2.0  # how much longer than its processor time a process may take on a busy machine
_OUT_OF_TIME: Final = -getattr(signal, "SIGXCPU", 0) or None
_INHERITED: Final = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "SYSTEMROOT")


def decode_video(
    data: bytes, kind: PictureFormat, limits: ImageLimits, *, max_side: int | None, max_frames: int | None
) -> DecodedPicture:
    """See `decode_picture`. A video is cut at `max_source_s` as well; videos loop for ever, as chats show them.

    `budget_s` is processor time here, and half of the wall time, because workers give way to everybody else.

    Raises InvalidImage; OSError only where the system starts no further process.
    """
    _CHECKS[kind](data)
    plan = _plan(kind, limits, max_side, max_frames)
    with tempfile.TemporaryFile() as answer:
        _run(data, plan, answer)
        answer.seek(0)
        try:
            return _read_answer(answer, kind, limits)
        except (ValueError, TypeError, LookupError, ArithmeticError, MemoryError) as error:
            raise _unreadable() from error  # whoever took the process over may answer anything


def _plan(kind: PictureFormat, limits: ImageLimits, max_side: int | None, max_frames: int | None) -> VideoPlan:
    kept = min(limits.max_frames, max_frames or limits.max_frames)
    return VideoPlan(
        container=_CONTAINERS[kind],
        most_pixels=limits.most_pixels(kind),
        most_side=limits.max_side,
        read_frames=1 if kept == 1 else limits.max_source_frames,
        read_pixels=limits.max_source_pixels,
        read_s=limits.max_source_s,
        kept_frames=kept,
        kept_pixels=limits.max_kept_pixels,
        kept_side=max_side or limits.max_side,
        budget_s=limits.budget_s,
    )


def _run(data: bytes, plan: VideoPlan, answer: IO[bytes]) -> None:
    command = [sys.executable, "-P", str(_PROGRAM), json.dumps(asdict(plan))]
    try:
        subprocess.run(  # noqa: S603 - our own program; the file is data on its standard input
            command,
            input=data,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=_environment(plan.container),
            timeout=plan.budget_s * _BUSY,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise too_slow() from error
    except subprocess.CalledProcessError as error:
        raise (too_slow() if error.returncode == _OUT_OF_TIME else _unreadable()) from error


def _environment(container: str) -> dict[str, str]:
    """One thread, one container, no other file or network; nothing of ours but where libraries lie."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OPENCV_FFMPEG_CAPTURE_OPTIONS": f"input_format;{container}|protocol_whitelist;none",
    }


def _read_answer(answer: IO[bytes], kind: PictureFormat, limits: ImageLimits) -> DecodedPicture:
    """Raises KeyError where the process found nothing to read, and whatever else nonsense raises."""
    about = json.loads(answer.readline())
    source_width, source_height = about["source"]
    check_size((source_width, source_height), kind, limits)
    width, height = about["size"]
    check_size((width, height), kind, limits)
    frames = tuple(Image.frombytes("RGB", (width, height), answer.read(width * height * 3)) for _ in about["kept"])
    return DecodedPicture(
        frames=frames,
        durations_ms=merge_durations(about["durations_ms"], about["kept"]) if len(frames) > 1 else (0,),
        format=kind,
        source_size=(source_width, source_height),
    )


def _unreadable() -> InvalidImage:
    sentence = "No pictures can be read from this video; please send it as MP4 (H.264), WebM or GIF."
    return InvalidImage(sentence, PictureProblem.UNKNOWN_KIND)
