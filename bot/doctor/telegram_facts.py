"""What Telegram tells of the bot: who it is, what it may see, and where its updates go."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from bot.doctor.asking import Asker

ABSENT: Final = frozenset({400, 403})
MENU_SCOPE: Final = json.dumps({"type": "all_private_chats"})


class Refused(Exception):
    """Telegram said no; `status` is its error code, `retry_after_s` is above 0 where it asks to wait."""

    def __init__(self, status: int, retry_after_s: float = 0.0) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Webhook:
    """`url` may hold a secret path and is never shown; `last_error_at` is in seconds since 1970, 0 for none."""

    url: str = field(repr=False)
    pending: int
    last_error_at: int
    last_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramFacts:
    """`commands` counts those of the menu in private chats."""

    name: str
    username: str
    sees_all: bool
    joins_groups: bool
    is_inline: bool
    webhook: Webhook
    commands: int


class Telegram:
    """Asks the Bot API at `url`; takes no update. Methods raise Unreachable and Refused."""

    def __init__(self, asker: Asker, url: str, token: str) -> None:
        self._asker = asker
        self._base = f"{url.rstrip('/')}/bot{token}"

    async def look_up(self) -> TelegramFacts:
        """Who the bot is comes first: a wrong token is refused once."""
        me = await self._call("getMe")
        hook, menu = await asyncio.gather(self._call("getWebhookInfo"), self._call("getMyCommands", scope=MENU_SCOPE))
        return TelegramFacts(
            name=me["first_name"],
            username=me["username"],
            sees_all=bool(me.get("can_read_all_group_messages")),
            joins_groups=bool(me.get("can_join_groups")),
            is_inline=bool(me.get("supports_inline_queries")),
            webhook=Webhook(
                url=hook.get("url", ""),
                pending=int(hook.get("pending_update_count", 0)),
                last_error_at=int(hook.get("last_error_date", 0)),
                last_error=hook.get("last_error_message", ""),
            ),
            commands=len(menu),
        )

    async def is_in(self, chat: str) -> bool:
        """Whether there is such a chat, with the bot in it."""
        try:
            await self._call("getChat", chat_id=chat)
        except Refused as refused:
            if refused.status in ABSENT:
                return False
            raise
        return True

    async def _call(self, method: str, **parameters: str) -> Any:
        reply = await self._asker.ask(f"{self._base}/{method}?{urlencode(parameters)}")
        body = reply.body
        if body["ok"]:
            return body["result"]
        raise Refused(int(body.get("error_code", reply.status)), body.get("parameters", {}).get("retry_after", 0))
