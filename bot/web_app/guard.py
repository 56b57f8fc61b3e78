"""What stands between the room and the rest of the web: hosts, origins, cookies, headers, and the last catch.

- A page of another site that rebinds its name to this address is refused by the Host header.
- A page of another site that posts or opens a socket here is refused by the Origin header.
- Whatever a browser is made to load, it runs no script, style or frame but the room's own files.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict
from yarl import URL

from bot.core.errors import Refusal
from bot.core.texts import pick_language, say
from bot.web_app.identity import COOKIE, Visitor, read_visitor
from bot.web_app.room import RoomOptions

VISITOR: Final = web.RequestKey("visitor", Visitor)
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - addresses to recognise, not to bind
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
HEADERS: Final = CIMultiDict(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
)
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' {socket}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)

log = structlog.get_logger(__name__)


def language_of(request: web.Request) -> str:
    """The first of the browser's languages that the bot speaks, else English."""
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        wanted = part.split(";")[0].strip()
        if wanted and pick_language(wanted) == wanted.split("-")[0].lower():
            return pick_language(wanted)
    return pick_language("")


def require_visitor(request: web.Request) -> Visitor:
    """Raises 401 for a browser without a cookie of ours; the page gives it one."""
    visitor: Visitor | None = request.get(VISITOR)
    if visitor is None:
        raise web.HTTPUnauthorized
    return visitor


def build_guards(options: RoomOptions) -> list[Middleware]:
    """In the order in which a request meets them."""
    allowed = allowed_hosts(options)

    @web.middleware
    async def harden(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await _answer_always(request, handler)
        if not response.prepared:
            scheme = "wss" if request.secure else "ws"
            response.headers.extend(HEADERS)
            response.headers["Server"] = "memesmith"
            response.headers["Content-Security-Policy"] = CONTENT_POLICY.format(socket=f"{scheme}://{request.host}")
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        if allowed and _host_name(request) not in allowed:
            return web.Response(status=421, text=say(language_of(request), "room.other_name"))
        if not _is_ours(request):
            return web.json_response({"notice": say(language_of(request), "room.foreign")}, status=403)
        visitor = read_visitor(request.cookies.get(COOKIE), options.secret)
        if visitor is not None:
            request[VISITOR] = visitor
        return await handler(request)

    return [harden, admit]


def allowed_hosts(options: RoomOptions) -> frozenset[str]:
    """Host names that requests may carry; empty where any will do, because the room is bound to every address."""
    if options.allowed_hosts:
        return frozenset(name.lower() for name in options.allowed_hosts)
    if options.host in EVERYWHERE:
        return frozenset()
    return LOOPBACK_NAMES if options.host in LOOPBACK_NAMES else frozenset({options.host.lower()})


def _host_name(request: web.Request) -> str:
    try:
        return (URL.build(scheme="http", authority=request.host).host or "").lower()
    except ValueError:
        return "an unreadable host"


def _is_ours(request: web.Request) -> bool:
    """Reading a page is open to links from anywhere; posts and sockets must come from the room's own page."""
    if request.method in SAFE_METHODS and request.headers.get("Upgrade", "").lower() != "websocket":
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2].lower() == request.host.lower()


async def _answer_always(request: web.Request, handler: Handler) -> web.StreamResponse:
    language = language_of(request)
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.Response(status=error.status, text=error.reason, headers=_kept_headers(error))
    except Refusal as refusal:
        return web.json_response({"notice": say(language, refusal.key, **refusal.values)}, status=400)
    except Exception as error:  # noqa: BLE001 - the edge: whatever broke, the person gets an answer
        log.error("request.failed", path=_route_of(request), **describe_error(error))  # noqa: TRY400 - see describe_error
        return web.json_response({"notice": say(language, "room.failed")}, status=500)


def _route_of(request: web.Request) -> str:
    """The address as a pattern; what stands in its blanks, such as a ticket, opens doors and is not logged."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def describe_error(error: Exception) -> dict[str, str]:
    """What broke and where; the message of an error may quote what people wrote, so it is not logged."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return {"error": type(error).__name__, "where": f"{Path(place.filename).name}:{place.lineno}"}


def _kept_headers(error: web.HTTPException) -> dict[str, str]:
    return {name: value for name, value in error.headers.items() if name in {"Allow", "Location"}}
