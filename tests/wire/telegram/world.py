"""Everything the local Telegram knows: people, chats, files, what waits for the bot, and what the bot did wrong."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.wire.telegram.calls import Call
from tests.wire.telegram.chats import Chat
from tests.wire.telegram.faults import ApiError, Migrated, bad_request, forbidden, wrong_request
from tests.wire.telegram.files import FileStore
from tests.wire.telegram.floods import Floods
from tests.wire.telegram.messages import Content, Message
from tests.wire.telegram.people import Member, User
from tests.wire.telegram.profile import Profile
from tests.wire.telegram.pulse import Pulse
from tests.wire.telegram.queries import PATIENCE_S, InlineQuery, PressedButton
from tests.wire.telegram.updates import UpdateQueue
from tests.wire.telegram.webhook import Webhook

TOKEN = "123456789:AAlocal-Telegram-token-for-tests-0000"  # noqa: S105 - opens nothing but the local Telegram
FIRST_USER = 1_001
FIRST_GROUP = 4_001
SUPERGROUP_BASE = -1_000_000_000_000


@dataclass(eq=False)
class World:
    """State only; `people` acts on it from one side, the methods of the Bot API from the other."""

    token: str = TOKEN
    pulse: Pulse = field(default_factory=Pulse)
    bot: User = field(default_factory=lambda: User(123456789, "Memesmith", "memesmith_test_bot", None, is_bot=True))
    reads_all: bool = False
    """Privacy mode is off: the bot sees ordinary messages of groups without being administrator."""
    joins_groups: bool = True
    inline_enabled: bool = True
    feedback_enabled: bool = True
    """Telegram tells the bot which inline result was chosen."""
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: FileStore = field(default_factory=FileStore)
    profile: Profile = field(default_factory=Profile)
    floods: Floods = field(default_factory=Floods)
    presses: dict[str, PressedButton] = field(default_factory=dict)
    inline_queries: dict[str, InlineQuery] = field(default_factory=dict)
    inline_messages: dict[str, Message] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    clock_offset_s: float = 0.0
    patience_s: float = PATIENCE_S
    bot_may_die: bool = False
    """Buttons that nobody answers, or that two lives of a bot answer, are then no mistake."""

    def __post_init__(self) -> None:
        self.updates = UpdateQueue(self.pulse)
        self.webhook = Webhook(self.updates, self.pulse)
        self._users = itertools.count(FIRST_USER)
        self._groups = itertools.count(FIRST_GROUP)
        self._messages = itertools.count(101)
        self._queries = itertools.count(9_000_001)

    @property
    def now(self) -> int:
        return int(time.time() + self.clock_offset_s)

    def note(self, violation: str) -> None:
        self.violations.append(violation)

    # --- making things ---

    def new_user_id(self) -> int:
        return next(self._users)

    def new_group_id(self, basic: bool) -> int:
        number = next(self._groups)
        return -number if basic else SUPERGROUP_BASE - number

    def new_query_id(self) -> str:
        return str(next(self._queries))

    def post(self, chat: Chat, content: Content, **frame: Any) -> Message:
        """A new message, by anybody."""
        message = Message(next(self._messages), chat, content, self.now, **frame)
        return chat.add(message)

    # --- finding things ---

    def chat_of(self, call: Call) -> Chat:
        """The chat a call is about, where the bot is present; the refusals of Telegram otherwise."""
        chat = self._find_chat(call.text("chat_id"))
        if chat.migrated_to:
            raise Migrated(chat.migrated_to.id)
        self._require_presence(chat)
        return chat

    def message_of(self, call: Call, doing: str) -> Message:
        """The message a call names, by chat and id or by inline id. `doing` is the word in the refusal."""
        if call.has("inline_message_id"):
            message = self.inline_messages.get(call.text("inline_message_id"))
        else:
            message = self.chat_of(call).messages.get(call.number("message_id"))
        if message is None or message.deleted:
            raise bad_request(f"message to {doing} not found")
        return message

    def everyone_in(self, chat: Chat) -> Iterator[Member]:
        return (member for member in chat.members.values() if member.present)

    def bot_in(self, chat: Chat) -> Member:
        return chat.members.get(self.bot.id) or Member(self.bot, "left")

    def _find_chat(self, written: str) -> Chat:
        for chat in self.chats.values():
            if written in {str(chat.id), f"@{chat.username}"}:
                return chat
        try:
            user = self.users.get(int(written))
        except ValueError:
            raise wrong_request("chat not found") from None
        if user is not None:
            raise forbidden("bot can't initiate conversation with a user")
        raise bad_request("chat not found")

    def _require_presence(self, chat: Chat) -> None:
        if chat.type == "private":
            user = self.users[chat.id]
            if user.blocked:
                raise forbidden("bot was blocked by the user")
            if not user.started:
                raise forbidden("bot can't initiate conversation with a user")
            return
        status = self.bot_in(chat).status
        kind = "group" if chat.type == "group" else chat.type
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {kind} chat")
        if status == "left":
            raise forbidden(f"bot is not a member of the {kind} chat")

    def require_right_to_post(self, chat: Chat, kind: str) -> None:
        """`kind` is what is posted: text messages, photos, documents, …"""
        member = self.bot_in(chat)
        if chat.type == "channel" and not member.may("can_post_messages"):
            raise bad_request("need administrator rights in the channel chat")
        if kind in chat.forbids and not member.admin:
            raise bad_request(f"not enough rights to send {kind} to the chat")

    def complain(self, call: Call, error: ApiError) -> None:
        if error.wrong:
            self.note(f"{call.method}: {error.description}")
