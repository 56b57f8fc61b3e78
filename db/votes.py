"""What people think of candidates: one person, one vote, the last counts. Knows no reaction and no button."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.candidates import read_candidate
from db.columns import utc_now
from db.engines import Store, uninterrupted
from db.errors import UnknownCandidate
from db.inbox import settle
from db.records import RankedMeme, Tally, Toggled
from db.schema import candidates, memes, votes


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
    async def toggle(
        self, candidate_id: str, platform: str, user_id: str, value: int, event_id: str | None = None
    ) -> Toggled:
        """Cast a vote, or take the same one back, in one transaction.

        An event of the platform that was counted before changes nothing, however often it comes. Raises
        UnknownCandidate.
        """
        try:
            async with self._engines.writing() as connection:
                fresh = event_id is None or await settle(self._engines, connection, platform, event_id)
                if fresh:
                    await self._flip(connection, _Ballot(candidate_id, platform, user_id), value)
                mine = select(votes.c.value).where(_is(candidate_id, platform, user_id))
                return Toggled(await _count(connection, candidate_id), await connection.scalar(mine))
        except IntegrityError as error:
            raise UnknownCandidate("That meme is not known here any more, so the vote was not counted.") from error

    async def _flip(self, connection: AsyncConnection, ballot: _Ballot, value: int) -> None:
        person = ballot._asdict()
        statement = (
            self._engines.upsert(votes)
            .values(**person, value=value)
            .on_conflict_do_update(
                index_elements=list(person),
                set_={"value": value, "changed_at": utc_now()},
                where=votes.c.value != value,
            )
            .returning(votes.c.value)
        )
        if (await connection.execute(statement)).first() is None:
            await connection.execute(delete(votes).where(_is(*ballot)))

    @uninterrupted
    async def best(self, platform: str, chat_id: str, since: datetime, limit: int) -> tuple[RankedMeme, ...]:
        """The chat's candidates with more for than against, most first, by votes changed since then."""
        sums = (
            select(
                votes.c.candidate_id,
                func.count(case((votes.c.value == 1, 1))).label("up"),
                func.count(case((votes.c.value == -1, 1))).label("down"),
                func.sum(votes.c.value).label("balance"),
            )
            .where(votes.c.changed_at >= since)
            .group_by(votes.c.candidate_id)
            .subquery()
        )
        query = (
            select(candidates, sums.c.up, sums.c.down)
            .join(sums, sums.c.candidate_id == candidates.c.id)
            .where(candidates.c.platform == platform, candidates.c.chat_id == chat_id, sums.c.balance > 0)
            .order_by(sums.c.balance.desc(), sums.c.up.desc(), candidates.c.created_at)
            .limit(limit)
        )
        async with self._engines.reading() as connection:
            rows = (await connection.execute(query)).all()
            shown = select(memes).where(memes.c.candidate_id.in_([row.id for row in rows]))
            messages = {row.candidate_id: row for row in await connection.execute(shown.order_by(memes.c.changed_at))}
        return tuple(_rank(row, messages.get(row.id)) for row in rows)

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


class _Ballot(NamedTuple):
    candidate_id: str
    platform: str
    user_id: str


def _rank(row: Row[Any], message: Row[Any] | None) -> RankedMeme:
    where = {"channel_id": message.channel_id, "message_id": message.message_id} if message is not None else {}
    return RankedMeme(candidate=read_candidate(row), tally=Tally(up=row.up, down=row.down), **where)


def _is(candidate_id: str, platform: str, user_id: str) -> ColumnElement[bool]:
    return and_(votes.c.candidate_id == candidate_id, votes.c.platform == platform, votes.c.user_id == user_id)


async def _count(connection: AsyncConnection, candidate_id: str) -> Tally:
    up = func.count(case((votes.c.value == 1, 1)))
    down = func.count(case((votes.c.value == -1, 1)))
    row = (await connection.execute(select(up, down).where(votes.c.candidate_id == candidate_id))).one()
    return Tally(up=row[0], down=row[1])
