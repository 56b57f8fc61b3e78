"""Albums: Telegram delivers each picture as a message of its own, with one group id and the words on one of them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

from telegram import Message

GATHER_S: Final = 1.0
MAX_ALBUMS: Final = 500


class Albums:
    """The messages of the albums seen last."""

    def __init__(self, gather_s: float = GATHER_S) -> None:
        self._gather_s = gather_s
        self._albums: OrderedDict[str, dict[int, Message]] = OrderedDict()

    def see(self, message: Message) -> None:
        """To be called for every message, whoever it is for."""
        group = message.media_group_id
        if group is None:
            return
        self._albums.setdefault(group, {})[message.message_id] = message
        while len(self._albums) > MAX_ALBUMS:
            self._albums.popitem(last=False)

    async def gather(self, message: Message) -> list[Message]:
        """All messages of an album, in order, for the one that speaks for it; nothing for the others.

        The captioned one speaks, or the first where none is. A message without album is its own.
        """
        group = message.media_group_id
        if group is None:
            return [message]
        await asyncio.sleep(self._gather_s)
        seen = self._albums.get(group, {message.message_id: message})
        album = [seen[number] for number in sorted(seen)]
        speaker = next((each for each in album if each.caption), album[0])
        return album if speaker.message_id == message.message_id else []
