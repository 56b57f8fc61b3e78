"""What Discord tells of the bot: who it is, how its application is set up, where it is, which commands it has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from bot.doctor.asking import Asker, Reply

PAGE: Final = 200
MAX_PAGES: Final = 20
USER_INSTALL: Final = "1"
SLASH: Final = 1
MESSAGE_CONTENT: Final = 1 << 18 | 1 << 19  # reviewed by Discord, or switched on by the owner of a small bot
Json = Mapping[str, Any]


class Refused(Exception):
    """Discord answered, but not with what was asked for; `status` is the HTTP status."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"status {reply.status}")
        self.status = reply.status
        self.retry_after_s = float((reply.body or {}).get("retry_after", 0)) if reply.status == 429 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """`endpoint`: an address that Discord sends interactions to instead of telling the bot."""

    id: str
    is_public: bool
    needs_code_grant: bool
    reads_messages: bool
    takes_users: bool
    endpoint: str
    policy: str


@dataclass(frozen=True, slots=True)
class Server:
    """A guild; `permissions` are the bot's there, before channels take some away."""

    name: str
    permissions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordFacts:
    """`are_all_servers` is False where there are more than were asked for. `starts_left`: sessions of today."""

    name: str
    application: Application
    servers: tuple[Server, ...]
    are_all_servers: bool
    commands: tuple[tuple[int, str], ...]
    shards_advised: int
    starts_left: int
    starts_reset_s: float


class Discord:
    """Asks the API at `url` with a bot's token. Methods raise Unreachable and Refused."""

    def __init__(self, asker: Asker, url: str, token: str) -> None:
        self._asker = asker
        self._url = url.rstrip("/")
        agent = f"DiscordBot (memesmith, {version('memesmith')})"
        self._headers = {"Authorization": f"Bot {token}", "User-Agent": agent}

    async def look_up(self) -> DiscordFacts:
        """Who the bot is comes first: a wrong token is refused once, not five times."""
        me = await self._get("/users/@me")
        raw = await self._get("/applications/@me")  # its older address under /oauth2 is documented without flags
        application = _read_application(raw)
        (servers, whole), commands, gateway = await asyncio.gather(
            self._list_servers(), self._get(f"/applications/{application.id}/commands"), self._get("/gateway/bot")
        )
        starts = gateway.get("session_start_limit", {})
        return DiscordFacts(
            name=me.get("global_name") or me.get("username", ""),
            application=application,
            servers=servers,
            are_all_servers=whole,
            commands=tuple((each.get("type", SLASH), each["name"]) for each in commands),
            shards_advised=int(gateway.get("shards", 1)),
            starts_left=int(starts.get("remaining", 1)),
            starts_reset_s=starts.get("reset_after", 0) / 1000,
        )

    async def _list_servers(self) -> tuple[tuple[Server, ...], bool]:
        found: list[Server] = []
        after = "0"
        for _ in range(MAX_PAGES):
            page = await self._get(f"/users/@me/guilds?limit={PAGE}&after={after}")
            found += (Server(each["name"], int(each["permissions"])) for each in page)
            if len(page) < PAGE:
                return tuple(found), True
            after = page[-1]["id"]
        return tuple(found), False

    async def _get(self, path: str) -> Any:
        reply = await self._asker.ask(self._url + path, self._headers)
        if not reply.is_ok or reply.body is None:
            raise Refused(reply)
        return reply.body


def _read_application(raw: Json) -> Application:
    return Application(
        id=str(raw["id"]),
        is_public=bool(raw.get("bot_public", True)),
        needs_code_grant=bool(raw.get("bot_require_code_grant")),
        reads_messages=bool(int(raw.get("flags") or 0) & MESSAGE_CONTENT),
        takes_users=USER_INSTALL in (raw.get("integration_types_config") or {}),
        endpoint=raw.get("interactions_endpoint_url") or "",
        policy=raw.get("privacy_policy_url") or "",
    )
