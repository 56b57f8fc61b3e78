"""`python -m inference.cli.serve_ray`: Ray Serve replicas behind the HTTP of `memesmith serve`, until SIGTERM."""

from __future__ import annotations

import asyncio

import typer

from inference.cli.console import one_sentence
from inference.cli.serve import server_config, wait_for_signal
from inference.ray_serve import RayPool
from inference.server import serving
from inference.settings import InferenceSettings


def serve_ray() -> None:
    """Serve inference over HTTP from INFERENCE_WORKERS replicas; RAY_ADDRESS joins a running cluster."""
    with one_sentence():
        asyncio.run(_serve(InferenceSettings()))


async def _serve(settings: InferenceSettings) -> None:
    pool = RayPool(settings.engine_config(), settings.inference_workers, settings.inference_queue)
    async with pool, serving(pool, server_config(settings)) as url:
        await wait_for_signal(url)


if __name__ == "__main__":
    typer.run(serve_ray)
