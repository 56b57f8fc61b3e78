"""Chats with their members, messages, topics, and what the bot was seen doing in them."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire.telegram.messages import Message
from tests.wire.telegram.people import Member, User
from tests.wire.telegram.pulse import Pulse

ACTION_S: Final = 5.0
CHAT_INSTANCE: Final = "7000000000000000001"


@dataclass(frozen=True)
class Action:
    """A chat action ("sending a photo…"), which people see for five seconds."""

    name: str
    at: float
    thread: int | None


@dataclass(eq=False)
class Chat:
    """`type` is private, group, supergroup or channel; ids have the signs they have on Telegram."""

    id: int
    type: str
    pulse: Pulse
    title: str = ""
    username: str = ""
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    forbids: set[str] = field(default_factory=set)
    migrated_to: Chat | None = None
    unseen: deque[Message] = field(default_factory=deque)

    @property
    def is_group(self) -> bool:
        return self.type in {"group", "supergroup"}

    @property
    def from_bot(self) -> list[Message]:
        """What the bot posted here and did not delete, oldest first."""
        return [message for message in self.messages.values() if message.by_bot and not message.deleted]

    @property
    def last(self) -> Message:
        """The newest message of the bot's."""
        return self.from_bot[-1]

    def member(self, user: User) -> Member | None:
        member = self.members.get(user.id)
        return member if member and member.present else None

    def add(self, message: Message) -> Message:
        self.messages[message.id] = message
        if message.by_bot:
            self.unseen.append(message)
        self.pulse.beat()
        return message

    async def next_message(self, timeout_s: float = 5.0) -> Message:
        """The oldest message of the bot's that this method has not returned yet."""
        await self.pulse.until(lambda: bool(self.unseen), timeout_s, f"a message in chat {self.id}")
        return self.unseen.popleft()

    async def next_media(self, timeout_s: float = 5.0) -> Message:
        """The next message of the bot's, once it shows a picture: a waiting message may turn into one."""
        message = await self.next_message(timeout_s)
        await self.pulse.until(lambda: message.media or message.deleted, timeout_s, f"media in message {message.id}")
        return message

    def action_gaps_s(self, since: float, until: float) -> list[float]:
        """Stretches between two `time.monotonic()` readings in which no chat action was visible."""
        gaps, shown_until = [], since
        for action in self.actions:
            if since <= action.at <= until:
                gaps.append(max(0.0, action.at - shown_until))
                shown_until = action.at + ACTION_S
        gaps.append(max(0.0, until - shown_until))
        return [gap for gap in gaps if gap > 0]

    def act(self, name: str, thread: int | None) -> None:
        self.actions.append(Action(name, time.monotonic(), thread))
        self.pulse.beat()

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "type": self.type}
        body |= {"first_name": self.title} if self.type == "private" else {"title": self.title}
        if self.username:
            body["username"] = self.username
        if self.forum:
            body["is_forum"] = True
        return body

    def full_body(self) -> dict[str, Any]:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return {
            **self.body(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
            "permissions": {"can_send_messages": True, "can_send_photos": "photos" not in self.forbids},
        }
