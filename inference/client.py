"""`HttpClient`: another machine's pool behind the same protocol.

Whatever happens to the network, every job gets its one answer by its deadline. A request may be sent again, because
inference changes nothing on the other side; it is, at most twice and within the deadline, when the connection failed
before an answer began. An answer, also one that says "overloaded", is never asked for again: who asked decides that.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    ServerDisconnectedError,
    TCPConnector,
)
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from inference.contract import Answer, Failure, FailureKind, Job, PoolState, PoolStatus
from inference.wire import WireError, answer_from_json, request_to_json

LOG = logging.getLogger(__name__)

ATTEMPTS: Final = 3
DRAIN_S: Final = 10.0
CONNECT_S: Final = 5.0

LATE: Final = "The inference service did not answer in the time allowed."
UNREACHABLE: Final = "The inference service cannot be reached right now; please try again in a moment."
LOST: Final = "The connection to the inference service broke before it answered."
CLOSED: Final = "This program is shutting down; please try again in a moment."
REFUSED: Final = "The inference service does not accept this program's token."
GIBBERISH: Final = "The inference service gave an answer that makes no sense here."

_NOT_BEGUN: Final = (ClientConnectorError, ClientOSError, ServerDisconnectedError, ConnectionTimeoutError)
_GATEWAY_STATUSES: Final = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes


class HttpClient:
    """`contract.Pool` over HTTP, for `inference.server`. Use `async with`, or `close` in the end.

    `base_url` is such as "http://10.0.0.7:8766"; `token` is the service's bearer token.
    """

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._session: ClientSession | None = None
        self._inside: set[asyncio.Task[Answer]] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def submit(self, job: Job) -> Answer:
        """See `contract.Pool.submit`. A cancelled caller ends the HTTP request, which cancels the job over there."""
        if self._is_closed:
            return Failure(job.id, FailureKind.OVERLOADED, CLOSED)
        if not job.timeout_s > 0:
            return Failure(job.id, FailureKind.EXPIRED, LATE)
        exchange = asyncio.create_task(self._answer(job))
        self._inside.add(exchange)
        exchange.add_done_callback(self._inside.discard)
        try:
            await asyncio.wait([exchange])
        except asyncio.CancelledError:
            exchange.cancel()
            raise
        return Failure(job.id, FailureKind.CANCELLED, CLOSED) if exchange.cancelled() else exchange.result()

    async def status(self) -> PoolStatus:
        """The service's own status; one that cannot be reached counts as loading, without workers."""
        if self._is_closed:
            return _status_without_workers(PoolState.CLOSED)
        try:
            async with self._open().get("/healthz", timeout=ClientTimeout(total=CONNECT_S)) as response:
                row = json.loads(await response.read())
                return PoolStatus(**row | {"state": PoolState(row["state"])})
        except (ClientError, OSError, TimeoutError, ValueError, TypeError, KeyError, AttributeError):
            return _status_without_workers(PoolState.LOADING)

    async def close(self) -> None:
        """Refuse new jobs, wait up to `DRAIN_S` for answers, answer the rest `cancelled`, close the connections."""
        self._is_closed = True
        if self._inside:
            _, late = await asyncio.wait(self._inside, timeout=DRAIN_S)
            for exchange in late:
                exchange.cancel()
        if self._session:
            await self._session.close()

    def _open(self) -> ClientSession:
        if self._session is None:
            connector = TCPConnector(limit=0)  # the service's queue is the limit
            self._session = ClientSession(self._base_url, headers=self._headers, connector=connector)
        return self._session

    async def _answer(self, job: Job) -> Answer:
        """One answer from one exchange; the handlers below are the list of what can go wrong, nearest cause first."""
        kind, message = FailureKind.MODEL_ERROR, GIBBERISH
        try:
            async with asyncio.timeout(job.timeout_s):
                return _read_answer(job, await self._ask(job))
        except (ClientConnectorError, ConnectionTimeoutError):
            kind, message = FailureKind.OVERLOADED, UNREACHABLE
        except TimeoutError:
            kind, message = FailureKind.EXPIRED, LATE
        except (ClientError, OSError):
            kind, message = FailureKind.WORKER_DIED, LOST
        except WireError:
            LOG.exception("job %s was answered with something else than an answer", job.id)
        return Failure(job.id, kind, message)

    async def _ask(self, job: Job) -> _Reply:
        deadline = time.monotonic() + job.timeout_s
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.1, max=1.0),
            retry=retry_if_exception_type(_NOT_BEGUN),
            reraise=True,
        ):
            with attempt:
                return await self._post(job, max(0.001, deadline - time.monotonic()))
        raise AssertionError("tenacity either returns or raises")

    async def _post(self, job: Job, timeout_s: float) -> _Reply:
        session = self._open()
        timeout = ClientTimeout(total=None, sock_connect=CONNECT_S)
        form = _form(job, timeout_s)
        path = f"/v1/{job.task.value}"
        async with session.post(path, data=form, timeout=timeout, allow_redirects=False) as response:
            return _Reply(response.status, await response.read())


def _form(job: Job, timeout_s: float) -> FormData:
    about: dict[str, Any] = {
        "id": job.id,
        "fairness_key": job.fairness_key,
        "priority": job.priority.name.lower(),
        "timeout_s": timeout_s,
    }
    form = FormData(default_to_multipart=True)
    request = request_to_json(job.request) | {"job": about}
    form.add_field("request", json.dumps(request), content_type="application/json")
    if job.request.image is not None:
        picture = io.BytesIO(job.request.image)  # sent in pieces, unlike bytes
        form.add_field("image", picture, filename="image", content_type="application/octet-stream")
    return form


def _read_answer(job: Job, reply: _Reply) -> Answer:
    """Raises WireError when the reply is not from a service like ours."""
    if reply.status in {401, 403}:
        return Failure(job.id, FailureKind.MODEL_ERROR, REFUSED)
    try:
        row = json.loads(reply.body)
    except ValueError as error:
        if reply.status in _GATEWAY_STATUSES:
            return Failure(job.id, FailureKind.OVERLOADED, UNREACHABLE)
        raise WireError("The reply is not JSON.") from error
    if not isinstance(row, dict):
        raise WireError("The reply is not a JSON object.")
    return replace(answer_from_json(row), job_id=job.id)


def _status_without_workers(state: PoolState) -> PoolStatus:
    return PoolStatus(state=state, workers=0, queued=0, running=0)
