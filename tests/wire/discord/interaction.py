"""One interaction, from the press or the command to its answer: what a test holds on to."""

from __future__ import annotations

import enum
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire.discord.bell import Bell
from tests.wire.discord.model import Channel, Message, User

RESPONSE_S: Final = 3.0
TOKEN_S: Final = 900.0
FOLLOW_UPS: Final = 5


class Kind(enum.IntEnum):
    """Discord's numbers."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Response(enum.IntEnum):
    """Discord's numbers for the first response."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


TAKES: Final = {
    Kind.COMMAND: {Response.MESSAGE, Response.DEFERRED_MESSAGE, Response.MODAL},
    Kind.COMPONENT: set(Response) - {Response.CHOICES},
    Kind.AUTOCOMPLETE: {Response.CHOICES},
    Kind.MODAL: {Response.MESSAGE, Response.DEFERRED_MESSAGE, Response.DEFERRED_UPDATE, Response.UPDATE},
}


@dataclass(eq=False)
class Interaction:
    """`message` is the one whose button was pressed; `original` what @original means; `shown` every state of every
    message that this interaction showed or changed, oldest first. `heard` tells whether a bot was connected.
    """

    id: int
    kind: Kind
    user: User
    channel: Channel
    bell: Bell
    data: dict[str, Any]
    message: Message | None = None
    user_installed_only: bool = False
    max_file_bytes: int = 10 * 1024 * 1024
    created_at: float = 0.0
    heard: bool = True
    token: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    asked_at: float = field(default_factory=time.monotonic)
    response: Response | None = None
    acknowledged_after_s: float | None = None
    ephemeral: bool = False
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    shown: list[Message] = field(default_factory=list)
    removed: list[Message] = field(default_factory=list)
    choices: list[dict[str, Any]] | None = None
    modal: dict[str, Any] | None = None

    @property
    def deferred(self) -> bool:
        return self.response in {Response.DEFERRED_MESSAGE, Response.DEFERRED_UPDATE}

    def show(self, message: Message) -> None:
        self.shown.append(message)
        self.bell.ring()

    async def acknowledged(self, timeout_s: float = RESPONSE_S) -> Response:
        """Wait for the first response."""
        return await self.bell.until(lambda: self.response, timeout_s, f"a first response to {self.describe()}")

    async def answered(
        self, timeout_s: float = 10.0, where: Callable[[Message], object] = lambda message: True
    ) -> Message:
        """Wait until the latest message shown for it, the loading placeholder apart, fulfils `where`."""

        def look() -> Message | None:
            message = self.shown[-1] if self.shown else None
            return message if message and not message.loading and not message.deleted and where(message) else None

        return await self.bell.until(look, timeout_s, f"an answer to {self.describe()}, got {self.story()}")

    async def asked_for(self, timeout_s: float = RESPONSE_S) -> dict[str, Any]:
        """Wait for the modal."""
        await self.acknowledged(timeout_s)
        assert self.modal is not None, f"{self.describe()} got {self.response!r}, no modal"
        return self.modal

    def describe(self) -> str:
        return f"{self.kind.name.lower()} {self.data.get('name') or self.data.get('custom_id')!r}"

    def story(self) -> list[str]:
        return [message.words[:100] for message in self.shown]
