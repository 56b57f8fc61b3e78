"""Events in the core's inbox, as Discord has them: written down in time, struck out, found after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bot.core.chat_stores import Inbox, OpenEvent
from bot.discord_app.convert import PLATFORM

OPENING_S: Final = 2.0  # of the three seconds that Discord waits
TOKEN_S: Final = 14.5 * 60
MESSAGE_S: Final = 60 * 60


class Entry:
    """One event. A slow database does not hold an acknowledgement up for longer than `OPENING_S`."""

    def __init__(self, inbox: Inbox, event_id: str, note: Mapping[str, Any], *, known: bool = False) -> None:
        self.event_id = event_id
        self.note = dict(note)
        self._inbox = inbox
        self._opening: asyncio.Future[bool] | None = None
        self._is_open = known

    async def open(self, **more: Any) -> bool:
        """Write it down, with `more` in its note; False when the event is known already."""
        self.note |= more
        self._opening = asyncio.ensure_future(self._inbox.open(PLATFORM, self.event_id, self.note))
        await asyncio.wait({self._opening}, timeout=OPENING_S)
        self._is_open = not self._opening.done() or self._opening.result()
        return self._is_open

    async def amend(self, **more: Any) -> None:
        self.note |= more
        await self._inbox.amend(PLATFORM, self.event_id, self.note)

    async def close(self) -> None:
        """Strike it out, where it was written down."""
        if self._is_open:
            if self._opening is not None:
                await self._opening
            await self._inbox.close(PLATFORM, self.event_id)


def find_again(inbox: Inbox, event: OpenEvent) -> Entry:
    """The entry of an event that an earlier process left open."""
    return Entry(inbox, event.event_id, event.note, known=True)


def is_message(event: OpenEvent) -> bool:
    return "message" in event.note


def is_too_old(event: OpenEvent) -> bool:
    """An interaction's token has run out, or nobody waits for a reply any more."""
    age_s = (datetime.now(UTC) - event.opened_at.replace(tzinfo=event.opened_at.tzinfo or UTC)).total_seconds()
    return age_s > (MESSAGE_S if is_message(event) else TOKEN_S)


def guild_of(event: OpenEvent) -> int:
    """The server where it happened; 0 for a private chat, or where the note does not tell."""
    if is_message(event):
        return int(event.note.get("guild") or 0)
    place = event.note.get("value", {}).get("place", {})
    chat_id, channel_id = str(place.get("chat_id", "")), str(place.get("channel_id", ""))
    return int(chat_id) if chat_id.isdecimal() and chat_id != channel_id else 0
