"""Templates from public APIs: memegen's and imgflip's, over one bounded, host-bound way of fetching.

Knows the two response formats and HTTP; stores nothing, draws nothing. A base URL can be given, so that a mirror
or a server of one's own serves as well.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from yarl import URL

from inference.templates.sources import (
    MAX_PICTURE_BYTES,
    Listing,
    Offer,
    Skipped,
    SourceFailed,
    spread_boxes,
)

MEMEGEN_URL: Final = "https://api.memegen.link"
IMGFLIP_URL: Final = "https://api.imgflip.com"
MEMEGEN_PICTURE_ORIGINS: Final = ("https://api.memegen.link",)
IMGFLIP_PICTURE_ORIGINS: Final = ("https://i.imgflip.com",)
MAX_LIST_BYTES: Final = 8 * 1024 * 1024
REQUEST_TIMEOUT_S: Final = 20.0
_USER_AGENT: Final = "memesmith (template import)"


@dataclass(frozen=True, slots=True)
class BoundedFetch:
    """Fetches from the origins (scheme, host, port) it was given and from nowhere else; follows no redirect."""

    session: aiohttp.ClientSession
    origins: frozenset[URL]

    async def read(self, url: str, max_bytes: int) -> bytes:
        """The body of a 200 answer; raises SourceFailed for anything else, and past `max_bytes`."""
        address = self._allowed(url)
        try:
            async with self.session.get(address, allow_redirects=False) as response:
                if response.status != 200:
                    raise SourceFailed(f"{address.host} answered with status {response.status}.")
                return await _read_body(response, max_bytes)
        except TimeoutError as error:
            raise SourceFailed(f"{address.host} took too long to answer.") from error
        except aiohttp.ClientError as error:
            raise SourceFailed(f"{address.host} could not be reached.") from error

    def _allowed(self, url: str) -> URL:
        try:
            address = URL(url)
            allowed = address.origin() in self.origins
        except (ValueError, TypeError) as error:
            raise SourceFailed("The address of the picture is not a web address.") from error
        if not allowed:
            raise SourceFailed(f"{address.host} is not one of the source's own hosts.")
        return address


@dataclass(frozen=True, slots=True)
class MemegenSource:
    """memegen: `GET /templates` answers a list of `{id, name, lines, blank, example: {text}, keywords}`."""

    fetch: BoundedFetch
    base: str
    name: str = "memegen"

    async def list_offers(self) -> Listing:
        rows = await _read_json(self.fetch, f"{self.base}/templates")
        if not isinstance(rows, list):
            raise SourceFailed("The answer of memegen is not a list of templates.")
        return _read_rows(rows, _memegen_offer)

    async def fetch_picture(self, offer: Offer) -> bytes:
        return await self.fetch.read(offer.picture, MAX_PICTURE_BYTES)


@dataclass(frozen=True, slots=True)
class ImgflipSource:
    """imgflip: `GET /get_memes` answers `{success, data: {memes: [{id, name, url, box_count}]}}`."""

    fetch: BoundedFetch
    base: str
    name: str = "imgflip"

    async def list_offers(self) -> Listing:
        answer = await _read_json(self.fetch, f"{self.base}/get_memes")
        if isinstance(answer, dict) and answer.get("success") is False:
            raise SourceFailed(f"imgflip refused: {str(answer.get('error_message', 'no reason given'))[:200]}")
        data = answer.get("data") if isinstance(answer, dict) else None
        rows = data.get("memes") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise SourceFailed("The answer of imgflip holds no list of memes.")
        return _read_rows(rows, _imgflip_offer)

    async def fetch_picture(self, offer: Offer) -> bytes:
        return await self.fetch.read(offer.picture, MAX_PICTURE_BYTES)


@asynccontextmanager
async def open_memegen(base: str = MEMEGEN_URL) -> AsyncIterator[MemegenSource]:
    async with _open_fetch(base, MEMEGEN_PICTURE_ORIGINS) as fetch:
        yield MemegenSource(fetch, base.rstrip("/"))


@asynccontextmanager
async def open_imgflip(base: str = IMGFLIP_URL) -> AsyncIterator[ImgflipSource]:
    async with _open_fetch(base, IMGFLIP_PICTURE_ORIGINS) as fetch:
        yield ImgflipSource(fetch, base.rstrip("/"))


@asynccontextmanager
async def _open_fetch(base: str, origins: tuple[str, ...]) -> AsyncIterator[BoundedFetch]:
    try:
        own = URL(base).origin()
    except (ValueError, TypeError) as error:
        raise SourceFailed(f"{base} is not a web address.") from error
    timeout = aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": _USER_AGENT}) as session:
        yield BoundedFetch(session, frozenset({own, *(URL(origin) for origin in origins)}))


async def _read_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > max_bytes:
            raise SourceFailed(f"The answer is larger than {max_bytes // 2**20} MB.")
    return bytes(body)


async def _read_json(fetch: BoundedFetch, url: str) -> Any:
    try:
        return json.loads(await fetch.read(url, MAX_LIST_BYTES))
    except ValueError as error:
        raise SourceFailed("The answer is not valid JSON.") from error


def _read_rows(rows: list[Any], read: Callable[[Mapping[str, Any]], Offer]) -> Listing:
    offers: list[Offer] = []
    skipped: list[Skipped] = []
    for index, row in enumerate(rows):
        try:
            offers.append(read(row))
        except (KeyError, TypeError, ValueError):
            skipped.append(Skipped(f"entry {index + 1}", "It is not in the form that was expected."))
    return Listing(tuple(offers), tuple(skipped))


def _memegen_offer(row: Mapping[str, Any]) -> Offer:
    key = _text(row["id"])
    example = row.get("example")
    lines = example.get("text", []) if isinstance(example, dict) else []
    return Offer(
        key=key,
        title=_text(row["name"]),
        boxes=spread_boxes(_count(row["lines"])),
        picture=_text(row["blank"]),
        aliases=(key, *(_text(word) for word in row.get("keywords") or ())),
        example=tuple(line for line in lines if isinstance(line, str) and line.strip()),
    )


def _imgflip_offer(row: Mapping[str, Any]) -> Offer:
    return Offer(
        key=_text(row["id"]),
        title=_text(row["name"]),
        boxes=spread_boxes(_count(row["box_count"])),
        picture=_text(row["url"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is missing")
    return value.strip()


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a number is missing")
    return value
