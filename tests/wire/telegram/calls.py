"""One call of the bot's: a method with its parameters and files, read from any of the encodings that Telegram takes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from tests.wire.telegram.faults import ApiError, wrong_request
from tests.wire.telegram.files import MAX_UPLOAD_BYTES, Upload

TRUE = frozenset({"true", "True", "1", "yes"})


@dataclass
class Call:
    """Parameters are kept as they were sent: strings, JSON inside where the Bot API says so."""

    method: str
    parameters: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)
    status: int = 0
    """What it was answered with; 0 while it is under way."""
    result: Any = None
    connected: Callable[[], bool] = lambda: True
    """Whether the caller still waits for the answer."""

    def has(self, name: str) -> bool:
        return self.parameters.get(name, "") != "" or name in self.files

    def text(self, name: str, default: str | None = None) -> str:
        """A parameter as text; without a default it is required."""
        value = self.parameters.get(name)
        if value is not None:
            return value
        if default is None:
            raise wrong_request(f"parameter {name} is required")
        return default

    def number(self, name: str, default: int | None = None) -> int:
        written = self.text(name, None if default is None else str(default))
        try:
            return int(written)
        except ValueError:
            raise wrong_request(f"{name} must be an integer") from None

    def flag(self, name: str) -> bool:
        return self.parameters.get(name, "") in TRUE

    def json(self, name: str, default: Any = None) -> Any:
        """A parameter that is JSON; None stands for "required" unless a default is given."""
        if name not in self.parameters and default is not None:
            return default
        try:
            return json.loads(self.text(name))
        except ValueError:
            raise wrong_request(f"can't parse {name} JSON object") from None

    def attached(self, reference: str) -> Upload | None:
        """The upload that `attach://name` names."""
        return self.files.get(reference.removeprefix("attach://")) if reference.startswith("attach://") else None


async def read_call(method: str, request: web.Request) -> Call:
    """Raises the 413 of an upload that is too large."""
    call = Call(method, dict(request.query))
    call.connected = lambda: request.transport is not None and not request.transport.is_closing()
    if request.content_type == "application/json":
        body = await request.json() if request.can_read_body else {}
        call.parameters |= {key: _as_text(value) for key, value in body.items() if value is not None}
        return call
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            call.files[name] = Upload(value.file.read(), value.filename, value.content_type)
        else:
            call.parameters[name] = value if isinstance(value, str) else bytes(value).decode()
    if any(len(upload.data) > MAX_UPLOAD_BYTES for upload in call.files.values()):
        raise ApiError(413, "Request Entity Too Large", wrong=True)
    return call


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
