"""`memesmith serve` beside one-request-at-a-time serving: the small web program that calls the model in its handler.

`python -m tests.bench serving`. Both get the same pictures from the same 32 connections.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing.connection import Connection
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from inference.contract import GenreRequest, Job
from inference.engine import EngineConfig, load_engine
from inference.pool import LocalPool, PoolConfig
from inference.server import ServerConfig, serving
from inference.wire import output_to_json
from tests.bench._loads import Load, alternate, genre_jobs, loads
from tests.contracts.pools import until_ready

SPAWN = multiprocessing.get_context("spawn")
CONNECTIONS = 32


def main() -> None:
    """Print the table."""
    title = f"HTTP serving, {CONNECTIONS} connections, 60 KB pictures"
    table = Table("engine", "one at a time, req/s", "memesmith serve, req/s", "ratio", title=title)
    for load in (each for each in loads() if each.with_pictures):
        table.add_row(*measure(load))
    Console().print(table)


def measure(load: Load) -> tuple[str, str, str, str]:
    plain, plain_url = start_service(run_plain, load.engine)
    ours, our_url = start_service(run_ours, load.engine)
    for url in (plain_url, our_url):
        asyncio.run(seconds_of(url, pictures_of(load)[:CONNECTIONS]))
    slow, fast, ratio = alternate(
        lambda: asyncio.run(seconds_of(plain_url, pictures_of(load))),
        lambda: asyncio.run(seconds_of(our_url, pictures_of(load))),
        load.rounds,
    )
    for process in (plain, ours):
        process.terminate()
        process.join()
    return load.name, f"{load.count / slow:.0f}", f"{load.count / fast:.0f}", f"{ratio:.1f}x"


def pictures_of(load: Load) -> list[bytes]:
    return [job.request.image or b"" for job in genre_jobs(load)]


async def seconds_of(url: str, pictures: Sequence[bytes]) -> float:
    waiting = list(pictures)

    async def one_connection(session: aiohttp.ClientSession) -> None:
        while waiting:
            form = aiohttp.FormData()
            form.add_field("request", '{"text": "some words"}', content_type="application/json")
            form.add_field("image", waiting.pop(), filename="x.jpg")
            async with session.post(f"{url}/v1/genre", data=form) as response:
                if "result" not in await response.json():
                    raise RuntimeError("a job of the bench failed")

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        began = time.perf_counter()
        await asyncio.gather(*(one_connection(session) for _ in range(CONNECTIONS)))
        return time.perf_counter() - began


def start_service(target: Any, engine: EngineConfig) -> tuple[Any, str]:
    """A server process and its base URL, once its models are loaded."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=target, args=(engine, theirs))
    process.start()
    return process, ours.recv()


def run_plain(config: EngineConfig, line: Connection[Any, Any]) -> None:
    """The baseline: a handler that decodes, calls the model and answers, one request after the other."""
    engine = load_engine(config)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            job = Job(GenreRequest(image=_picture_in(body), text="some words"))
            output = engine.run(job.task, [engine.prepare(job)])[0]
            answer = json.dumps({"result": output_to_json(output)}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket.listen(128)
    line.send(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()


def _picture_in(body: bytes) -> bytes:
    """The last part of a form, which is the picture."""
    start = body.index(b"\r\n\r\n", body.index(b'name="image"')) + 4
    return body[start : body.rindex(b"\r\n--")]


def run_ours(config: EngineConfig, line: Connection[Any, Any]) -> None:
    asyncio.run(_serve_ours(config, line))


async def _serve_ours(config: EngineConfig, line: Connection[Any, Any]) -> None:
    pool = LocalPool(config, PoolConfig(workers=1))
    async with pool, serving(pool, ServerConfig(port=0)) as url:
        await until_ready(pool)
        line.send(url)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
