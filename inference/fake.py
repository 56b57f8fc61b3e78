"""The engine of the tests: every task answered at once, the same each time, without a model.

Chosen by configuration (`EngineConfig(kind="fake")`, `ENGINE=fake`), so that pools, servers and front ends are tested
through the code that runs in earnest. It is no stand-in for a model: its captions repeat the prompt and its scores come
from a hash. Pictures are checked as everywhere. `EngineConfig.fake` sets how long things take.

Marks inside a job's own words (prompt, text, lines or boxes) make it misbehave:

    #fail         this item fails with a sentence           #sleep=0.5   the batch takes that many seconds longer
    #raise        the whole `run` raises                     #die         the process kills itself in `run`
    #raise-early  `prepare` raises an unexpected error       #die-early   the process kills itself in `prepare`
    #unpicklable  the answer cannot leave the process        #die-once=P  as #die, unless the file P exists; creates it
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from inference.contract import (
    Box,
    Candidate,
    CaptionOutput,
    CaptionRequest,
    CaptionScoreOutput,
    CaptionScoreRequest,
    ExpressionOutput,
    ExpressionRequest,
    Face,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    Job,
    Layout,
    Neighbour,
    OcrLine,
    OcrOutput,
    OcrRequest,
    Output,
    Reason,
    RenderOutput,
    RenderRequest,
    Request,
    Task,
    TemplateOutput,
    TemplateRequest,
    Verdict,
)
from inference.engine import EngineConfig, FakeOptions
from inference.errors import InferenceError, ModelError
from inference.imaging import decode_picture
from inference.labels import EXPRESSIONS, FLAG_CATEGORIES, GENRES
from inference.requests import check_request

_WHOLE: Final = Box(0.0, 0.0, 1.0, 1.0)
_MARK: Final = re.compile(r"#(sleep|die-once)=(\S+)")
_WORK_BLOCK: Final = bytes(1 << 20)


@dataclass(frozen=True, slots=True)
class FakePrepared:
    """A checked job; `digest` drives everything that is answered."""

    job: Job
    digest: bytes


class FakeEngine:
    """See the module. `Engine[FakePrepared]`."""

    def __init__(self, options: FakeOptions) -> None:
        self._options = options

    @classmethod
    def load(cls, config: EngineConfig) -> FakeEngine:
        time.sleep(config.fake.load_s)
        if config.fake.needs_file and not Path(config.fake.needs_file).exists():
            raise ModelError(f"The file {config.fake.needs_file} is missing.")
        return cls(config.fake)

    def prepare(self, job: Job) -> FakePrepared:
        check_request(job.request)
        words = words_of(job.request)
        time.sleep(self._options.prepare_s)
        if "#die-early" in words:
            _die()
        if "#raise-early" in words:
            raise RuntimeError("asked to raise")
        image = job.request.image
        if image is not None:
            decode_picture(image, max_side=64, max_frames=1)
        return FakePrepared(job, hashlib.sha256((image or b"") + words.encode()).digest())

    def run(self, task: Task, items: Sequence[FakePrepared]) -> list[Output | InferenceError]:
        del task
        words = [words_of(item.job.request) for item in items]
        for line in words:
            _misbehave(line)
        time.sleep(self._options.batch_s + self._options.item_s * len(items))
        for _ in range(self._options.work_rounds * len(items)):
            hashlib.sha256(_WORK_BLOCK)
        return [_answer(item, line) for item, line in zip(items, words, strict=True)]

    def version(self, task: Task) -> str:
        return f"fake-{task}-1"

    def max_batch(self, task: Task) -> int:
        del task
        return self._options.max_batch


def words_of(request: Request) -> str:
    """Everything a person wrote into a request."""
    match request:
        case CaptionRequest():
            return request.prompt
        case GenreRequest() | FlagRequest():
            return request.text or ""
        case RenderRequest():
            return " ".join(request.lines)
        case CaptionScoreRequest():
            return " ".join(request.boxes)
        case _:
            return ""


def _misbehave(words: str) -> None:
    marks: dict[str, str] = dict(_MARK.findall(words))
    time.sleep(float(marks.get("sleep", "0")))
    if "die-once" in marks and not Path(marks["die-once"]).exists():
        Path(marks["die-once"]).touch()
        _die()
    if "#die" in words.split():
        _die()
    if "#raise" in words.split():
        raise RuntimeError("asked to raise")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _answer(item: FakePrepared, words: str) -> Output | InferenceError:
    if "#fail" in words:
        return ModelError("The test engine was asked to fail.")
    if "#unpicklable" in words:
        lock: Any = threading.Lock()
        return OcrOutput(lock, ())
    return _output(item.job.request, item.digest)


def _output(request: Request, digest: bytes) -> Output:
    match request:
        case CaptionRequest():
            return _caption(request, digest)
        case GenreRequest():
            return _genre(digest)
        case FlagRequest():
            return _flag(request, digest)
        case RenderRequest():
            return _meme(request.lines, request.title, digest)
        case _:
            return _reading(request, digest)


def _reading(request: TemplateRequest | ExpressionRequest | OcrRequest | CaptionScoreRequest, digest: bytes) -> Output:
    match request:
        case TemplateRequest():
            near = Neighbour(f"template-{digest[0] % 4}", digest[1] / 255)
            return TemplateOutput(name=near.name, aliases=("test",), score=near.score, neighbours=(near,))
        case ExpressionRequest():
            box = _WHOLE if request.face_is_whole else Box(0.25, 0.25, 0.5, 0.5)
            return ExpressionOutput((Face(box, _shares(EXPRESSIONS, digest)),))
        case OcrRequest():
            text = digest.hex()[:8]
            return OcrOutput(text, (OcrLine(text, _WHOLE, 1.0),))
        case CaptionScoreRequest():
            chars = len("\n".join(request.boxes))
            return CaptionScoreOutput(-float(chars), chars)


def _caption(request: CaptionRequest, digest: bytes) -> CaptionOutput:
    """`n` candidates that repeat the prompt, a line per box; seed, picture and words decide their numbers."""
    salt = hashlib.sha256(digest + repr(request.seed).encode()).hexdigest()
    template = request.template or (None if request.image else f"template-{digest[0] % 4}")
    boxes = len(request.boxes) or 2
    candidates = tuple(
        Candidate(
            lines=(request.prompt or "nothing said", *(f"{salt[:6]} {i}" for _ in range(boxes - 1))),
            template=template,
            layout=Layout.TEMPLATE if template or request.boxes else Layout.TOP_BOTTOM,
            tone=request.tone or "neutral",
            score=1.0 / (i + 1),
        )
        for i in range(request.n)
    )
    meme = _meme(candidates[0].lines, request.title, digest)
    return CaptionOutput(candidates=candidates, meme=meme, keywords=("test",))


def _genre(digest: bytes) -> GenreOutput:
    scores = _shares(GENRES, digest)
    best = sorted(GENRES, key=lambda genre: -scores[genre])
    return GenreOutput(scores=scores, labels=tuple(best[:2]), era=(2010, 2020))


def _flag(request: FlagRequest, digest: bytes) -> FlagOutput:
    """The first byte of the digest is the probability; the verdict follows the request's thresholds."""
    score = digest[0] / 255
    text = request.text or digest.hex()[:8]
    verdict = Verdict.CLEAR
    if score >= request.unsure_from:
        verdict = Verdict.OFFENSIVE if score >= request.offensive_from else Verdict.UNSURE
    return FlagOutput(
        score=score,
        verdict=verdict,
        categories=_shares(FLAG_CATEGORIES, digest),
        reasons=(Reason(kind="text", text=text, weight=score), Reason(kind="region", box=_WHOLE, weight=score / 2)),
        text=text,
    )


def _meme(lines: Sequence[str], title: str, digest: bytes) -> RenderOutput:
    """A small one-coloured PNG, a different colour for a different job."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (digest[0], digest[1], digest[2])).save(buffer, "PNG")
    words = (f"{title}: " if title else "") + " / ".join(lines)
    return RenderOutput(picture=buffer.getvalue(), media_type="image/png", width=16, height=16, alt_text=words)


def _shares(names: Sequence[str], digest: bytes) -> dict[str, float]:
    """One number in 0..1 for each name."""
    return {name: digest[i] / 255 for i, name in enumerate(names)}
