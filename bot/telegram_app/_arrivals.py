"""The bot's own comings and goings: added to a group, made administrator, turned out. Hints are said once per chat."""

from __future__ import annotations

from typing import Final

from telegram import Chat, ChatMember, ChatMemberAdministrator, ChatMemberUpdated, Update

from bot.telegram_app._kit import Kit
from bot.telegram_app._posting import Target, Unpostable
from bot.telegram_app._rich import Rich
from bot.telegram_app.convert import to_person, to_place
from bot.telegram_app.replies import Post

AWAY: Final = frozenset({ChatMember.LEFT, ChatMember.BANNED})
HELLO: Final = "hello"
NO_PICTURES: Final = "no_pictures"


class Arrivals:
    """Handler of `my_chat_member` updates."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def on_changed(self, update: Update, _context: object) -> None:
        changed = update.my_chat_member
        if changed is None:
            return
        chat, new = changed.chat, changed.new_chat_member
        self._kit.quiet.reopen(chat.id)
        self._kit.standing.forget(chat.id)
        await self._kit.hints.forget(NO_PICTURES, to_place(chat))
        arrived = changed.old_chat_member.status in AWAY and new.status not in AWAY
        if arrived and chat.type in {Chat.GROUP, Chat.SUPERGROUP}:
            await self._greet(changed)

    async def _greet(self, changed: ChatMemberUpdated) -> None:
        """What the bot can do here, and what it cannot as long as it is no administrator."""
        place, person = to_place(changed.chat), to_person(changed.from_user)
        if not await self._kit.hints.first_time(HELLO, place):
            return
        text = Rich().add(await self._kit.say(place, "telegram.hello", person))
        if not isinstance(changed.new_chat_member, ChatMemberAdministrator):
            if not self._kit.bot.can_read_all_group_messages:
                text.line(2).add(await self._kit.say(place, "telegram.privacy_mode", person))
            text.line(2).add(await self._kit.say(place, "telegram.no_admin", person))
        try:
            await self._kit.poster.send(Target(place), Post(text.html()))
        except Unpostable:
            return
