"""What somebody may do in a chat, as far as Telegram tells: administrators and their rights, asked rarely."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from telegram import Bot, Chat, ChatMember, ChatMemberAdministrator, ChatMemberOwner, User
from telegram.error import TelegramError

from bot.core.turns import Turns

FRESH_S: Final = 60.0
MAX_CHATS: Final = 5_000

Administrators = Sequence[ChatMember]


@dataclass(frozen=True, slots=True)
class Rights:
    """`moderator`: may remove what others posted. `admin`: may change the chat."""

    moderator: bool = False
    admin: bool = False


NOBODY: Final = Rights()
EVERYTHING: Final = Rights(moderator=True, admin=True)


class Standing:
    """Administrators by chat, as of a minute ago at most."""

    def __init__(self, bot: Bot, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._clock = clock
        self._known: OrderedDict[int, tuple[float, Administrators]] = OrderedDict()
        self._turns = Turns()

    async def of_user(self, chat: Chat, user: User) -> Rights:
        """In their own private chat everybody is at home, and in nobody else's."""
        if chat.type == Chat.PRIVATE:
            return EVERYTHING if chat.id == user.id else NOBODY
        mine = [member for member in await self._administrators(chat) if member.user.id == user.id]
        return _rights(mine[0]) if mine else NOBODY

    async def of_chat_itself(self, chat: Chat) -> Rights:
        """Of whoever writes in the name of a chat: only what every administrator who could have done so may do.

        In a group those are the anonymous ones, in a channel those who may post.
        """
        could = [member for member in await self._administrators(chat) if _may_speak_as(chat, member)]
        if not could:
            return NOBODY
        rights = [_rights(member) for member in could]
        return Rights(all(each.moderator for each in rights), all(each.admin for each in rights))

    async def find_chat(self, chat_id: int) -> Chat | None:
        """None for a chat that the bot is not in."""
        try:
            full = await self._bot.get_chat(chat_id)
        except TelegramError:
            return None
        return Chat(full.id, full.type, full.title)

    def forget(self, chat_id: int) -> None:
        self._known.pop(chat_id, None)

    async def _administrators(self, chat: Chat) -> Administrators:
        async with self._turns.of(str(chat.id)):
            asked_at, members = self._known.get(chat.id, (0.0, ()))
            if not asked_at or self._clock() - asked_at > FRESH_S:
                members = await self._ask(chat.id)
                self._known[chat.id] = (self._clock(), members)
                while len(self._known) > MAX_CHATS:
                    self._known.popitem(last=False)
            return members

    async def _ask(self, chat_id: int) -> Administrators:
        try:
            return await self._bot.get_chat_administrators(chat_id)
        except TelegramError:
            return ()


def _rights(member: ChatMember) -> Rights:
    if isinstance(member, ChatMemberOwner):
        return EVERYTHING
    if isinstance(member, ChatMemberAdministrator):
        return Rights(moderator=member.can_delete_messages, admin=member.can_change_info)
    return NOBODY


def _may_speak_as(chat: Chat, member: ChatMember) -> bool:
    if member.user.is_bot:
        return False
    if isinstance(member, ChatMemberOwner):
        return chat.type == Chat.CHANNEL or member.is_anonymous
    if isinstance(member, ChatMemberAdministrator):
        return bool(member.can_post_messages) if chat.type == Chat.CHANNEL else member.is_anonymous
    return False
