"""Which candidate a posted message shows. Knows no platform; a message is named by platform, chat and message id."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, select, update
from sqlalchemy.exc import IntegrityError

from db.columns import utc_now
from db.engines import Store, uninterrupted
from db.errors import UnknownCandidate, UnknownMeme
from db.records import StoredMeme
from db.schema import memes


class Memes(Store):
    """Memes by the message that shows them; a message shows one at a time."""

    @uninterrupted
    async def add(  # noqa: PLR0913 - each is one column; the core passes no object of this package
        self,
        candidate_id: str,
        platform: str,
        chat_id: str,
        message_id: str,
        lines: Sequence[str],
        *,
        channel_id: str = "",
        source_message_id: str | None = None,
    ) -> str:
        """Remember a new message and return the meme's id; a message already known then shows this candidate.

        Raises UnknownCandidate.
        """
        place = {"platform": platform, "chat_id": chat_id, "message_id": message_id}
        shown = {"candidate_id": candidate_id, "lines": list(lines)}
        first = {"channel_id": channel_id, "source_message_id": source_message_id}
        statement = (
            self._engines.upsert(memes)
            .values(id=uuid.uuid4().hex, **place, **shown, **first)
            .on_conflict_do_update(index_elements=list(place), set_={**shown, "changed_at": utc_now()})
            .returning(memes.c.id)
        )
        try:
            async with self._engines.writing() as connection:
                return str((await connection.execute(statement)).scalar_one())
        except IntegrityError as error:
            raise UnknownCandidate("That meme is not known here any more.") from error

    @uninterrupted
    async def find(self, platform: str, chat_id: str, message_id: str) -> StoredMeme | None:
        query = select(memes).where(_is(platform, chat_id, message_id))
        async with self._engines.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _read_meme(row)

    @uninterrupted
    async def of_source(self, platform: str, chat_id: str, source_message_id: str) -> StoredMeme | None:
        """The newest meme that a message asked for."""
        asked = and_(
            memes.c.platform == platform,
            memes.c.chat_id == chat_id,
            memes.c.source_message_id == source_message_id,
        )
        async with self._engines.reading() as connection:
            row = (
                await connection.execute(select(memes).where(asked).order_by(memes.c.created_at.desc()).limit(1))
            ).first()
        return None if row is None else _read_meme(row)

    @uninterrupted
    async def recent(self, platform: str, limit: int) -> tuple[StoredMeme, ...]:
        """The messages changed last, newest first."""
        query = select(memes).where(memes.c.platform == platform).order_by(memes.c.changed_at.desc()).limit(limit)
        async with self._engines.reading() as connection:
            return tuple(map(_read_meme, (await connection.execute(query)).all()))

    @uninterrupted
    async def move(
        self, platform: str, chat_id: str, message_id: str, candidate_id: str, lines: Sequence[str]
    ) -> StoredMeme:
        """The message now shows this candidate with these lines. Raises UnknownMeme, UnknownCandidate."""
        statement = (
            update(memes)
            .where(_is(platform, chat_id, message_id))
            .values(candidate_id=candidate_id, lines=list(lines), changed_at=utc_now())
            .returning(*memes.c)
        )
        try:
            async with self._engines.writing() as connection:
                row = (await connection.execute(statement)).first()
        except IntegrityError as error:
            raise UnknownCandidate("That meme is not known here any more.") from error
        if row is None:
            raise UnknownMeme("That message shows no meme that is known here.")
        return _read_meme(row)

    @uninterrupted
    async def forget(self, platform: str, chat_id: str, message_id: str) -> bool:
        """The message is gone; says whether it was known. Its candidate and the votes stay."""
        async with self._engines.writing() as connection:
            gone = await connection.execute(delete(memes).where(_is(platform, chat_id, message_id)))
        return gone.rowcount > 0


def _is(platform: str, chat_id: str, message_id: str) -> ColumnElement[bool]:
    return and_(memes.c.platform == platform, memes.c.chat_id == chat_id, memes.c.message_id == message_id)


def _read_meme(row: Row[Any]) -> StoredMeme:
    return StoredMeme(
        id=row.id,
        candidate_id=row.candidate_id,
        platform=row.platform,
        chat_id=row.chat_id,
        message_id=row.message_id,
        lines=tuple(row.lines),
        created_at=row.created_at,
        changed_at=row.changed_at,
        channel_id=row.channel_id,
        source_message_id=row.source_message_id,
    )
