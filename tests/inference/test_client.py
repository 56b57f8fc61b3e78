"""The HTTP client where the other side misbehaves: each job still gets its one answer, by its deadline."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from inference.client import ATTEMPTS, HttpClient
from inference.contract import Answer, Failure, FailureKind, FlagRequest, Job, PoolState

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RESULT = {
    "id": "other",
    "task": "flag",
    "model": "m-1",
    "result": {"score": 0.5, "verdict": "unsure", "categories": {}, "reasons": [], "text": "x"},
}


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[HttpClient]:
    """A client of a service that answers every path with `handler`."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with HttpClient(f"http://127.0.0.1:{runner.addresses[0][1]}/", "t") as client:
        yield client
    await runner.cleanup()


async def ask(client: HttpClient, timeout_s: float = 30.0) -> Answer:
    return await client.submit(Job(FlagRequest(text="x"), id="mine", timeout_s=timeout_s))


def hang_up(request: web.Request) -> None:
    """Break the connection instead of answering."""
    assert request.transport
    request.transport.abort()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, '{"id": "", "failure": {}}', FailureKind.MODEL_ERROR),
        (502, "<h1>Bad gateway</h1>", FailureKind.OVERLOADED),
        (200, "<h1>Welcome</h1>", FailureKind.MODEL_ERROR),
        (200, "[]", FailureKind.MODEL_ERROR),
        (200, '{"id": "x"}', FailureKind.MODEL_ERROR),
        (200, '{"id": "x", "task": "flag", "result": {"score": "high"}}', FailureKind.MODEL_ERROR),
        (503, '{"id": "", "failure": {"kind": "overloaded", "message": "Full."}}', FailureKind.OVERLOADED),
    ],
    ids=["refused token", "gateway", "web page", "list", "nothing", "wrong type", "overloaded"],
)
async def test_a_reply_that_is_no_result_becomes_one_failure(status: int, body: str, kind: FailureKind) -> None:
    """Whatever speaks on that port, the asker gets a failure with a sentence, and it is asked once."""
    asked = 0

    async def handler(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=status, text=body)

    async with served(handler) as client:
        answer = await ask(client)
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.job_id) == (kind, "mine")
    assert answer.message.endswith(".")
    assert asked == 1


async def test_an_answer_belongs_to_the_job_that_was_asked() -> None:
    """The id of the answer is the asker's own, whatever the service calls it; the token is shown."""

    async def handler(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer t"
        await request.read()
        return web.json_response(RESULT)

    async with served(handler) as client:
        answer = await ask(client)
    assert not isinstance(answer, Failure)
    assert (answer.job_id, answer.model) == ("mine", "m-1")


async def test_a_connection_that_breaks_before_an_answer_is_tried_again() -> None:
    """Inference changes nothing over there, so asking again is safe."""
    asked = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        await request.read()
        if asked < ATTEMPTS:
            hang_up(request)
        return web.json_response(RESULT)

    async with served(handler) as client:
        assert not isinstance(await ask(client), Failure)
    assert asked == ATTEMPTS


async def test_a_connection_that_always_breaks_is_given_up() -> None:
    """After the last attempt the job counts as died with its worker."""
    asked = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        await request.read()
        hang_up(request)
        return web.Response()

    async with served(handler) as client:
        answer = await ask(client)
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.WORKER_DIED
    assert asked == ATTEMPTS


async def test_a_service_that_is_not_there_is_overloaded() -> None:
    """Nobody listens: try again in a moment; status says that nothing is ready."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with HttpClient(url) as client:
            answer = await ask(client)
            status = await client.status()
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.OVERLOADED
    assert (status.state, status.workers) == (PoolState.LOADING, 0)


async def test_a_service_that_never_answers_is_left_at_the_deadline() -> None:
    """The deadline is kept on this side, too."""
    never = asyncio.Event()

    async def handler(_: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    async with served(handler) as client:
        answer = await ask(client, timeout_s=0.1)
        never.set()
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.EXPIRED


async def test_a_cancelled_caller_ends_the_request() -> None:
    """The service sees the connection close, which is how it learns that nobody waits."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        await request.read()
        began.set()
        while request.transport is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        ended.set()
        return web.Response()

    async with served(handler) as client:
        asking = asyncio.create_task(ask(client))
        await began.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        async with asyncio.timeout(10):
            await ended.wait()
