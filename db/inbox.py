"""Events of a platform that deserve an answer: written down before they are acknowledged, struck out once answered.

A note is what is needed to answer again after a crash; it is erased with the answer. The id stays a while, so that the
platform's redelivery is recognised. Knows no platform and no meaning of a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, null, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.chats import JSON
from db.columns import utc_now
from db.engines import Engines, Store, uninterrupted
from db.gathering import Gathering
from db.records import OpenEvent
from db.schema import inbox

KEPT: Final = timedelta(days=2)


Key = tuple[str, str]


class Inbox(Store):
    """Events by platform and id. Those that are opened or closed at the same time share a transaction."""

    def __init__(self, engines: Engines) -> None:
        super().__init__(engines)
        self._opening = Gathering(self._open_all)
        self._closing = Gathering(self._close_all)

    @uninterrupted
    async def open(self, platform: str, event_id: str, note: Mapping[str, JSON]) -> bool:
        """Write an event down, durable when this returns; False when it was written down or closed before."""
        return await self._opening.add(((platform, event_id), note))

    @uninterrupted
    async def amend(self, platform: str, event_id: str, note: Mapping[str, JSON]) -> None:
        """Replace the note of an open event; nothing happens to one that is closed."""
        still = and_(_is(platform, event_id), inbox.c.closed_at.is_(None))
        async with self._engines.writing() as connection:
            await connection.execute(update(inbox).where(still).values(note=dict(note)))

    @uninterrupted
    async def close(self, platform: str, event_id: str) -> None:
        """Erase the note of an answered event; closing again, or an unknown one, changes nothing."""
        await self._closing.add((platform, event_id))

    @uninterrupted
    async def pending(self, platform: str) -> tuple[OpenEvent, ...]:
        """Events that still want an answer, oldest first."""
        mine = and_(inbox.c.platform == platform, inbox.c.closed_at.is_(None), inbox.c.note.is_not(None))
        query = select(inbox).where(mine).order_by(inbox.c.opened_at, inbox.c.event_id)
        async with self._engines.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(OpenEvent(event_id=row.event_id, note=row.note, opened_at=row.opened_at) for row in rows)

    @uninterrupted
    async def sweep(self, kept: timedelta = KEPT) -> int:
        """Forget ids of events that were closed, or only settled, more than `kept` ago; returns how many."""
        before = datetime.now(UTC) - kept
        settled = and_(inbox.c.note.is_(None), inbox.c.settled_at < before)
        async with self._engines.writing() as connection:
            gone = await connection.execute(delete(inbox).where(or_(inbox.c.closed_at < before, settled)))
        return gone.rowcount

    async def _open_all(self, events: Sequence[tuple[Key, Mapping[str, JSON]]]) -> Sequence[bool]:
        """An event whose effect is settled, but which nobody opened, is still new to whoever answers it."""
        notes = {key: dict(note) for key, note in reversed(events)}
        rows = [{"platform": key[0], "event_id": key[1], "note": note} for key, note in notes.items()]
        insert = self._engines.upsert(inbox).values(rows)
        statement = insert.on_conflict_do_update(
            index_elements=["platform", "event_id"],
            set_={"note": insert.excluded.note},
            where=and_(inbox.c.note.is_(None), inbox.c.closed_at.is_(None)),
        ).returning(inbox.c.platform, inbox.c.event_id)
        async with self._engines.writing() as connection:
            new = {(row.platform, row.event_id) for row in await connection.execute(statement)}
        first = {key: index for index, (key, _) in reversed(list(enumerate(events)))}
        return [key in new and first[key] == index for index, (key, _) in enumerate(events)]

    async def _close_all(self, keys: Sequence[Key]) -> Sequence[None]:
        named = tuple_(inbox.c.platform, inbox.c.event_id).in_(keys)
        async with self._engines.writing() as connection:
            await connection.execute(update(inbox).where(named).values(note=null(), closed_at=utc_now()))
        return [None] * len(keys)


async def settle(engines: Engines, connection: AsyncConnection, platform: str, event_id: str) -> bool:
    """Mark an event's effect as written, within the transaction that writes it; False when it was written before."""
    statement = (
        engines.upsert(inbox)
        .values(platform=platform, event_id=event_id, note=null(), settled_at=utc_now())
        .on_conflict_do_update(
            index_elements=["platform", "event_id"],
            set_={"settled_at": utc_now()},
            where=inbox.c.settled_at.is_(None),
        )
        .returning(inbox.c.event_id)
    )
    return (await connection.execute(statement)).first() is not None


def _is(platform: str, event_id: str) -> ColumnElement[bool]:
    return and_(inbox.c.platform == platform, inbox.c.event_id == event_id)
