"""The local Telegram itself: an HTTP server on loopback that speaks the Bot API, and what tests do with it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from tests.wire.telegram.calls import Call, read_call
from tests.wire.telegram.faults import ApiError, RateLimited
from tests.wire.telegram.floods import FloodLimits, Floods
from tests.wire.telegram.inline import AskInline
from tests.wire.telegram.methods import METHODS, POSTING
from tests.wire.telegram.people_do import PeopleDo
from tests.wire.telegram.settlers import Settlers
from tests.wire.telegram.world import World

T = TypeVar("T")
MAX_BODY_BYTES = 80 * 2**20


@dataclass(frozen=True)
class Trouble:
    """What happens to the next call of a method, instead of its answer."""

    error: ApiError | None = None
    drop_before: bool = False
    drop_after: bool = False
    delay_s: float = 0.0


class TelegramWire(Settlers, PeopleDo, AskInline):
    """`base_url` and `base_file_url` are all that a bot needs to be told."""

    def __init__(self, *, limits: FloodLimits | None = None) -> None:
        self.world = World(floods=Floods(limits))
        self._troubles: dict[str, list[Trouble]] = defaultdict(list)
        self._runner: web.AppRunner | None = None
        self._origin = ""

    # --- life ---

    async def start(self) -> None:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._origin = f"http://{host}:{port}"

    async def stop(self) -> None:
        await self.world.webhook.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def origin(self) -> str:
        return self._origin

    @property
    def base_url(self) -> str:
        return f"{self._origin}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self._origin}/file/bot"

    # --- for tests ---

    def assert_clean(self) -> None:
        """Fails for anything the bot did that Telegram forbids, and for buttons and inline queries left unanswered."""
        violations = list(self.world.violations)
        if not self.world.bot_may_die:
            asked = (*self.world.presses.values(), *self.world.inline_queries.values())
            violations += [f"{type(query).__name__} {query.id} got no answer" for query in asked if not query.answer]
        assert not violations, "the bot did what Telegram forbids:\n" + "\n".join(violations)

    def forgive_unanswered(self) -> None:
        """For tests that kill the bot, or in which it is not there: buttons are answered once, twice or never."""
        self.world.bot_may_die = True

    def expect_violation(self, words: str) -> None:
        """Take note of a violation that the test provoked; fails when there was none."""
        found = [violation for violation in self.world.violations if words in violation]
        assert found, f"no violation with {words!r} among {self.world.violations}"
        self.world.violations = [violation for violation in self.world.violations if violation not in found]

    async def until(self, look: Callable[[], T], timeout_s: float = 5.0, what: str = "a change") -> T:
        """Wait until `look` answers something true."""
        return await self.world.pulse.until(look, timeout_s, what)

    async def settled(self, timeout_s: float = 5.0) -> None:
        """Wait until the bot has taken every update."""
        await self.until(lambda: not self.world.updates.waiting, timeout_s, "the bot to take all updates")

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.world.calls if call.method.lower() == method.lower()]

    @property
    def answer_latencies_s(self) -> list[float]:
        return [query.latency_s for query in self.world.presses.values() if query.latency_s is not None]

    def advance(self, *, hours: float) -> None:
        """Let time pass for the dates of messages."""
        self.world.clock_offset_s += hours * 3600

    def rate_limit_next(self, method: str, retry_after: int) -> None:
        self._troubles[method.lower()].append(Trouble(RateLimited(retry_after)))

    def fail_next(self, method: str, status: int, description: str, times: int = 1) -> None:
        self._troubles[method.lower()] += [Trouble(ApiError(status, description))] * times

    def drop_next(self, method: str, *, after_doing_it: bool = False) -> None:
        """Break the connection instead of answering; with `after_doing_it` only the answer is lost."""
        self._troubles[method.lower()].append(Trouble(drop_before=not after_doing_it, drop_after=after_doing_it))

    def delay_next(self, method: str, seconds: float) -> None:
        self._troubles[method.lower()].append(Trouble(delay_s=seconds))

    # --- HTTP ---

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        world = self.world
        if request.match_info["token"] != world.token:
            return _json(ApiError(401, "Unauthorized").body(), 401)
        call = Call(request.match_info["method"])
        world.calls.append(call)
        world.pulse.beat()
        try:
            read = await read_call(call.method, request)
            call.parameters, call.files, call.connected = read.parameters, read.files, read.connected
            trouble = self._next_trouble(call)
            await asyncio.sleep(trouble.delay_s)
            if trouble.drop_before:
                return _hang_up(request)
            call.result = await self._run(call, trouble)
        except ApiError as error:
            call.status = error.status
            world.complain(call, error)
            world.pulse.beat()
            return _json(error.body(), error.status)
        call.status = 200
        world.pulse.beat()
        return _hang_up(request) if trouble.drop_after else _json({"ok": True, "result": call.result}, 200)

    async def _run(self, call: Call, trouble: Trouble) -> Any:
        name = call.method.lower()
        if name not in METHODS:
            raise ApiError(404, "Not Found: method not found", wrong=True)
        place = call.parameters.get("chat_id", "")
        key = f"posts in {place}" if name in POSTING else f"{call.method} {place}"
        self._check_floods(call, key)
        if trouble.error:
            if isinstance(trouble.error, RateLimited):
                self.world.floods.silence(key, trouble.error.parameters["retry_after"])
            raise trouble.error
        return await METHODS[name](self.world, call)

    def _check_floods(self, call: Call, key: str) -> None:
        """Who was told to wait must wait; who posts too fast is told."""
        world = self.world
        silence = world.floods.check_silence(key)
        if silence:
            seconds, knew = silence
            if knew:
                world.note(f"{call.method}: {key} came {seconds} s before it was allowed to")
            raise RateLimited(seconds)
        chat = next((chat for chat in world.chats.values() if f"posts in {chat.id}" == key), None)
        if chat is not None:
            try:
                world.floods.count(chat.id, chat.is_group)
            except RateLimited as error:
                world.floods.silence(key, error.parameters["retry_after"])
                raise

    def _next_trouble(self, call: Call) -> Trouble:
        waiting = self._troubles[call.method.lower()]
        return waiting.pop(0) if waiting else Trouble()

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        file = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.world.token or file is None:
            return _json(ApiError(404, "Not Found").body(), 404)
        self.world.files.downloads.append(file.path)
        return web.Response(body=file.data)


def _json(body: dict[str, Any], status: int) -> web.Response:
    return web.json_response(body, status=status)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
