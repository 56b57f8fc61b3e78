"""What the bot gets to see: privacy mode in groups, and who hears of reactions."""

from __future__ import annotations

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.messages import Message
from tests.wire.telegram.world import World


def bot_sees(world: World, message: Message) -> bool:
    """Whether a message that somebody wrote reaches the bot."""
    chat = message.chat
    if chat.type == "private":
        return not world.users[chat.id].blocked
    member = world.bot_in(chat)
    if not member.present:
        return False
    return chat.type == "channel" or member.admin or world.reads_all or _is_meant_for_bot(world, message)


def _is_meant_for_bot(world: World, message: Message) -> bool:
    if "new_chat_members" in message.extra or "migrate_to_chat_id" in message.extra:
        return True
    if message.reply_to is not None and message.reply_to.by_bot:
        return True
    name = f"@{world.bot.username}".lower()
    for entity in message.content.entities:
        words = entity.of(message.said).lower()
        if entity.type == "bot_command" and entity.offset == 0 and words.partition("@")[2] in {"", name[1:]}:
            return True
        if entity.type == "mention" and words == name:
            return True
    return False


def bot_hears_reactions(world: World, chat: Chat) -> bool:
    """Only administrators do, outside private chats."""
    return chat.type == "private" or world.bot_in(chat).admin
