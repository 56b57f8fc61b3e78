"""What chats have set, read once and kept for moments: each request needs it, and it hardly ever changes.

A change made through here counts at once; one that another process made, when the moment is over.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.core.chat_settings import ChatSettings, read_settings
from bot.core.chat_stores import ChatStore
from bot.core.values import Place

KEPT_S: Final = 5.0
MAX_CHATS: Final = 2_000

Key = tuple[str, str]


class SettingsShelf:
    """The typed settings of the chats seen last."""

    def __init__(self, store: ChatStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[float, ChatSettings]] = OrderedDict()
        self._changes = 0

    async def of(self, place: Place) -> ChatSettings:
        key = (place.platform, place.chat_id)
        read_at, settings = self._kept.get(key, (float("-inf"), None))
        if settings is not None and self._clock() - read_at < KEPT_S:
            return settings
        changes = self._changes
        fresh = read_settings(await self._store.settings(*key))
        if changes == self._changes:  # what was read while somebody changed something may be the old state
            self._keep(key, fresh)
        return fresh

    async def change(self, place: Place, changes: Mapping[str, Any]) -> None:
        """Set the given keys, remove those given as None."""
        key = (place.platform, place.chat_id)
        stored = await self._store.change_settings(*key, changes)
        self._changes += 1
        self._keep(key, read_settings(stored))

    async def forget(self, place: Place) -> None:
        """Delete the chat with all that belongs to it."""
        await self._store.forget(place.platform, place.chat_id)
        self._changes += 1
        self._kept.pop((place.platform, place.chat_id), None)

    async def move(self, place: Place, new_id: str) -> None:
        """A chat has another id now: its settings go along, with all else that belongs to it."""
        await self._store.move(place.platform, place.chat_id, new_id)
        self._changes += 1
        self._kept.pop((place.platform, place.chat_id), None)
        self._kept.pop((place.platform, new_id), None)

    def _keep(self, key: Key, settings: ChatSettings) -> None:
        self._kept[key] = (self._clock(), settings)
        self._kept.move_to_end(key)
        while len(self._kept) > MAX_CHATS:
            self._kept.popitem(last=False)
