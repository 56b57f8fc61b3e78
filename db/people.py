"""What is stored of one person: shown to them whole, erased on request. Knows no platform."""

from __future__ import annotations

from sqlalchemy import and_, delete, select, update

from db.candidates import read_candidate
from db.engines import Store, uninterrupted
from db.records import PersonRecord, StoredVote
from db.schema import candidates, memes, votes
from inference.contract import BY_A_PERSON


class People(Store):
    """A person is a user id on a platform; nothing else of them is kept."""

    @uninterrupted
    async def export(self, platform: str, user_id: str) -> PersonRecord:
        """Everything, oldest first; empty for a person who is not known."""
        asked = select(candidates).where(candidates.c.platform == platform, candidates.c.asked_by == user_id)
        voted = select(votes).where(votes.c.platform == platform, votes.c.user_id == user_id)
        async with self._engines.reading() as connection:
            asked_rows = await connection.execute(asked.order_by(candidates.c.created_at, candidates.c.rank))
            vote_rows = await connection.execute(voted.order_by(votes.c.changed_at))
            return PersonRecord(
                platform=platform,
                user_id=user_id,
                candidates=tuple(map(read_candidate, asked_rows)),
                votes=tuple(
                    StoredVote(candidate_id=row.candidate_id, value=row.value, changed_at=row.changed_at)
                    for row in vote_rows
                ),
            )

    @uninterrupted
    async def erase(self, platform: str, user_id: str) -> int:
        """Remove the person's votes, the words they wrote, and their name from what they asked for.

        Captions that a model wrote stay, unnamed, with the votes of others. Returns how many rows named the person.
        """
        asked = and_(candidates.c.platform == platform, candidates.c.asked_by == user_id)
        written = candidates.c.model == BY_A_PERSON
        voted = and_(votes.c.platform == platform, votes.c.user_id == user_id)
        async with self._engines.writing() as connection:
            removed = await connection.execute(delete(votes).where(voted))
            shown = memes.c.candidate_id.in_(select(candidates.c.id).where(asked, written))
            await connection.execute(update(memes).where(shown).values(lines=[]))
            await connection.execute(update(candidates).where(asked, written).values(lines=[]))
            unnamed = await connection.execute(update(candidates).where(asked).values(asked_by=None))
        return removed.rowcount + unnamed.rowcount
