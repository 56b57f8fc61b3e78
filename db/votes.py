"""What people think of candidates: one person, one vote, the last counts. Knows no reaction and no button."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.columns import utc_now
from db.engines import Store, uninterrupted
from db.errors import UnknownCandidate
from db.records import Tally
from db.schema import votes


class Votes(Store):
    """Votes by candidate and person. Each change returns the tally that includes it."""

    @uninterrupted
    async def cast(self, candidate_id: str, platform: str, user_id: str, value: int) -> Tally:
        """Set a person's vote to 1 (for) or -1 (against); durable when this returns.

        Raises UnknownCandidate, and ValueError on any other value.
        """
        if value not in {-1, 1}:
            raise ValueError(f"a vote is 1 or -1, not {value}")
        person = {"candidate_id": candidate_id, "platform": platform, "user_id": user_id}
        statement = (
            self._engines.upsert(votes)
            .values(**person, value=value)
            .on_conflict_do_update(index_elements=list(person), set_={"value": value, "changed_at": utc_now()})
        )
        try:
            async with self._engines.writing() as connection:
                await connection.execute(statement)
                return await _count(connection, candidate_id)
        except IntegrityError as error:
            raise UnknownCandidate("That meme is not known here any more, so the vote was not counted.") from error

    @uninterrupted
    async def withdraw(self, candidate_id: str, platform: str, user_id: str) -> Tally:
        """Remove a person's vote, if there is one."""
        async with self._engines.writing() as connection:
            await connection.execute(delete(votes).where(_is(candidate_id, platform, user_id)))
            return await _count(connection, candidate_id)

    @uninterrupted
    async def tally(self, candidate_id: str) -> Tally:
        async with self._engines.reading() as connection:
            return await _count(connection, candidate_id)

    @uninterrupted
    async def of(self, candidate_id: str, platform: str, user_id: str) -> int | None:
        """A person's current vote: 1, -1 or None."""
        query = select(votes.c.value).where(_is(candidate_id, platform, user_id))
        async with self._engines.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()


def _is(candidate_id: str, platform: str, user_id: str) -> ColumnElement[bool]:
    return and_(votes.c.candidate_id == candidate_id, votes.c.platform == platform, votes.c.user_id == user_id)


async def _count(connection: AsyncConnection, candidate_id: str) -> Tally:
    up = func.count(case((votes.c.value == 1, 1)))
    down = func.count(case((votes.c.value == -1, 1)))
    row = (await connection.execute(select(up, down).where(votes.c.candidate_id == candidate_id))).one()
    return Tally(up=row[0], down=row[1])
