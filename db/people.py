"""What is stored of one person: shown to them whole, erased on request. Knows no platform."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.candidates import read_candidate
from db.engines import Store, uninterrupted
from db.records import PersonRecord, StoredCandidate, StoredVote, SurveyPhrase
from db.schema import candidates, chat_templates, memes, reactions, survey_phrases, votes
from db.survey import read_phrase
from inference.contract import BY_A_PERSON


class People(Store):
    """A person is a user id on a platform; nothing else of them is kept."""

    @uninterrupted
    async def export(self, platform: str, user_id: str) -> PersonRecord:
        """Everything, oldest first; empty for a person who is not known."""
        added = select(chat_templates.c.name).where(
            chat_templates.c.platform == platform, chat_templates.c.added_by == user_id
        )
        emoji = select(reactions.c.message_id, reactions.c.emoji).where(_of(reactions, platform, user_id))
        async with self._engines.reading() as connection:
            return PersonRecord(
                platform=platform,
                user_id=user_id,
                candidates=await _candidates_of(connection, platform, user_id),
                votes=await _votes_of(connection, platform, user_id),
                reactions=tuple(
                    (row.message_id, row.emoji)
                    for row in await connection.execute(emoji.order_by(reactions.c.created_at))
                ),
                phrases=await _phrases_of(connection, platform, user_id),
                templates=tuple(await connection.scalars(added.order_by(chat_templates.c.created_at))),
            )

    @uninterrupted
    async def erase(self, platform: str, user_id: str) -> int:
        """Remove the person's votes, emoji, phrases, the words they wrote, and their name from what they asked for.

        Captions that a model wrote stay, unnamed, with the votes of others; so do templates they gave a chat. Returns
        how many rows named the person.
        """
        asked = and_(candidates.c.platform == platform, candidates.c.asked_by == user_id)
        added = and_(chat_templates.c.platform == platform, chat_templates.c.added_by == user_id)
        written = candidates.c.model == BY_A_PERSON
        named = 0
        async with self._engines.writing() as connection:
            for table in (votes, reactions, survey_phrases):
                named += (await connection.execute(delete(table).where(_of(table, platform, user_id)))).rowcount
            shown = memes.c.candidate_id.in_(select(candidates.c.id).where(asked, written))
            await connection.execute(update(memes).where(shown).values(lines=[]))
            await connection.execute(update(candidates).where(asked, written).values(lines=[]))
            for change in (
                update(candidates).where(asked).values(asked_by=None, picture_ref=None),
                update(chat_templates).where(added).values(added_by=None),
            ):
                named += (await connection.execute(change)).rowcount
        return named


def _of(table: Table, platform: str, user_id: str) -> ColumnElement[bool]:
    return and_(table.c.platform == platform, table.c.user_id == user_id)


async def _candidates_of(connection: AsyncConnection, platform: str, user_id: str) -> tuple[StoredCandidate, ...]:
    asked = select(candidates).where(candidates.c.platform == platform, candidates.c.asked_by == user_id)
    return tuple(
        map(read_candidate, await connection.execute(asked.order_by(candidates.c.created_at, candidates.c.rank)))
    )


async def _votes_of(connection: AsyncConnection, platform: str, user_id: str) -> tuple[StoredVote, ...]:
    rows = await connection.execute(select(votes).where(_of(votes, platform, user_id)).order_by(votes.c.changed_at))
    return tuple(StoredVote(candidate_id=row.candidate_id, value=row.value, changed_at=row.changed_at) for row in rows)


async def _phrases_of(connection: AsyncConnection, platform: str, user_id: str) -> tuple[SurveyPhrase, ...]:
    rows = await connection.execute(
        select(survey_phrases).where(_of(survey_phrases, platform, user_id)).order_by(survey_phrases.c.created_at)
    )
    return tuple(map(read_phrase, rows))
