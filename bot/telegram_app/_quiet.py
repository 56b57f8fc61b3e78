"""Where the bot must hold its tongue: chats that refused something are not asked again until that may have changed.

A refused call is never repeated blindly: too many of them would get the bot limited everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from telegram.error import BadRequest, Forbidden, TelegramError

ANYTHING: Final = "anything"
PICTURES: Final = "pictures"
FORGET_AFTER_S: Final = 3600.0

_NO_TEXT: Final = (
    "not enough rights to send text",
    "have no rights to send a message",
    "need administrator rights in the channel",
    "chat_write_forbidden",
    "topic_closed",
    "chat not found",
)
_NO_PICTURES: Final = ("not enough rights to send",)


class Quiet:
    """What each chat has refused, and when. After an hour, or a change of the bot's standing, it may be tried again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refused: dict[tuple[int, str], float] = {}

    def note(self, chat_id: int, error: TelegramError) -> str | None:
        """What a refusal closes: anything, pictures, or (None) nothing, since it was no matter of rights."""
        closed = read_refusal(error)
        if closed:
            self._refused[chat_id, closed] = self._clock()
        return closed

    def forbids(self, chat_id: int, what: str) -> bool:
        return any(self._is_fresh((chat_id, kind)) for kind in (ANYTHING, what))

    def reopen(self, chat_id: int) -> None:
        for kind in (ANYTHING, PICTURES):
            self._refused.pop((chat_id, kind), None)

    def _is_fresh(self, key: tuple[int, str]) -> bool:
        since = self._refused.get(key)
        if since is not None and self._clock() - since > FORGET_AFTER_S:
            del self._refused[key]
            return False
        return since is not None


def read_refusal(error: TelegramError) -> str | None:
    """Which right is missing, told by the kind and the words of an error."""
    words = error.message.lower()
    if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and any(each in words for each in _NO_TEXT)):
        return ANYTHING
    if isinstance(error, BadRequest) and any(each in words for each in _NO_PICTURES):
        return PICTURES
    return None
