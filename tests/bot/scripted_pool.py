"""A pool whose answers a test chooses, for what a real engine does only by chance: failures, delays, refusals."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from inference.contract import (
    Answer,
    Candidate,
    CaptionOutput,
    CaptionRequest,
    Failure,
    FailureKind,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    Job,
    Layout,
    Output,
    PoolState,
    PoolStatus,
    Reason,
    RenderOutput,
    RenderRequest,
    Result,
    Verdict,
)
from inference.labels import FLAG_CATEGORIES, GENRES

BAD_WORD = "dunderhead"


def draw_png(shade: int = 128) -> bytes:
    """A true 8 by 8 grey PNG of one shade (0..255)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes([shade] * 8) for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass
class ScriptedPool:
    """Answers plausibly at once; `failing` maps a task to the failure it meets, `delay_s` and `hold` slow it down."""

    failing: dict[str, FailureKind] = field(default_factory=dict)
    delay_s: float = 0.0
    hold: asyncio.Event | None = None
    state: PoolState = PoolState.READY
    queued: int = 0
    jobs: list[Job] = field(default_factory=list)

    async def submit(self, job: Job) -> Answer:
        self.jobs.append(job)
        if self.hold is not None:
            await self.hold.wait()
        await asyncio.sleep(self.delay_s)
        if job.task in self.failing:
            return Failure(job.id, self.failing[job.task], "The file ends too early.")
        answer: Callable[[Job], Output] = ANSWERS[type(job.request)]
        return Result(job.id, answer(job), model=f"{job.task}-test")

    async def status(self) -> PoolStatus:
        return PoolStatus(state=self.state, workers=1, queued=self.queued, running=0)

    async def close(self) -> None:
        return None

    def requests(self, kind: type) -> list[object]:
        return [job.request for job in self.jobs if isinstance(job.request, kind)]


def _caption(job: Job) -> CaptionOutput:
    request = job.request
    assert isinstance(request, CaptionRequest)
    template = None if request.image else request.template or "two-doors"
    candidates = tuple(
        Candidate(
            lines=(f"top {request.seed} {rank}", request.prompt or "bottom"),
            template=template,
            layout=Layout.TEMPLATE if template else Layout.TOP_BOTTOM,
            tone=request.tone or "neutral",
            score=1.0 - rank / 10,
        )
        for rank in range(request.n)
    )
    return CaptionOutput(candidates=candidates, meme=_drawn(candidates[0].lines))


def _render(job: Job) -> RenderOutput:
    assert isinstance(job.request, RenderRequest)
    return _drawn(job.request.lines)


def _drawn(lines: tuple[str, ...]) -> RenderOutput:
    shade = zlib.crc32(" ".join(lines).encode()) % 256
    alt_text = f"A picture with the words {' / '.join(lines)}"
    return RenderOutput(picture=draw_png(shade), media_type="image/png", width=8, height=8, alt_text=alt_text)


def _genre(job: Job) -> GenreOutput:
    scores = {name: (8 - index) / 10 for index, name in enumerate(GENRES)}
    return GenreOutput(scores=scores, labels=GENRES[:2], template="two-doors", era=(2008, 2014))


def _flag(job: Job) -> FlagOutput:
    assert isinstance(job.request, FlagRequest)
    text = job.request.text or ""
    bad = BAD_WORD in text
    return FlagOutput(
        score=0.91 if bad else 0.03,
        verdict=Verdict.OFFENSIVE if bad else Verdict.CLEAR,
        categories=dict.fromkeys(FLAG_CATEGORIES, 0.5 if bad else 0.01),
        reasons=(Reason(kind="text", weight=0.8, text=BAD_WORD),) if bad else (),
        text=text,
    )


ANSWERS: dict[type, Callable[[Job], Output]] = {
    CaptionRequest: _caption,
    RenderRequest: _render,
    GenreRequest: _genre,
    FlagRequest: _flag,
}
