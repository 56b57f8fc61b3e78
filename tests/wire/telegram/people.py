"""People, the bot among them, and what each may do in a chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire.telegram.files import Photo

ADMIN_RIGHTS: Final = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
    "can_pin_messages",
    "can_manage_topics",
)
PRESENT: Final = frozenset({"creator", "administrator", "member", "restricted"})
GROUP_ANONYMOUS_BOT: Final = 1087968824


@dataclass(eq=False)
class User:
    """Somebody with an account. `started`: wrote to the bot in private, so that it may write back."""

    id: int
    first_name: str
    username: str = ""
    language: str | None = "en"
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    photos: list[Photo] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        if self.language:
            body["language_code"] = self.language
        return body


ANONYMOUS: Final = User(GROUP_ANONYMOUS_BOT, "Group", "GroupAnonymousBot", language=None, is_bot=True)


@dataclass(eq=False)
class Member:
    """A user in one chat, with the rights of an administrator."""

    user: User
    status: str = "member"
    rights: frozenset[str] = frozenset()
    anonymous: bool = False

    @property
    def present(self) -> bool:
        return self.status in PRESENT

    @property
    def admin(self) -> bool:
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"user": self.user.body(), "status": self.status}
        if self.admin:
            body["is_anonymous"] = self.anonymous
        if self.status == "administrator":
            body |= {"can_be_edited": False, **{right: right in self.rights for right in ADMIN_RIGHTS}}
        if self.status == "kicked":
            body["until_date"] = 0
        return body


def administrator(user: User, rights: Iterable[str] = ADMIN_RIGHTS) -> Member:
    return Member(user, "administrator", frozenset({"can_manage_chat", *rights}))
