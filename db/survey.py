"""Phrases that people gave a chat's survey, with their consent. Knows no platform and no use of them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Row, func, select

from db.engines import Store, uninterrupted
from db.records import SurveyPhrase
from db.schema import chats
from db.schema import survey_phrases as table


class Survey(Store):
    """Phrases by chat and person; the same words of one person count once."""

    @uninterrupted
    async def add(self, platform: str, chat_id: str, user_id: str, text: str) -> bool:
        """False when this person has said so before."""
        chat = {"platform": platform, "chat_id": chat_id}
        row = {**chat, "id": uuid.uuid4().hex, "user_id": user_id, "text": text}
        async with self._engines.writing() as connection:
            await connection.execute(self._engines.upsert(chats).values(**chat, settings={}).on_conflict_do_nothing())
            done = await connection.execute(self._engines.upsert(table).values(row).on_conflict_do_nothing())
        return done.rowcount > 0

    @uninterrupted
    async def count(self, platform: str, chat_id: str) -> int:
        query = select(func.count()).where(table.c.platform == platform, table.c.chat_id == chat_id)
        async with self._engines.reading() as connection:
            return int(await connection.scalar(query) or 0)

    @uninterrupted
    async def draw(self, platform: str, chat_id: str) -> SurveyPhrase | None:
        """One of the chat's phrases, by chance."""
        mine = select(table).where(table.c.platform == platform, table.c.chat_id == chat_id)
        async with self._engines.reading() as connection:
            row = (await connection.execute(mine.order_by(func.random()).limit(1))).first()
        return None if row is None else read_phrase(row)


def read_phrase(row: Row[Any]) -> SurveyPhrase:
    """A whole row of the phrases table as a record."""
    return SurveyPhrase(id=row.id, chat_id=row.chat_id, user_id=row.user_id, text=row.text, created_at=row.created_at)
