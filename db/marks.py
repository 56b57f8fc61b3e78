"""Small things a front end must remember of its platform, such as which set of commands is registered there."""

from __future__ import annotations

from sqlalchemy import and_, select

from db.columns import utc_now
from db.engines import Store, uninterrupted
from db.schema import marks


class Marks(Store):
    """Short texts by platform and name."""

    @uninterrupted
    async def get(self, platform: str, name: str) -> str | None:
        query = select(marks.c.value).where(and_(marks.c.platform == platform, marks.c.name == name))
        async with self._engines.reading() as connection:
            found: str | None = await connection.scalar(query)
            return found

    @uninterrupted
    async def set(self, platform: str, name: str, value: str) -> None:
        row = {"platform": platform, "name": name, "value": value}
        statement = (
            self._engines.upsert(marks)
            .values(row)
            .on_conflict_do_update(index_elements=["platform", "name"], set_={"value": value, "changed_at": utc_now()})
        )
        async with self._engines.writing() as connection:
            await connection.execute(statement)
