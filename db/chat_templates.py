"""Base pictures that a chat's admins added. Knows no platform, no decoder and no renderer; pictures are bytes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, null, select, update
from sqlalchemy.exc import IntegrityError

from db.columns import utc_now
from db.engines import Store, uninterrupted
from db.records import ChatTemplate
from db.schema import chat_templates as table
from db.schema import chats
from inference.contract import Box


class ChatTemplates(Store):
    """Templates by chat. `key` is the name as names are compared; one chat has it once among those not removed."""

    @uninterrupted
    async def add(  # noqa: PLR0913 - each is one column; the core passes no object of this package
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
        """Store a template under a fresh id, which is returned; None when the name is taken."""
        chat = {"platform": platform, "chat_id": chat_id}
        row = {
            **chat,
            "id": uuid.uuid4().hex[:16],
            "key": key,
            "name": name,
            "boxes": _to_json(boxes),
            "picture": picture,
            "media_type": media_type,
            "added_by": added_by,
        }
        statement = self._engines.upsert(table).values(row).on_conflict_do_nothing().returning(table.c.id)
        async with self._engines.writing() as connection:
            await connection.execute(self._engines.upsert(chats).values(**chat, settings={}).on_conflict_do_nothing())
            new_id: str | None = await connection.scalar(statement)
        return new_id

    @uninterrupted
    async def get(self, platform: str, chat_id: str, template_id: str) -> ChatTemplate | None:
        """A template of this chat, removed ones too."""
        query = select(table).where(_is(platform, chat_id, template_id))
        async with self._engines.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _read(row)

    @uninterrupted
    async def names(self, platform: str, chat_id: str) -> tuple[tuple[str, str], ...]:
        """(id, name) of the chat's templates, by name; pictures stay where they are."""
        mine = and_(table.c.platform == platform, table.c.chat_id == chat_id, table.c.removed_at.is_(None))
        async with self._engines.reading() as connection:
            rows = await connection.execute(select(table.c.id, table.c.name).where(mine).order_by(table.c.key))
            return tuple((row.id, row.name) for row in rows)

    @uninterrupted
    async def count(self, platform: str, chat_id: str) -> int:
        """How many rows a chat has, removed ones included."""
        mine = and_(table.c.platform == platform, table.c.chat_id == chat_id)
        async with self._engines.reading() as connection:
            return int(await connection.scalar(select(func.count()).where(mine)) or 0)

    @uninterrupted
    async def rename(self, platform: str, chat_id: str, template_id: str, name: str, key: str) -> bool:
        """False when the name is taken or the template unknown; so too below."""
        return await self._update(_is(platform, chat_id, template_id), {"name": name, "key": key})

    @uninterrupted
    async def place_boxes(self, platform: str, chat_id: str, template_id: str, boxes: Sequence[Box]) -> bool:
        return await self._update(_is(platform, chat_id, template_id), {"boxes": _to_json(boxes)})

    @uninterrupted
    async def remove(self, platform: str, chat_id: str, template_id: str) -> bool:
        """Take a template out of the lists; its name is free again."""
        return await self._update(_is(platform, chat_id, template_id), {"removed_at": utc_now(), "key": null()})

    @uninterrupted
    async def restore(self, platform: str, chat_id: str, template_id: str, key: str) -> bool:
        """Bring a removed template back."""
        return await self._update(_is(platform, chat_id, template_id), {"removed_at": null(), "key": key})

    async def _update(self, which: ColumnElement[bool], changes: dict[str, Any]) -> bool:
        try:
            async with self._engines.writing() as connection:
                return (await connection.execute(update(table).where(which).values(changes))).rowcount > 0
        except IntegrityError:
            return False


def _is(platform: str, chat_id: str, template_id: str) -> ColumnElement[bool]:
    return and_(table.c.platform == platform, table.c.chat_id == chat_id, table.c.id == template_id)


def _to_json(boxes: Sequence[Box]) -> list[dict[str, float]]:
    return [asdict(box) for box in boxes]


def _read(row: Row[Any]) -> ChatTemplate:
    return ChatTemplate(
        id=row.id,
        platform=row.platform,
        chat_id=row.chat_id,
        name=row.name,
        boxes=tuple(Box(**box) for box in row.boxes),
        picture=row.picture,
        media_type=row.media_type,
        added_by=row.added_by,
        removed=row.removed_at is not None,
    )
