"""Things that are said once in a chat and then never again."""

from __future__ import annotations

from bot.core.chat_stores import Marks
from bot.core.values import Place
from bot.telegram_app.convert import PLATFORM


class Hints:
    """Which hints a chat has had, remembered across restarts."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    async def first_time(self, name: str, place: Place) -> bool:
        """Whether this hint was never given here; from now on it was."""
        key = _key(name, place)
        if await self._marks.get(PLATFORM, key):
            return False
        await self._marks.set(PLATFORM, key, "said")
        return True

    async def forget(self, name: str, place: Place) -> None:
        """What the hint was about has changed: it may be given again."""
        await self._marks.set(PLATFORM, _key(name, place), "")


def _key(name: str, place: Place) -> str:
    return f"hint:{name}:{place.chat_id}"
