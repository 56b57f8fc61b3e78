"""Asking over HTTP, briefly: no redirects, a few seconds at most, and never an address in an error.

Addresses of Telegram hold the token, so whatever goes wrong is told by its kind alone.
"""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientConnectorDNSError, ClientError, ClientSession, ClientSSLError, ClientTimeout, InvalidURL

TOTAL_S: Final = 4.0
CONNECT_S: Final = 3.0


class Unreachable(Exception):
    """No answer came; `str(error)` says why, in a few words that fit behind "can't be reached: "."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is the JSON of the answer, None where it was none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def is_ok(self) -> bool:
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Asker:
    """One session for all checks. `clock_offsets_s`: by place, how far its clock was ahead of ours when it answered."""

    session: ClientSession
    clock_offsets_s: dict[str, float] = field(default_factory=dict)

    async def ask(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """GET `url`; raises Unreachable."""
        timeout = ClientTimeout(total=TOTAL_S, connect=CONNECT_S)
        try:
            async with self.session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as response:
                self._compare_clocks(place_of(url), response.headers.get("Date", ""))
                return Reply(response.status, response.headers, _read_json(await response.read()))
        except (ClientError, OSError, ValueError) as error:
            raise Unreachable(_reason(error)) from None

    def _compare_clocks(self, place: str, date: str) -> None:
        try:
            told = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        self.clock_offsets_s[place] = told - time.time()


def place_of(url: str) -> str:
    """Its name and port, without what may be secret."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    """Without the error's own text, which may quote the address."""
    match error:
        case InvalidURL():
            return "that is no web address"
        case ClientConnectorDNSError():
            return "there is no such name, or no network"
        case ClientSSLError():
            return "its certificate is not trusted here"
        case TimeoutError():
            return "no answer in time"
        case OSError(errno=errno.ECONNREFUSED):
            return "nothing listens there"
        case _:
            return "the connection failed"
