"""Reads one video in a process of its own: `python video_process.py PLAN`, with the file on standard input.

FFmpeg is the largest parser that strangers' bytes meet here. It works where little can be lost: without our secrets,
with bounded memory and time, and told the one container that the content shows. Only this process imports OpenCV for
it. Knows OpenCV and the standard library and nothing of this package, so that it starts in a sixth of a second.

The answer on standard output is one line of JSON, then the kept frames' RGB bytes one after the other:
`{"source": [w, h], "size": [w, h], "kept": [index, ...], "durations_ms": [ms, ...]}`, where every frame read has a
duration; `{"source": [w, h]}` alone where frames are larger than planned; `{}` where nothing can be read.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

MEMORY_BYTES: Final = 1 << 30
ANSWER_BYTES: Final = 1 << 28
LEAST_FRAME_MS: Final = 30.0  # what a GIF can keep up with: of 60 frames a second every other one is read


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlan:
    """What to read and to keep. `container` is FFmpeg's name of a demuxer; sizes are in pixels.

    Larger frames than `most_pixels` or `most_side` are not read. Reading ends after `read_frames`, `read_pixels` (over
    all frames) or `read_s`, whichever comes first. `kept_frames` at most are kept, evenly spaced, each of `kept_side`
    and all together of `kept_pixels` at most.
    """

    container: str
    most_pixels: int
    most_side: int
    read_frames: int
    read_pixels: int
    read_s: float
    kept_frames: int
    kept_pixels: int
    kept_side: int
    budget_s: float


class Sampler:
    """Keeps frames evenly spaced without knowing how many will come: when full, every other one goes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._step = 1
        self.kept: list[tuple[int, Any]] = []

    def wants(self, index: int) -> bool:
        return index % self._step == 0

    def keep(self, index: int, frame: Any) -> None:
        self.kept.append((index, frame))
        if len(self.kept) > self._most:
            self.kept = self.kept[::2]
            self._step *= 2


class VideoReader:
    """One open video."""

    def __init__(self, data: bytes, plan: VideoPlan) -> None:
        import cv2  # noqa: PLC0415 - after the limits, which bind only what comes later

        self._cv2: Any = cv2  # its type hints know no BytesIO
        self._plan = plan
        plainly = [cv2.CAP_PROP_N_THREADS, 1, cv2.CAP_PROP_HW_ACCELERATION, cv2.VIDEO_ACCELERATION_NONE]
        self._capture = self._cv2.VideoCapture(io.BytesIO(data), cv2.CAP_FFMPEG, plainly)
        self.source = (self._number(cv2.CAP_PROP_FRAME_WIDTH), self._number(cv2.CAP_PROP_FRAME_HEIGHT))

    @property
    def is_too_large(self) -> bool:
        width, height = self.source
        return width * height > self._plan.most_pixels or max(self.source) > self._plan.most_side

    def size(self) -> tuple[int, int]:
        """At which frames are kept; it leaves room for as many as may come."""
        width, height = self.source
        share = self._plan.kept_pixels / self._plan.kept_frames
        scale = min(1.0, self._plan.kept_side / max(self.source), math.sqrt(share / (width * height)))
        return max(1, math.floor(width * scale)), max(1, math.floor(height * scale))

    def read(self) -> tuple[list[tuple[int, Any]], list[float]]:
        """The kept frames (RGB arrays) by index, and when each frame that was read begins, in milliseconds."""
        sampler = Sampler(self._plan.kept_frames)
        begins: list[float] = []
        for _ in range(max(1, min(self._plan.read_frames, self._plan.read_pixels // math.prod(self.source)))):
            if not self._capture.grab():
                break
            begin = self._capture.get(self._cv2.CAP_PROP_POS_MSEC)
            if begin > self._plan.read_s * 1000:
                break
            if begins and not begin - begins[-1] >= LEAST_FRAME_MS:
                continue
            if sampler.wants(len(begins)):
                sampler.keep(len(begins), self._frame())
            begins.append(begin)
        return sampler.kept, begins

    def _frame(self) -> Any:
        _, frame = self._capture.retrieve()
        frame = self._cv2.resize(frame, self.size(), interpolation=self._cv2.INTER_AREA)
        return self._cv2.cvtColor(frame, self._cv2.COLOR_BGR2RGB)

    def _number(self, name: int) -> int:
        return max(0, int(self._capture.get(name)))


def read_video(data: bytes, plan: VideoPlan) -> tuple[dict[str, Any], list[Any]]:
    """The answer's line, and the kept frames."""
    reader = VideoReader(data, plan)
    if not all(reader.source):
        return {}, []
    if reader.is_too_large:
        return {"source": reader.source}, []
    kept, begins = reader.read()
    if not kept:
        return {}, []
    about = {"source": reader.source, "size": reader.size(), "kept": [index for index, _ in kept]}
    return about | {"durations_ms": durations_ms(begins)}, [frame for _, frame in kept]


def durations_ms(begins: Sequence[float]) -> list[int]:
    """How long each frame shows. Where the last one ends is not told, so it gets the others' mean."""
    if len(begins) < 2:
        return [0] * len(begins)
    mean = (begins[-1] - begins[0]) / (len(begins) - 1)
    ends = [round(begin) for begin in (*begins, begins[-1] + mean)]
    return [end - begin for begin, end in pairwise(ends)]


def limit_process(budget_s: float) -> None:
    """Bound memory, time and output, and leave no core. Windows knows no such limits; the caller's timeout holds."""
    try:
        import resource  # noqa: PLC0415 - not there on every system
    except ImportError:
        return
    seconds = math.ceil(budget_s)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER_BYTES, ANSWER_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(argv: Sequence[str]) -> None:
    plan = VideoPlan(**json.loads(argv[1]))
    limit_process(plan.budget_s)
    about, frames = read_video(sys.stdin.buffer.read(), plan)
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    for frame in frames:
        sys.stdout.buffer.write(frame.tobytes())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv)
