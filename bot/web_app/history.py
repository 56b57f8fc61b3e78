"""The last messages of the room, in memory, and what has changed since a browser last looked.

Each message carries the number of its last change, so a browser that was away asks for everything after the last number
it saw. Knows no sockets and no core.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

MAX_MESSAGES: Final = 200

Body = dict[str, Any]


@dataclass(slots=True)
class Message:
    """One message. `body` is what every browser gets; `votes` maps visitor ids to their vote on what is shown.

    `pictures` and `uploads` name what lies on the shelf for it.
    """

    id: str
    seq: int
    at_ms: int
    body: Body
    votes: dict[str, int] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)

    def for_visitor(self, visitor_id: str) -> Body:
        return {"id": self.id, "seq": self.seq, "at": self.at_ms, "mine": self.votes.get(visitor_id), **self.body}


class History:
    """Up to `limit` messages in the order they were posted; `epoch` differs after every start."""

    def __init__(self, limit: int = MAX_MESSAGES) -> None:
        self.epoch = secrets.token_hex(4)
        self._limit = limit
        self._seq = 0
        self._messages: OrderedDict[str, Message] = OrderedDict()

    @property
    def seq(self) -> int:
        return self._seq

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages.values())

    def add(self, body: Body) -> tuple[Message, list[Message]]:
        """The new message, and those that had to go for it."""
        self._seq += 1
        message = Message(f"{self.epoch}-{self._seq}", self._seq, int(time.time() * 1000), body)
        self._messages[message.id] = message
        gone = []
        while len(self._messages) > self._limit:
            gone.append(self._messages.popitem(last=False)[1])
        return message, gone

    def get(self, message_id: str) -> Message | None:
        return self._messages.get(message_id)

    def touch(self, message: Message) -> None:
        """Count a change of a message."""
        self._seq += 1
        message.seq = self._seq

    def remove(self, message_id: str) -> Message | None:
        message = self._messages.pop(message_id, None)
        if message is not None:
            self._seq += 1
        return message

    def since(self, epoch: str, seq: int) -> list[Message]:
        """Messages changed after `seq`; all of them for a browser that last looked before this start."""
        return [message for message in self if epoch != self.epoch or message.seq > seq]
