"""What each chat has set. Knows no platform and no meaning of a setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, and_, delete, exists, select, true, update

from db.columns import utc_now
from db.engines import Store, uninterrupted
from db.schema import candidates, chat_templates, chats, marks, memes, survey_phrases

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

    @uninterrupted
    async def move(self, platform: str, old_id: str, new_id: str) -> None:
        """A chat has another id now: what belongs to it goes along. Doing it again changes nothing.

        Messages stay behind, as their ids do: memes are forgotten there, their candidates and votes are not. What the
        new chat has already (a setting, a template of that name) stands.
        """
        async with self._engines.writing() as connection:
            old = (await connection.execute(select(chats.c.settings).where(_is(platform, old_id)))).scalar()
            if old is None:
                return
            known = (await connection.execute(select(chats.c.settings).where(_is(platform, new_id)))).scalar()
            settled = {**old, **(known or {})}
            await connection.execute(
                self._engines.upsert(chats)
                .values(platform=platform, chat_id=new_id, settings=settled)
                .on_conflict_do_update(index_elements=["platform", "chat_id"], set_={"settings": settled})
            )
            for table, unique in ((candidates, ()), (chat_templates, ("key",)), (survey_phrases, ("user_id", "text"))):
                await connection.execute(_move_rows(table, unique, platform, (old_id, new_id)))
            await connection.execute(delete(memes).where(memes.c.platform == platform, memes.c.chat_id == old_id))
            await connection.execute(delete(chats).where(_is(platform, old_id)))


def _move_rows(table: Table, unique: Sequence[str], platform: str, ids: tuple[str, str]) -> Update:
    """Give rows of the old chat to the new one, except those that would stand there twice."""
    old_id, new_id = ids
    there = table.alias()
    same = [there.c[name] == table.c[name] for name in unique]
    twice = exists().where(there.c.platform == platform, there.c.chat_id == new_id, *same)
    mine = and_(table.c.platform == platform, table.c.chat_id == old_id)
    return update(table).where(mine, ~twice if unique else true()).values(chat_id=new_id)


def _is(platform: str, chat_id: str) -> ColumnElement[bool]:
    return and_(chats.c.platform == platform, chats.c.chat_id == chat_id)


def _merge(settings: dict[str, Any], changes: Mapping[str, JSON]) -> dict[str, JSON]:
    return {key: value for key, value in {**settings, **changes}.items() if value is not None}
