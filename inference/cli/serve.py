"""`memesmith serve`: the worker pool behind HTTP until SIGTERM or Ctrl-C; what is inside is answered first."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import Annotated

import typer

from inference.cli.console import STDERR, one_sentence
from inference.errors import ConfigurationError
from inference.pool import LocalPool
from inference.server import ServerConfig, serving
from inference.settings import InferenceSettings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; INFERENCE_HOST otherwise.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; INFERENCE_PORT otherwise.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes; INFERENCE_WORKERS otherwise.")] = None,
) -> None:
    """Serve inference over HTTP: POST /v1/{task}, /healthz, /metrics, /openapi.json."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    given = {"inference_host": host, "inference_port": port, "inference_workers": workers}
    chosen = {name: value for name, value in given.items() if value is not None}
    with one_sentence():
        asyncio.run(_serve(InferenceSettings().model_copy(update=chosen)))


async def _serve(settings: InferenceSettings) -> None:
    pool = LocalPool(settings.engine_config(), settings.pool_config())
    try:
        async with pool, serving(pool, server_config(settings)) as url:
            await wait_for_signal(url)
    except OSError as error:
        place = f"{settings.inference_host}:{settings.inference_port}"
        raise ConfigurationError(f"Nothing can listen on {place}: {error.strerror}.") from error


async def wait_for_signal(url: str) -> None:
    """Say where the service is, and return on SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    STDERR.print(f"Serving on {url}; {url}/healthz says when the models are loaded.", highlight=False)
    await stopping.wait()
    STDERR.print("Stopping: answering what is inside.")


def server_config(settings: InferenceSettings) -> ServerConfig:
    return ServerConfig(
        host=settings.inference_host,
        port=settings.inference_port,
        token=settings.token(),
        max_body_bytes=settings.inference_max_body_mb << 20,
        timeout_s=settings.job_timeout_s,
    )
