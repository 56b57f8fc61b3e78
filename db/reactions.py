"""Which emoji a person has on the message of a meme, as last heard. Knows no vote and no meaning of an emoji."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from db.engines import Store, uninterrupted
from db.schema import reactions


class Reactions(Store):
    """Sets of emoji by message and person."""

    @uninterrupted
    async def of(self, platform: str, chat_id: str, message_id: str, user_id: str) -> tuple[str, ...]:
        """A person's emoji on a message, in the order they were put on."""
        query = select(reactions.c.emoji).where(_is(platform, chat_id, message_id), reactions.c.user_id == user_id)
        async with self._engines.reading() as connection:
            found = await connection.scalars(query.order_by(reactions.c.created_at, reactions.c.emoji))
            return tuple(found.all())

    @uninterrupted
    async def people(self, platform: str, chat_id: str, message_id: str) -> frozenset[str]:
        """Everybody who has an emoji on a message."""
        query = select(reactions.c.user_id).distinct().where(_is(platform, chat_id, message_id))
        async with self._engines.reading() as connection:
            return frozenset((await connection.scalars(query)).all())

    @uninterrupted
    async def put(self, platform: str, chat_id: str, message_id: str, user_id: str, emoji: Sequence[str]) -> bool:
        """Make these a person's emoji on a message; those that stay keep their place. False where no meme stands."""
        mine = and_(_is(platform, chat_id, message_id), reactions.c.user_id == user_id)
        person = {"platform": platform, "chat_id": chat_id, "message_id": message_id, "user_id": user_id}
        try:
            async with self._engines.writing() as connection:
                await connection.execute(delete(reactions).where(mine, reactions.c.emoji.not_in(emoji)))
                kept = set((await connection.scalars(select(reactions.c.emoji).where(mine))).all())
                for new in dict.fromkeys(emoji):
                    if new not in kept:
                        await connection.execute(insert(reactions).values(**person, emoji=new))
        except IntegrityError:
            return False
        return True


def _is(platform: str, chat_id: str, message_id: str) -> ColumnElement[bool]:
    return and_(reactions.c.platform == platform, reactions.c.chat_id == chat_id, reactions.c.message_id == message_id)
