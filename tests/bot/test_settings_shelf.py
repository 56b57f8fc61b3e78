"""Settings that are kept for moments are never older than a change made here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.core.chat_settings import Strictness
from bot.core.settings_shelf import KEPT_S, MAX_CHATS, SettingsShelf
from bot.core.values import Place

PLACE = Place("telegram", "-100")


class Slow:
    """A store of settings that counts its readers and lets a test hold them."""

    def __init__(self) -> None:
        self.stored: dict[str, Any] = {}
        self.reads = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def settings(self, platform: str, chat_id: str) -> Mapping[str, Any]:
        self.reads += 1
        found = dict(self.stored)
        await self.gate.wait()
        return found

    async def change_settings(self, platform: str, chat_id: str, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        self.stored |= changes
        return dict(self.stored)

    async def forget(self, platform: str, chat_id: str) -> None:
        self.stored.clear()


async def test_a_chat_is_read_once_in_a_while() -> None:
    """Within moments once, afterwards anew: so a change by another process is seen."""
    now, store = [0.0], Slow()
    shelf = SettingsShelf(store, clock=lambda: now[0])
    for _ in range(5):
        await shelf.of(PLACE)
    assert store.reads == 1
    store.stored["strictness"] = "strict"
    now[0] = KEPT_S + 0.1
    assert (await shelf.of(PLACE)).strictness is Strictness.STRICT


async def test_a_change_counts_at_once() -> None:
    """Also for who was reading the old settings at that moment."""
    store = Slow()
    shelf = SettingsShelf(store)
    store.gate.clear()
    reading = asyncio.create_task(shelf.of(PLACE))
    await asyncio.sleep(0)
    await shelf.change(PLACE, {"strictness": "strict"})
    store.gate.set()
    await reading
    assert (await shelf.of(PLACE)).strictness is Strictness.STRICT


async def test_memory_is_bounded() -> None:
    """However many chats come by."""
    store = Slow()
    shelf = SettingsShelf(store)
    for number in range(MAX_CHATS + 1):
        await shelf.of(Place("telegram", str(number)))
    await shelf.of(Place("telegram", "0"))
    assert store.reads == MAX_CHATS + 2
