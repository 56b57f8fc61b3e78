"""Pictures that Discord keeps: fetched only from its own file hosts, piece by piece, up to the size allowed.

A picture is called by its address without the scheme, and, where a message carries it, by that message's ids as well:
addresses of attachments expire after a day, and are renewed by reading the message again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from bot.core.errors import PictureGone, PictureTooLarge
from bot.core.values import Picture
from bot.discord_app._addresses import Addresses

FETCH_S: Final = 20.0
CHUNK_BYTES: Final = 1 << 16

ReadMessage = Callable[[int, int], Awaitable[discord.Message]]


class Files:
    """`read_message` reads a message by channel and message id; it raises discord's errors."""

    def __init__(self, addresses: Addresses, max_bytes: int, read_message: ReadMessage) -> None:
        self._addresses = addresses
        self._max_bytes = max_bytes
        self._read_message = read_message
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        timeout = aiohttp.ClientTimeout(total=FETCH_S)
        self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def picture(self, url: str, *, size_bytes: int = 0, carrier: tuple[int, int, int] | None = None) -> Picture | None:
        """None for an address that is not one of Discord's files. `carrier`: channel, message and attachment id."""
        parts = urlsplit(url)
        if parts.scheme != self._addresses.scheme or parts.netloc not in self._addresses.file_hosts:
            return None
        ref = f"{parts.netloc}{parts.path}{f'?{parts.query}' if parts.query else ''}"
        if carrier is not None:
            ref = f"{ref}#{'/'.join(map(str, carrier))}"

        async def load() -> bytes:
            if size_bytes > self._max_bytes:
                raise PictureTooLarge(ref)
            return await self._load(ref)

        return Picture(ref, load, lasting=True)

    def find_picture(self, ref: str) -> Picture | None:
        address, _, carried = ref.partition("#")
        try:
            channel_id, message_id, attachment_id = map(int, carried.split("/")) if carried else (0, 0, 0)
        except ValueError:
            return None
        carrier = (channel_id, message_id, attachment_id) if carried else None
        return self.picture(f"{self._addresses.scheme}://{address}", carrier=carrier)

    async def _load(self, ref: str) -> bytes:
        address, _, carried = ref.partition("#")
        body = await self._fetch(f"{self._addresses.scheme}://{address}")
        if body is None and carried:
            body = await self._fetch(await self._renew(carried))
        if body is None:
            raise PictureGone(ref)
        return body

    async def _renew(self, carried: str) -> str:
        """The attachment's present address; raises PictureGone where the message or the attachment is gone."""
        channel_id, message_id, attachment_id = map(int, carried.split("/"))
        try:
            message = await self._read_message(channel_id, message_id)
        except discord.HTTPException as error:
            raise PictureGone(carried) from error
        for attachment in message.attachments:
            if attachment.id == attachment_id and urlsplit(attachment.url).netloc in self._addresses.file_hosts:
                return attachment.url
        raise PictureGone(carried)

    async def _fetch(self, url: str) -> bytes | None:
        """None where Discord has no such file, or no longer; raises PictureTooLarge."""
        assert self._session is not None, "open() comes first"  # noqa: S101 - a promise to the reader
        try:
            async with self._session.get(url, allow_redirects=False) as response:
                return await self._read(response) if response.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for piece in response.content.iter_chunked(CHUNK_BYTES):
            body += piece
            if len(body) > self._max_bytes:
                raise PictureTooLarge(str(response.url))
        return bytes(body)
