"""Routes, failures and the life of the HTTP service."""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from inference.contract import (
    Answer,
    CaptionOutput,
    Failure,
    FailureKind,
    Pool,
    PoolState,
    RenderOutput,
    Result,
    Task,
)
from inference.metrics import CONTENT_TYPE, LoopLag, ServiceMetrics
from inference.server._bodies import JobDefaults, read_job
from inference.server._openapi import describe_service
from inference.wire import WireError, answer_to_json

LOG = logging.getLogger(__name__)

STATUS_OF: Final = {
    FailureKind.INVALID_IMAGE: 422,
    FailureKind.UNSUPPORTED: 422,
    FailureKind.OVERLOADED: 503,
    FailureKind.EXPIRED: 504,
    FailureKind.CANCELLED: 503,
    FailureKind.WORKER_DIED: 500,
    FailureKind.MODEL_ERROR: 500,
}
_OPEN_PATHS: Final = frozenset({"/healthz"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """`token` None leaves the service open to whoever reaches its port; `host` decides who does."""

    host: str = "127.0.0.1"
    port: int = 8766
    token: str | None = None
    max_body_bytes: int = 32 << 20
    timeout_s: float = 30.0
    max_timeout_s: float = 600.0


class _Service:
    """The handlers, over one pool."""

    def __init__(self, pool: Pool, config: ServerConfig) -> None:
        self._pool = pool
        self._defaults = JobDefaults(config.timeout_s, config.max_timeout_s)
        self._metrics = ServiceMetrics()
        self._lag = LoopLag(every_s=0.05)
        self._description = describe_service(needs_token=config.token is not None)

    async def answer(self, http: web.Request) -> web.StreamResponse:
        """Runs as long as its client stays connected: aiohttp cancels it otherwise, which cancels the job."""
        began = time.perf_counter()
        task = _task(http.match_info["task"])
        job = await read_job(task, http, self._defaults)
        answer = await self._pool.submit(job)
        self._metrics.observe(task, answer, time.perf_counter() - began)
        return _respond(http, answer)

    async def health(self, _: web.Request) -> web.StreamResponse:
        status = await self._pool.status()
        code = 200 if status.state is PoolState.READY else 503
        return web.json_response(asdict(status), status=code)

    async def metrics(self, _: web.Request) -> web.StreamResponse:
        text = self._metrics.render(await self._pool.status(), self._lag.quantile_s(0.99))
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE})

    async def openapi(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(self._description)

    async def watch_loop(self, _: web.Application) -> AsyncIterator[None]:
        async with self._lag:
            yield


def create_app(pool: Pool, config: ServerConfig | None = None) -> web.Application:
    """The application; who creates it starts and closes the pool."""
    config = config or ServerConfig()
    service = _Service(pool, config)
    app = web.Application(client_max_size=config.max_body_bytes, middlewares=[_failures, _guard(config.token)])
    app.cleanup_ctx.append(service.watch_loop)
    app.router.add_post("/v1/{task}", service.answer)
    app.router.add_get("/healthz", service.health)
    app.router.add_get("/metrics", service.metrics)
    app.router.add_get("/openapi.json", service.openapi)
    return app


@asynccontextmanager
async def serving(pool: Pool, config: ServerConfig) -> AsyncIterator[str]:
    """Serve while inside, and give the base URL (with port 0 the one that was free).

    Leaving closes the door first, then the pool, so that everyone inside is answered, then the connections.
    """
    runner = web.AppRunner(create_app(pool, config), handler_cancellation=True, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, config.host, config.port)
    try:
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        await site.stop()
    finally:
        await pool.close()
        await runner.cleanup()


def _task(name: str) -> Task:
    try:
        return Task(name)
    except ValueError:
        raise web.HTTPNotFound from None


def _respond(http: web.Request, answer: Answer) -> web.StreamResponse:
    if isinstance(answer, Failure):
        return _failed(STATUS_OF[answer.kind], answer)
    meme = _meme(answer)
    if meme and http.headers.get("Accept", "").startswith("image/"):
        return web.Response(body=meme.picture, content_type=meme.media_type, headers={"X-Job-Id": answer.job_id})
    return web.json_response(answer_to_json(answer))


def _meme(result: Result) -> RenderOutput | None:
    output = result.output
    if isinstance(output, CaptionOutput):
        return output.meme
    return output if isinstance(output, RenderOutput) else None


def _failed(status: int, failure: Failure) -> web.Response:
    headers = {"Retry-After": "1"} if status == 503 else {}
    return web.json_response(answer_to_json(failure), status=status, headers=headers)


@web.middleware
async def _failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal is a failure in JSON, in this order: a malformed request, aiohttp's own refusals, a defect here."""
    try:
        return await handler(request)
    except WireError as error:
        return _failed(400, error.to_failure(""))
    except web.HTTPRequestEntityTooLarge:
        return _failed(413, Failure("", FailureKind.INVALID_IMAGE, "That is more than this service reads at once."))
    except web.HTTPException as error:
        refused = _failed(error.status, Failure("", FailureKind.UNSUPPORTED, f"{error.reason}: {request.path}"))
        if "Allow" in error.headers:
            refused.headers["Allow"] = error.headers["Allow"]
        return refused
    except Exception:
        LOG.exception("a request to %s failed", request.path)
        return _failed(500, Failure("", FailureKind.MODEL_ERROR, "The service failed; its log says why."))


def _guard(token: str | None) -> Middleware:
    """Let pass whoever shows the token; compared in constant time."""
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        shown = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if token is None or request.path in _OPEN_PATHS or hmac.compare_digest(shown, expected):
            return await handler(request)
        raise web.HTTPUnauthorized

    return guard
