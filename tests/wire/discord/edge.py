"""Where every call passes: who calls, how often, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from tests.wire.discord import refusals
from tests.wire.discord.backend import Backend
from tests.wire.discord.findings import Breach
from tests.wire.discord.refusals import EmptyMessage, InvalidForm, Refused, TooLarge

API: Final = "/api/v10"
BREACHES: Final = {InvalidForm: Breach.FORM, EmptyMessage: Breach.EMPTY, TooLarge: Breach.TOO_LARGE}
TOKEN_IN_ADDRESS: Final = ("/interactions/", "/webhooks/")
PLACES: Final = ("channel", "guild", "token")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Edge:
    """A middleware: rate limits, the token, errors as Discord's JSON, and the counts of it all."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @web.middleware
    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        resource = request.match_info.route.resource
        path = resource.canonical.removeprefix(API) if resource else request.path
        route = f"{request.method} {path}"
        place = next((request.match_info[name] for name in PLACES if name in request.match_info), "")
        self._backend.findings.calls[route] += 1
        headers: dict[str, str] = {}
        try:
            self._check_caller(request, path)
            headers = await self._backend.limits.admit(route, place)
            response = await handler(request)
        except web.HTTPNotFound:
            response = _tell(refusals.not_found())
        except Refused as refused:
            self._note(refused, route, place)
            response = _tell(refused)
        if response.content_type == "application/json":  # without a charset: discord.py reads no other name
            response.headers["Content-Type"] = "application/json"
        response.headers.update(headers)
        self._backend.bell.ring()
        return response

    def _check_caller(self, request: web.Request, path: str) -> None:
        named = request.headers.get("User-Agent", "").startswith("DiscordBot")
        if path.startswith(TOKEN_IN_ADDRESS):
            return
        if not named or request.headers.get("Authorization") != f"Bot {self._backend.token}":
            self._backend.findings.add(Breach.TOKEN, f"{request.method} {path}")
            raise refusals.unauthorized()

    def _note(self, refused: Refused, route: str, place: str) -> None:
        if refused.status in {401, 403, 429}:
            self._backend.findings.note_refusal(refused.status, route, place)
        breach = BREACHES.get(type(refused))
        if breach is not None:
            self._backend.findings.add(breach, f"{route}: {getattr(refused, 'detail', refused)}")


def _tell(refused: Refused) -> web.Response:
    return web.json_response(refused.body, status=refused.status, headers=refused.headers)
