"""The stores of what belongs to chats: emoji, events, settings, templates, survey; see `bot.core.stores`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from inference.contract import Box


class ReactionStore(Protocol):
    """Which emoji a person has on a message."""

    async def of(self, platform: str, chat_id: str, message_id: str, user_id: str) -> Sequence[str]: ...

    async def people(self, platform: str, chat_id: str, message_id: str) -> frozenset[str]: ...

    async def put(self, platform: str, chat_id: str, message_id: str, user_id: str, emoji: Sequence[str]) -> object: ...


class OpenEvent(Protocol):
    """An event that still wants an answer, with what is needed to give it."""

    @property
    def event_id(self) -> str: ...
    @property
    def note(self) -> Mapping[str, Any]: ...
    @property
    def opened_at(self) -> datetime: ...


class Inbox(Protocol):
    """Events of a platform: written down before they are acknowledged, struck out once answered."""

    async def open(self, platform: str, event_id: str, note: Mapping[str, Any]) -> bool:
        """False when the event is known already."""
        ...

    async def amend(self, platform: str, event_id: str, note: Mapping[str, Any]) -> None: ...

    async def close(self, platform: str, event_id: str) -> None: ...

    async def pending(self, platform: str) -> Sequence[OpenEvent]:
        """Oldest first."""
        ...

    async def sweep(self) -> int:
        """Forget events answered long ago; returns how many."""
        ...


class Marks(Protocol):
    """Small things a front end must remember of its platform."""

    async def get(self, platform: str, name: str) -> str | None: ...

    async def set(self, platform: str, name: str, value: str) -> None: ...


class ChatStore(Protocol):
    """What chats have set, as JSON objects."""

    async def settings(self, platform: str, chat_id: str) -> Mapping[str, Any]: ...

    async def change_settings(self, platform: str, chat_id: str, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Set the given keys, remove those given as None."""
        ...

    async def forget(self, platform: str, chat_id: str) -> object:
        """Delete a chat with all that belongs to it."""
        ...

    async def move(self, platform: str, old_id: str, new_id: str) -> None:
        """A chat has another id now: what belongs to it goes along."""
        ...


class ChatTemplate(Protocol):
    """A base picture of a chat's own; no boxes means top and bottom."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def boxes(self) -> tuple[Box, ...]: ...
    @property
    def picture(self) -> bytes: ...
    @property
    def media_type(self) -> str: ...
    @property
    def removed(self) -> bool: ...


class ChatTemplateStore(Protocol):
    """Templates by chat; `key` is the name as names are compared."""

    async def add(  # noqa: PLR0913 - each is one column
        self,
        platform: str,
        chat_id: str,
        *,
        key: str,
        name: str,
        boxes: Sequence[Box],
        picture: bytes,
        media_type: str,
        added_by: str,
    ) -> str | None:
        """The new id; None when the name is taken."""
        ...

    async def get(self, platform: str, chat_id: str, template_id: str) -> ChatTemplate | None: ...

    async def names(self, platform: str, chat_id: str) -> Sequence[tuple[str, str]]:
        """(id, name) of those not removed, by name."""
        ...

    async def count(self, platform: str, chat_id: str) -> int: ...

    async def rename(self, platform: str, chat_id: str, template_id: str, name: str, key: str) -> bool:
        """False when the name is taken or the template unknown; so too below."""
        ...

    async def place_boxes(self, platform: str, chat_id: str, template_id: str, boxes: Sequence[Box]) -> bool: ...

    async def remove(self, platform: str, chat_id: str, template_id: str) -> bool: ...

    async def restore(self, platform: str, chat_id: str, template_id: str, key: str) -> bool: ...


class SurveyPhrase(Protocol):
    """A phrase somebody gave a chat's survey."""

    @property
    def text(self) -> str: ...


class SurveyStore(Protocol):
    """Phrases by chat and person."""

    async def add(self, platform: str, chat_id: str, user_id: str, text: str) -> bool:
        """False when this person has said so before."""
        ...

    async def count(self, platform: str, chat_id: str) -> int: ...

    async def draw(self, platform: str, chat_id: str) -> SurveyPhrase | None: ...
