"""What happens to messages, whoever does it: posted, edited, reacted to, deleted, each with its event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from tests.wire.discord.bell import Bell
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.model import Channel, Message, User
from tests.wire.discord.shape import Json, Shape, emoji_json

MESSAGES: Final = (1 << 9, 1 << 12)
REACTIONS: Final = (1 << 10, 1 << 13)
PING: Final = re.compile(r"<@!?(\d+)>")


class Chat:
    """Ephemeral messages and what happens to them are nobody's business: they have no events."""

    def __init__(self, shape: Shape, gateway: Gateway, bell: Bell) -> None:
        self._shape = shape
        self._gateway = gateway
        self._bell = bell

    async def post(self, message: Message) -> Message:
        message.channel.messages[message.id] = message
        message.sent_at = self._shape.world.clock.now()
        if not message.author.bot:
            message.pings |= {int(each) for each in PING.findall(message.content)}
        await self._message_event("MESSAGE_CREATE", message)
        return message

    async def edited(self, message: Message) -> Message:
        """To be called after a message was changed."""
        message.edited_at = self._shape.world.clock.now()
        message.edits += 1
        await self._message_event("MESSAGE_UPDATE", message)
        return message

    async def delete(self, message: Message) -> None:
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        if not message.ephemeral:
            await self._event("MESSAGE_DELETE", MESSAGES, message.channel, {"id": str(message.id)})
        self._bell.ring()

    async def delete_many(self, channel: Channel, messages: Iterable[Message]) -> None:
        gone = list(messages)
        for message in gone:
            message.deleted = True
            channel.messages.pop(message.id, None)
        await self._event("MESSAGE_DELETE_BULK", MESSAGES, channel, {"ids": [str(each.id) for each in gone]})
        self._bell.ring()

    async def react(self, message: Message, user: User, emoji: str) -> None:
        people = message.reactions.setdefault(emoji, {})
        if user.id in people:
            return
        people[user.id] = user
        guild = message.channel.guild
        member = {"member": self._shape.member(guild, user)} if guild else {}
        await self._reaction_event("MESSAGE_REACTION_ADD", message, user, emoji, member)

    async def unreact(self, message: Message, user: User, emoji: str) -> None:
        people = message.reactions.get(emoji, {})
        if people.pop(user.id, None) is None:
            return
        if not people:
            del message.reactions[emoji]
        await self._reaction_event("MESSAGE_REACTION_REMOVE", message, user, emoji, {})

    async def clear(self, message: Message, emoji: str | None = None) -> None:
        """Take off all reactions, or all of one emoji, as moderators do."""
        event = {"message_id": str(message.id)}
        if emoji is None:
            message.reactions.clear()
            await self._event("MESSAGE_REACTION_REMOVE_ALL", REACTIONS, message.channel, event)
        else:
            message.reactions.pop(emoji, None)
            event["emoji"] = emoji_json(emoji)  # type: ignore[assignment]
            await self._event("MESSAGE_REACTION_REMOVE_EMOJI", REACTIONS, message.channel, event)

    async def _reaction_event(self, event: str, message: Message, user: User, emoji: str, more: Json) -> None:
        about = {"user_id": str(user.id), "message_id": str(message.id), "emoji": emoji_json(emoji), **more}
        about |= {"type": 0, "burst": False, "message_author_id": str(message.author.id)}
        await self._event(event, REACTIONS, message.channel, about)

    async def _message_event(self, event: str, message: Message) -> None:
        if not message.ephemeral:
            await self._gateway.publish(
                event, message.channel, MESSAGES, lambda intents: self._shape.message(message, intents, event=True)
            )
        self._bell.ring()

    async def _event(self, event: str, intents: tuple[int, int], channel: Channel, about: dict[str, Any]) -> None:
        place = {"channel_id": str(channel.id), **({"guild_id": str(channel.guild.id)} if channel.guild else {})}
        await self._gateway.publish(event, channel, intents, lambda _: {**place, **about})
        self._bell.ring()
