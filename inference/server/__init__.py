"""A pool behind HTTP: `POST /v1/{task}`, `/healthz`, `/metrics` and `/openapi.json`.

Knows aiohttp, the wire format and the `Pool` protocol; whether that pool is workers of this machine or another service
makes no difference here. Start it with `memesmith serve`, or in a program with `create_app` and `serving`.
"""

from inference.server._app import ServerConfig, create_app, serving

__all__ = ["ServerConfig", "create_app", "serving"]
