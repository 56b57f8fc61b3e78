"""Questions the bot must answer within seconds: pressed buttons and inline queries."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire.telegram.messages import Message
from tests.wire.telegram.people import User
from tests.wire.telegram.pulse import Pulse

PATIENCE_S: Final = 10.0
"""After this Telegram calls a query too old, unless a test on a busy machine is more patient."""


@dataclass(eq=False)
class Query:
    """A question with the moment it was asked; `answer` holds the parameters of the answer."""

    id: str
    user: User
    pulse: Pulse = field(repr=False)
    patience_s: float = PATIENCE_S
    asked_at: float = field(default_factory=time.monotonic)
    answer: dict[str, Any] | None = None
    latency_s: float | None = None

    @property
    def expired(self) -> bool:
        return time.monotonic() - self.asked_at > self.patience_s

    def take(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.latency_s = time.monotonic() - self.asked_at
        self.pulse.beat()


@dataclass(eq=False, kw_only=True)
class PressedButton(Query):
    """A callback query."""

    message: Message | None
    data: str

    async def answered(self, timeout_s: float = 5.0) -> str:
        """The words shown for it; "" when the bot only took note."""
        await self.pulse.until(lambda: self.answer is not None, timeout_s, f"an answer to the button {self.data!r}")
        assert self.answer is not None
        return str(self.answer.get("text", ""))

    @property
    def is_alert(self) -> bool:
        return bool(self.answer and self.answer.get("show_alert"))


@dataclass(eq=False, kw_only=True)
class InlineQuery(Query):
    """Somebody types after the bot's name in any chat."""

    words: str

    async def results(self, timeout_s: float = 5.0) -> list[dict[str, Any]]:
        await self.pulse.until(lambda: self.answer is not None, timeout_s, f"results for {self.words!r}")
        assert self.answer is not None
        found: list[dict[str, Any]] = self.answer["results"]
        return found
