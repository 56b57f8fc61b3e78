"""What everybody who holds a `Pool` may rely on, be it in this process or behind HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from inference.contract import (
    Box,
    CaptionOutput,
    CaptionRequest,
    CaptionScoreOutput,
    CaptionScoreRequest,
    ExpressionOutput,
    ExpressionRequest,
    Failure,
    FailureKind,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    Job,
    Layout,
    OcrOutput,
    OcrRequest,
    Pool,
    PoolState,
    RenderOutput,
    RenderRequest,
    Request,
    Result,
    TemplateOutput,
    TemplateRequest,
)
from inference.engine import FakeOptions
from inference.fake import FakeEngine
from inference.pool import PoolConfig
from tests.contracts.pools import KINDS, ask, open_pool, picture, until_busy, until_inside, until_ready

PICTURE = picture()
ONE_BY_ONE = FakeOptions(max_batch=1)
TASKS: list[tuple[Request, type]] = [
    (CaptionRequest(prompt="rain", n=3, seed=1), CaptionOutput),
    (GenreRequest(image=PICTURE), GenreOutput),
    (FlagRequest(image=PICTURE, text="words"), FlagOutput),
    (RenderRequest(lines=("top", "bottom"), image=PICTURE), RenderOutput),
    (TemplateRequest(image=PICTURE), TemplateOutput),
    (ExpressionRequest(image=PICTURE, face_is_whole=True), ExpressionOutput),
    (OcrRequest(image=PICTURE), OcrOutput),
    (CaptionScoreRequest(boxes=("one", "two")), CaptionScoreOutput),
]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=KINDS, scope="module", loop_scope="module")
async def pool(request: pytest.FixtureRequest) -> AsyncIterator[Pool]:
    """One pool for all tests that leave it as they found it."""
    async with open_pool(str(request.param)) as opened:
        await until_ready(opened)
        yield opened


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def together(*asking: object) -> list[object]:
    return list(await asyncio.gather(*asking))  # type: ignore[call-overload]


@pytest.mark.parametrize(("asked", "output"), TASKS, ids=[asked.task.value for asked, _ in TASKS])
async def test_every_task_is_answered_with_what_the_engine_made(pool: Pool, asked: Request, output: type) -> None:
    """A result carries the job's id, the engine's own output unchanged, and the model that made it."""
    job, engine = Job(asked), FakeEngine(FakeOptions())
    made = engine.run(job.task, [engine.prepare(job)])[0]
    assert isinstance(made, output)
    assert await pool.submit(job) == Result(job.id, made, f"fake-{job.task.value}-1")


async def test_a_pictures_own_boxes_and_title_travel_along(pool: Pool) -> None:
    """Every candidate has a line per box, and the alt text names the picture."""
    boxes = (Box(0, 0, 1, 0.2), Box(0.5, 0.3, 0.25, 0.25), Box(0, 0.8, 1, 0.2))
    written = await pool.submit(Job(CaptionRequest(image=PICTURE, boxes=boxes, title="our cat", n=2)))
    assert isinstance(written, Result)
    assert isinstance(written.output, CaptionOutput)
    shapes = {(len(each.lines), each.template, each.layout) for each in written.output.candidates}
    assert shapes == {(3, None, Layout.TEMPLATE)}
    assert "our cat" in written.output.meme.alt_text


async def test_boxes_that_cannot_be_drawn_are_refused_in_a_sentence(pool: Pool) -> None:
    """One answer each, before any model sees the job."""
    requests: list[Request] = [
        CaptionRequest(prompt="x", boxes=(Box(0, 0, 1, 1),)),
        RenderRequest(lines=("x",), image=PICTURE, boxes=(Box(0.5, 0, 0.6, 1),)),
    ]
    for asked, told in zip(requests, ("send the picture", "outside the picture"), strict=True):
        answer = await pool.submit(Job(asked))
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.UNSUPPORTED
        assert told in answer.message


async def test_a_bad_picture_fails_alone(pool: Pool) -> None:
    """Decoding happens per item before batching: its neighbours are answered."""
    torn_video = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x08moov"
    pictures = [PICTURE, b"no picture at all", PICTURE[:40], torn_video, PICTURE]
    answers = await together(*(pool.submit(Job(GenreRequest(image=data))) for data in pictures))
    kinds = [answer.kind if isinstance(answer, Failure) else "result" for answer in answers]
    assert kinds == ["result", *[FailureKind.INVALID_IMAGE] * 3, "result"]


@pytest.mark.parametrize("mark", ["#raise", "#fail", "#raise-early", "#unpicklable"])
async def test_a_model_that_raises_fails_the_guilty_job_only(pool: Pool, mark: str) -> None:
    """One job's exception is one `model_error` with a sentence, and the worker goes on."""
    before, guilty, after = await together(ask(pool, "a"), ask(pool, mark), ask(pool, "b"))
    assert isinstance(guilty, Failure)
    assert guilty.kind is FailureKind.MODEL_ERROR
    assert guilty.message.endswith(".")
    assert isinstance(before, Result)
    assert isinstance(after, Result)


