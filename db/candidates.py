"""The captions that were shown, with what made them. Knows no platform."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from db.engines import Store, uninterrupted
from db.records import StoredCandidate
from db.schema import candidates as table
from db.schema import chats
from inference.contract import Candidate, Layout


class Candidates(Store):
    """Candidates by id and by the request that they answer."""

    @uninterrupted
    async def add(  # noqa: PLR0913 - each is one column; the core passes no object of this package
        self,
        *,
        platform: str,
        chat_id: str,
        asked_by: str | None,
        request_id: str,
        model: str,
        candidates: Sequence[Candidate],
        picture_ref: str | None = None,
    ) -> tuple[str, ...]:
        """Store candidates, best first, and return the ids of the request's candidates in that order.

        `picture_ref` is what the platform calls the asker's picture; the picture itself is not kept. Storing the same
        request again changes nothing and returns the ids it has.
        """
        shared = {
            "platform": platform,
            "chat_id": chat_id,
            "asked_by": asked_by,
            "request_id": request_id,
            "model": model,
            "picture_ref": picture_ref,
        }
        rows = [{**shared, **_columns(rank, candidate)} for rank, candidate in enumerate(candidates)]
        chat = {"platform": platform, "chat_id": chat_id, "settings": {}}
        ids = select(table.c.id).where(table.c.request_id == request_id).order_by(table.c.rank)
        async with self._engines.writing() as connection:
            await connection.execute(self._engines.upsert(chats).values(chat).on_conflict_do_nothing())
            if rows:
                await connection.execute(self._engines.upsert(table).values(rows).on_conflict_do_nothing())
            return tuple((await connection.scalars(ids)).all())

    @uninterrupted
    async def get(self, candidate_id: str) -> StoredCandidate | None:
        async with self._engines.reading() as connection:
            row = (await connection.execute(select(table).where(table.c.id == candidate_id))).first()
        return None if row is None else read_candidate(row)

    @uninterrupted
    async def of_request(self, request_id: str) -> tuple[StoredCandidate, ...]:
        """Best first; empty for a request nobody knows."""
        query = select(table).where(table.c.request_id == request_id).order_by(table.c.rank)
        async with self._engines.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(map(read_candidate, rows))


def read_candidate(row: Row[Any]) -> StoredCandidate:
    """A whole row of the candidates table as a record."""
    return StoredCandidate(
        id=row.id,
        request_id=row.request_id,
        platform=row.platform,
        chat_id=row.chat_id,
        asked_by=row.asked_by,
        rank=row.rank,
        candidate=Candidate(
            lines=tuple(row.lines),
            template=row.template,
            layout=Layout(row.layout),
            tone=row.tone,
            score=row.score,
        ),
        model=row.model,
        created_at=row.created_at,
        picture_ref=row.picture_ref,
    )


def _columns(rank: int, candidate: Candidate) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "rank": rank,
        "lines": list(candidate.lines),
        "template": candidate.template,
        "layout": candidate.layout.value,
        "tone": candidate.tone,
        "score": candidate.score,
    }
