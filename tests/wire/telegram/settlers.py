"""Setting the scene: people, groups, channels, topics, and the bot's standing among them."""

from __future__ import annotations

from collections.abc import Iterable

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.files import Upload
from tests.wire.telegram.messages import Content, Message
from tests.wire.telegram.people import ADMIN_RIGHTS, Member, User, administrator
from tests.wire.telegram.sight import bot_sees
from tests.wire.telegram.world import World

FIRST_TOPIC = 11


class Settlers:
    """The part of the local Telegram that tests use to arrange who and what there is."""

    world: World

    def add_user(self, name: str, *, language: str | None = "en", photos: Iterable[bytes] = ()) -> User:
        """Somebody who has written to the bot in private before; see `add_stranger`."""
        user = self.add_stranger(name, language=language, photos=photos)
        user.started = True
        return user

    def add_stranger(self, name: str, *, language: str | None = "en", photos: Iterable[bytes] = ()) -> User:
        """Somebody the bot may not write to first."""
        world = self.world
        user_id = world.new_user_id()
        user = User(user_id, name, f"{name.lower()}_{user_id}", language)
        user.photos = [world.files.add_photo(data) for data in photos]
        world.users[user.id] = user
        chat = Chat(user.id, "private", world.pulse, title=name, username=user.username)
        chat.members = {user.id: Member(user), world.bot.id: Member(world.bot)}
        world.chats[chat.id] = chat
        return user

    def private(self, user: User) -> Chat:
        """The chat of a user with the bot."""
        return self.world.chats[user.id]

    def add_group(self, *members: User, title: str = "Friends", admin: User | None = None, basic: bool = False) -> Chat:
        """A supergroup (or a `basic` group) with the bot as ordinary member; `admin` owns it."""
        world = self.world
        chat = Chat(world.new_group_id(basic), "group" if basic else "supergroup", world.pulse, title)
        chat.members = {user.id: Member(user) for user in (*members, world.bot)}
        if admin is not None:
            chat.members[admin.id] = Member(admin, "creator")
        world.chats[chat.id] = chat
        return chat

    def add_forum(self, *members: User, topics: Iterable[str] = ("memes", "talk"), admin: User | None = None) -> Chat:
        """A supergroup with topics, besides the general one that has no id."""
        chat = self.add_group(*members, title="Forum", admin=admin)
        chat.forum = True
        chat.topics = dict(enumerate(topics, FIRST_TOPIC))
        return chat

    def add_channel(self, owner: User, *, title: str = "News") -> Chat:
        """A channel with the bot as administrator that may post."""
        world = self.world
        chat = Chat(world.new_group_id(basic=False), "channel", world.pulse, title)
        chat.members = {owner.id: Member(owner, "creator"), world.bot.id: administrator(world.bot)}
        world.chats[chat.id] = chat
        return chat

    def add_file(self, data: bytes, name: str = "file.bin") -> str:
        """The id of a file that nobody posted."""
        return self.world.files.add(Upload(data, name)).id

    def corrupt(self, message: Message) -> None:
        """Damage the stored bytes of a message's file, so that downloads of it end in the middle."""
        assert message.media is not None
        for file in (message.media.file, *(size.file for size in message.media.photo)):
            file.data = file.data[: len(file.data) // 2]

    async def promote_bot(self, chat: Chat, *rights: str, by: User | None = None) -> None:
        """Make the bot administrator, with all rights unless some are named."""
        await self._set_bot(chat, administrator(self.world.bot, rights or ADMIN_RIGHTS), by)

    async def demote_bot(self, chat: Chat, *, by: User | None = None) -> None:
        await self._set_bot(chat, Member(self.world.bot), by)

    async def kick_bot(self, chat: Chat, *, by: User | None = None) -> None:
        await self._set_bot(chat, Member(self.world.bot, "kicked"), by)

    async def invite_bot(self, chat: Chat, *, by: User | None = None) -> None:
        """Add the bot to a group: a service message, and the news of its new standing."""
        who = by or self._owner(chat)
        await self._set_bot(chat, Member(self.world.bot), who)
        joined = {"new_chat_members": [self.world.bot.body()]}
        message = self.world.post(chat, Content(), sender=who, extra=joined)
        if bot_sees(self.world, message):
            self.world.updates.push("message", message.body())

    async def block(self, user: User) -> None:
        user.blocked = True
        await self._set_bot(self.private(user), Member(self.world.bot, "kicked"), user)

    async def unblock(self, user: User) -> None:
        user.blocked = False
        await self._set_bot(self.private(user), Member(self.world.bot), user)

    async def migrate(self, chat: Chat) -> Chat:
        """Turn a basic group into a supergroup: a new id, told in both chats."""
        world = self.world
        new = self.add_group(title=chat.title)
        new.members = dict(chat.members)
        chat.migrated_to = new
        for where, extra in ((chat, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": chat.id})):
            message = world.post(where, Content(), sender=self._owner(chat), extra=extra)
            world.updates.push("message", message.body())
        return new

    async def _set_bot(self, chat: Chat, new: Member, by: User | None) -> None:
        world = self.world
        old = world.bot_in(chat)
        chat.members[world.bot.id] = new
        body = {
            "chat": chat.body(),
            "from": (by or self._owner(chat)).body(),
            "date": world.now,
            "old_chat_member": old.body(),
            "new_chat_member": new.body(),
        }
        world.updates.push("my_chat_member", body)

    def _owner(self, chat: Chat) -> User:
        members = [member for member in chat.members.values() if not member.user.is_bot]
        return next((member.user for member in members if member.status == "creator"), members[0].user)
