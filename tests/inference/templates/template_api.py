"""A local server that answers as memegen and imgflip do, for the tests of the import."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from PIL import Image


def png(colour: str = "teal", size: tuple[int, int] = (64, 48)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


@dataclass
class TemplateApi:
    """`lists` maps a path to its JSON (or raw bytes); `files` maps a path to bytes, a status, or a handler."""

    lists: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def memegen(self, *rows: object) -> None:
        self.lists["/templates"] = list(rows)

    def imgflip(self, *rows: object) -> None:
        self.lists["/get_memes"] = {"success": True, "data": {"memes": list(rows)}}

    def memegen_row(self, key: str, name: str, lines: int = 2, /, **change: object) -> dict[str, object]:
        row = {
            "id": key,
            "name": name,
            "lines": lines,
            "overlays": 0,
            "styles": [],
            "blank": f"{self.base}/images/{key}.png",
            "example": {"text": ["first words", "second words"], "url": f"{self.base}/images/{key}/a/b.png"},
            "source": None,
            "keywords": [],
            "_self": f"{self.base}/templates/{key}",
        }
        return {**row, **change}

    def imgflip_row(self, key: str, name: str, boxes: int = 2, /, **change: object) -> dict[str, object]:
        row = {
            "id": key,
            "name": name,
            "url": f"{self.base}/{key}.jpg",
            "width": 64,
            "height": 48,
            "box_count": boxes,
            "captions": 12,
        }
        return {**row, **change}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path in self.lists:
            body = self.lists[request.path]
            return web.Response(body=body) if isinstance(body, bytes) else web.json_response(body)
        found = self.files.get(request.path, 404)
        if callable(found):
            return await found(request)
        if isinstance(found, int):
            return web.Response(status=found, headers={"Location": f"{self.base}/elsewhere.png"})
        return web.Response(body=found)


@asynccontextmanager
async def serve_api() -> AsyncIterator[TemplateApi]:
    api = TemplateApi()
    app = web.Application()
    app.router.add_get("/{path:.*}", api.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
