"""What each chat has set. Knows no platform and no meaning of a setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update

from db.columns import utc_now
from db.engines import Store, uninterrupted
from db.schema import chats, marks

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]


class Chats(Store):
    """Settings of a chat as a JSON object; a chat nobody has set anything for has an empty one."""

    @uninterrupted
    async def settings(self, platform: str, chat_id: str) -> Mapping[str, JSON]:
        async with self._engines.reading() as connection:
            found = await connection.scalar(select(chats.c.settings).where(_is(platform, chat_id)))
        return found or {}

    @uninterrupted
    async def change_settings(self, platform: str, chat_id: str, changes: Mapping[str, JSON]) -> Mapping[str, JSON]:
        """Set the given keys, leave the others, remove those given as None; returns what is set afterwards."""
        async with self._engines.writing() as connection:
            await connection.execute(
                self._engines.upsert(chats)
                .values(platform=platform, chat_id=chat_id, settings={})
                .on_conflict_do_nothing()
            )
            row = select(chats.c.settings).where(_is(platform, chat_id)).with_for_update()
            merged = _merge((await connection.execute(row)).scalar_one(), changes)
            await connection.execute(
                update(chats).where(_is(platform, chat_id)).values(settings=merged, changed_at=utc_now())
            )
        return merged

    @uninterrupted
    async def forget(self, platform: str, chat_id: str) -> None:
        """Delete a chat with all that belongs to it, and what front ends remember of it."""
        about_it = and_(marks.c.platform == platform, marks.c.name.endswith(f":{chat_id}", autoescape=True))
        async with self._engines.writing() as connection:
            await connection.execute(delete(chats).where(_is(platform, chat_id)))
            await connection.execute(delete(marks).where(about_it))


def _is(platform: str, chat_id: str) -> ColumnElement[bool]:
    return and_(chats.c.platform == platform, chats.c.chat_id == chat_id)


def _merge(settings: dict[str, Any], changes: Mapping[str, JSON]) -> dict[str, JSON]:
    return {key: value for key, value in {**settings, **changes}.items() if value is not None}
