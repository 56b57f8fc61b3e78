"""Pictures of the room, in memory only, under random names that never change their meaning. The oldest fall off.

Uploads lie here too, for re-rolls, but only pictures that the renderer wrote are given to other people.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.core.errors import PictureGone
from bot.core.values import Picture


@dataclass(frozen=True, slots=True)
class Stored:
    """`media_type` None marks an upload: bytes of a stranger that nobody else is served."""

    body: bytes = field(repr=False)
    media_type: str | None = None


class PictureShelf:
    """Holds up to `budget_bytes`; a single picture larger than that is not kept."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._used_bytes = 0
        self._pictures: OrderedDict[str, Stored] = OrderedDict()

    def put(self, body: bytes, media_type: str | None = None) -> str:
        """The new picture's name."""
        name = secrets.token_urlsafe(16)
        self._pictures[name] = Stored(body, media_type)
        self._used_bytes += len(body)
        while self._used_bytes > self._budget_bytes:
            self._used_bytes -= len(self._pictures.popitem(last=False)[1].body)
        return name

    def shown(self, name: str) -> Stored | None:
        """A picture that may be served; None for uploads and for what has fallen off."""
        stored = self._pictures.get(name)
        return stored if stored and stored.media_type else None

    def drop(self, name: str) -> None:
        stored = self._pictures.pop(name, None)
        self._used_bytes -= len(stored.body) if stored else 0

    def upload(self, body: bytes) -> Picture:
        """Put an upload on the shelf and return it as the core takes pictures."""
        return self.picture(self.put(body))

    def picture(self, name: str) -> Picture:
        """What lies on the shelf under `name`, as the core takes pictures."""

        async def load() -> bytes:
            stored = self._pictures.get(name)
            if stored is None:
                raise PictureGone
            self._pictures.move_to_end(name)
            return stored.body

        return Picture(name, load)
