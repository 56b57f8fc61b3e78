"""An HTTP request read into a job.

Two forms say the same. Multipart: a part `image` (the file, as it is) and a part `request` (JSON). Plain JSON: the same
object with the picture as base64 in `image`. An object `job` inside may say whose turn it is and until when; the header
`X-Timeout-S` says the latter too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import BodyPartReader, web

from inference.contract import Job, Priority, Task
from inference.wire import WireError, decode, decode_bytes, request_fields, request_from_json

TIMEOUT_HEADER: Final = "X-Timeout-S"
PRIORITIES: Final = {priority.name.lower(): priority for priority in Priority}
MAX_KEY_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class JobDefaults:
    """What holds where a request says nothing; nobody may ask for more than `max_timeout_s`."""

    timeout_s: float
    max_timeout_s: float


async def read_job(task: Task, http: web.Request, defaults: JobDefaults) -> Job:
    """Raises WireError with a sentence, and aiohttp's own error for a body over the limit."""
    if http.content_type == "multipart/form-data":
        row, image = await _read_multipart(http)
    elif http.content_type == "application/json":
        row, image = _json_object(await http.read()), None
        if row.get("image") is not None:
            image = decode_bytes(row["image"], "image")
    else:
        raise WireError("Send multipart/form-data or application/json.")
    about = row.pop("job", None) or {}
    _refuse_unknown(row, set(request_fields(task)) | {"image"})
    return _job(request_from_json(task, row, image), about, http, defaults)


async def _read_multipart(http: web.Request) -> tuple[dict[str, Any], bytes | None]:
    row: dict[str, Any] = {}
    image = None
    try:
        async for part in await http.multipart():
            if isinstance(part, BodyPartReader) and part.name == "image":
                image = bytes(await part.read())
            elif isinstance(part, BodyPartReader) and part.name == "request":
                row = _json_object(bytes(await part.read()))
            else:
                raise WireError("The parts of a request are called image and request.")
    except (ValueError, AssertionError) as error:
        raise WireError("The multipart body cannot be read.") from error
    return row, image


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        row = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("The request is not valid JSON.") from error
    if not isinstance(row, dict):
        raise WireError("The request is not a JSON object.")
    return row


def _refuse_unknown(row: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(row) - known)
    if unknown:
        raise WireError(f"There is no field {unknown[0]!r} here; known are {', '.join(sorted(known))}.")


def _job(request: Any, about: Any, http: web.Request, defaults: JobDefaults) -> Job:
    if not isinstance(about, dict):
        raise WireError("The field 'job' is not an object.")
    _refuse_unknown(about, {"id", "fairness_key", "priority", "timeout_s"})
    job = Job(
        request,
        fairness_key=_text(about.get("fairness_key", http.remote or ""), "fairness_key"),
        priority=_priority(about.get("priority", "interactive")),
        timeout_s=min(_timeout_s(about, http, defaults.timeout_s), defaults.max_timeout_s),
    )
    if "id" not in about:
        return job
    return Job(request, job.fairness_key, job.priority, job.timeout_s, _text(about["id"], "id"))


def _timeout_s(about: Mapping[str, Any], http: web.Request, default: float) -> float:
    """The body's word, else the header's, else the service's own."""
    seconds = about.get("timeout_s")
    if seconds is None:
        seconds = _number(http.headers.get(TIMEOUT_HEADER, str(default)))
    if not decode(float, seconds, "timeout_s") > 0:
        raise WireError("The timeout is not above 0 seconds.")
    return float(seconds)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _priority(value: Any) -> Priority:
    if not isinstance(value, str) or value not in PRIORITIES:
        raise WireError(f"The field 'priority' is one of {', '.join(PRIORITIES)}.")
    return PRIORITIES[value]


def _text(value: Any, name: str) -> str:
    text: str = decode(str, value, name)
    if len(text) > MAX_KEY_CHARS:
        raise WireError(f"The field {name!r} has more than {MAX_KEY_CHARS} characters.")
    return text
