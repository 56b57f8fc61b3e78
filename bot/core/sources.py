"""What recent requests were made from, so that they can be asked again. In memory only; references, not pictures."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bot.core.ports import Source

MAX_SOURCES: Final = 2_000


class RecentSources:
    """The last `MAX_SOURCES` requests; older ones are forgotten."""

    def __init__(self, limit: int = MAX_SOURCES) -> None:
        self._limit = limit
        self._sources: OrderedDict[str, Source] = OrderedDict()

    def remember(self, request_id: str, source: Source) -> None:
        self._sources[request_id] = source
        self._sources.move_to_end(request_id)
        while len(self._sources) > self._limit:
            self._sources.popitem(last=False)

    def recall(self, request_id: str) -> Source | None:
        source = self._sources.get(request_id)
        if source is not None:
            self._sources.move_to_end(request_id)
        return source