async def test_a_job_that_kills_its_worker_is_retried_once_and_then_given_up(pool: Pool) -> None:
    """`worker_died` is the answer after two workers; its neighbours lose nothing."""
    jobs = (ask(pool, text, timeout_s=60) for text in ("#die", "a", "b", "c"))
    killer, *others = await together(*jobs)
    assert isinstance(killer, Failure)
    assert killer.kind is FailureKind.WORKER_DIED
    assert all(isinstance(other, Result) for other in others)


async def test_a_job_whose_worker_died_once_succeeds_on_the_next(pool: Pool, tmp_path: Path) -> None:
    """A death that is not the job's fault costs it time only."""
    assert isinstance(await ask(pool, f"#die-once={tmp_path / 'died'}", timeout_s=60), Result)
    assert (tmp_path / "died").exists()


async def test_jobs_wait_while_models_load(kind: str) -> None:
    """Nobody has to know when a service is warm: status says loading, jobs wait and are answered."""
    async with open_pool(kind, FakeOptions(load_s=0.4)) as pool:
        assert (await pool.status()).state is PoolState.LOADING
        assert isinstance(await ask(pool, "early"), Result)
        assert (await pool.status()).state is PoolState.READY


async def test_a_full_queue_answers_overloaded_at_once(kind: str) -> None:
    """What does not fit is told so before anything that fits is answered."""
    async with open_pool(kind, FakeOptions(load_s=1.0), PoolConfig(workers=1, capacity=2)) as pool:
        waiting = [asyncio.create_task(ask(pool, text)) for text in "ab"]
        await until_inside(pool, 2)
        refused = await ask(pool, "c")
        assert isinstance(refused, Failure)
        assert refused.kind is FailureKind.OVERLOADED
        assert not any(task.done() for task in waiting)
        assert all(isinstance(answer, Result) for answer in await asyncio.gather(*waiting))


@pytest.mark.parametrize("busy", [True, False], ids=["while waiting", "while running"])
async def test_a_job_is_answered_expired_at_its_deadline(kind: str, busy: bool, tmp_path: Path) -> None:
    """The deadline holds whatever the worker does, and a job that expired while waiting never reaches the model."""
    async with open_pool(kind, ONE_BY_ONE) as pool:
        await until_ready(pool)
        first = asyncio.create_task(ask(pool, "#sleep=0.6" if busy else "nothing"))
        await (until_busy(pool) if busy else first)
        ran = tmp_path / "ran"
        words = f"#die-once={ran}" if busy else "#sleep=0.6"
        late = await ask(pool, words, timeout_s=0.15)
        assert isinstance(late, Failure)
        assert late.kind is FailureKind.EXPIRED
        assert isinstance(await ask(pool, "afterwards"), Result)
        assert isinstance(await first, Result)
        assert not ran.exists()


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, float("nan")])
async def test_a_job_without_time_expires_at_once(pool: Pool, timeout_s: float) -> None:
    """A deadline in the past is a deadline."""
    answer = await ask(pool, "x", timeout_s=timeout_s)
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.EXPIRED


async def test_a_cancelled_caller_takes_the_waiting_job_along(kind: str, tmp_path: Path) -> None:
    """The cancellation reaches the caller, and the job costs no model time."""
    ran = tmp_path / "ran"
    async with open_pool(kind, ONE_BY_ONE) as pool:
        await until_ready(pool)
        first = asyncio.create_task(ask(pool, "#sleep=0.5"))
        await until_busy(pool)
        waiting = [asyncio.create_task(ask(pool, f"#die-once={ran}")) for _ in range(3)]
        await until_inside(pool, 4)
        for task in waiting:
            task.cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
        assert isinstance(await first, Result)
        assert isinstance(await ask(pool, "afterwards"), Result)
        assert not ran.exists()


async def test_closing_under_load_answers_everybody(kind: str) -> None:
    """Whoever is inside gets an answer, whoever comes later is told to come back, and status says closed."""
    async with open_pool(kind, FakeOptions(item_s=0.01)) as pool:
        await until_ready(pool)
        inside = [asyncio.create_task(ask(pool, str(i))) for i in range(40)]
        await until_busy(pool)
        await pool.close()
        answers = await asyncio.gather(*inside)
        assert len(answers) == 40
        assert any(isinstance(answer, Result) for answer in answers)
        assert all(isinstance(answer, Result | Failure) for answer in answers)
        late = await ask(pool, "late")
        assert isinstance(late, Failure)
        assert late.kind is FailureKind.OVERLOADED
        assert (await pool.status()).state is PoolState.CLOSED


async def test_ids_given_twice_are_two_jobs(pool: Pool) -> None:
    """Ids come from outside; equal ones are answered each for itself."""
    answers = await together(ask(pool, "a", id="twin"), ask(pool, "#fail", id="twin"))
    assert isinstance(answers[0], Result)
    assert isinstance(answers[1], Failure)


async def test_a_large_picture_arrives_whole(pool: Pool) -> None:
    """A picture of a few megabytes is answered as it is."""
    data = picture(3000)
    answers: list[object] = await together(*(one(pool, data) for _ in range(3)))
    assert all(isinstance(answer, Result) for answer in answers)


async def one(pool: Pool, data: bytes) -> object:
    return await pool.submit(Job(OcrRequest(image=data)))
