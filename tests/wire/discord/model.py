"""What there is on the wire: people, guilds, channels, messages, files. Plain values; what they do lies elsewhere."""

from __future__ import annotations

import enum
import io
import mimetypes
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError

LOADING = 1 << 7
EPHEMERAL = 1 << 6


class ChannelKind(enum.IntEnum):
    """Discord's numbers."""

    TEXT = 0
    DM = 1
    GROUP_DM = 3
    THREAD = 11


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody posts. `declared_bytes` is the size Discord tells, where it should differ from the truth."""

    name: str
    data: bytes = field(repr=False)
    declared_bytes: int | None = None

    @property
    def media_type(self) -> str | None:
        return mimetypes.guess_type(self.name)[0]

    def measure(self) -> tuple[int, int] | None:
        """Width and height of what can be read as a picture."""
        try:
            with Image.open(io.BytesIO(self.data)) as picture:
                return picture.size
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            return None


@dataclass(eq=False)
class User:
    """A person, or a bot. `avatar` is the picture they set."""

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    avatar: File | None = None
    takes_dms: bool = True


@dataclass(eq=False)
class Guild:
    """A server. `granted` holds what members may do beyond everyone, by user id; `withheld` what everyone lacks."""

    id: int
    name: str
    owner: User
    locale: str = "en-US"
    has_bot: bool = True
    max_file_bytes: int = 10 * 1024 * 1024
    members: dict[int, User] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    granted: dict[int, set[str]] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    joined_at: str = ""


@dataclass(eq=False)
class Channel:
    """Where messages are, newest last. `denied` holds what a member may not do here, by user id."""

    id: int
    name: str
    kind: ChannelKind
    guild: Guild | None = None
    parent: Channel | None = None
    nsfw: bool = False
    recipients: tuple[User, ...] = ()
    denied: dict[int, set[str]] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)

    def said(self, author: User | None = None) -> list[Message]:
        """Messages that everybody here sees, oldest first; of one author, or of all."""
        return [each for each in self.messages.values() if not each.ephemeral and author in {None, each.author}]

    @property
    def last(self) -> Message:
        return self.said()[-1]


@dataclass(eq=False)
class Attachment:
    """A file as part of a message, or of a command's option."""

    id: int
    file: File
    channel_id: int
    description: str | None = None

    @property
    def spoiler(self) -> bool:
        return self.file.name.startswith("SPOILER_")


@dataclass(eq=False)
class Sticker:
    """`format` is Discord's: 1 PNG, 2 APNG, 3 Lottie, 4 GIF."""

    id: int
    name: str
    format: int
    file: File


@dataclass(eq=False)
class Message:
    """One message; `embeds` and `components` are Discord's JSON, `reactions` user ids by emoji in order of arrival."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    stickers: list[Sticker] = field(default_factory=list)
    flags: int = 0
    reactions: dict[str, dict[int, User]] = field(default_factory=dict)
    reply_to: Message | None = None
    nonce: str | None = None
    interaction_id: int | None = None
    asker: User | None = None
    sent_at: float = 0.0
    edited_at: float | None = None
    edits: int = 0
    deleted: bool = False
    pings: set[int] = field(default_factory=set)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def controls(self) -> dict[str, dict[str, Any]]:
        """Buttons and menus by custom_id."""
        rows = (row.get("components", ()) for row in self.components)
        return {each["custom_id"]: each for row in rows for each in row if "custom_id" in each}

    @property
    def words(self) -> str:
        """Everything there is to read: content, embeds' texts, labels of buttons and menus. For assertions."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
            parts += [f"{each['name']} {each['value']}" for each in embed.get("fields", ())]
        parts += [str(each.get("label") or each.get("placeholder") or "") for each in self.controls.values()]
        return "\n".join(part for part in parts if part)
