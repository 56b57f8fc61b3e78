"""Votes, by button or by reaction: one per person and candidate, the last one counts, and it can be taken back."""

from __future__ import annotations

from bot.core.asking import Services
from bot.core.values import Person, Reacted, Votes


async def toggle_vote(services: Services, person: Person, candidate_id: str, value: int) -> Votes:
    """A button: the same vote again takes it back."""
    votes = services.store.votes
    if await votes.of(candidate_id, person.platform, person.id) == value:
        tally = await votes.withdraw(candidate_id, person.platform, person.id)
        return Votes(candidate_id, tally.up, tally.down, None)
    tally = await votes.cast(candidate_id, person.platform, person.id, value)
    return Votes(candidate_id, tally.up, tally.down, value)


async def count_reaction(services: Services, reacted: Reacted) -> Votes | None:
    """An emoji on a message: None when the message is no meme of ours.

    Taking off an emoji that a later one has overruled changes nothing.
    """
    person, place = reacted.person, reacted.place
    meme = await services.store.memes.find(place.platform, place.chat_id, reacted.message_id)
    if meme is None:
        return None
    votes, candidate_id = services.store.votes, meme.candidate_id
    mine = await votes.of(candidate_id, person.platform, person.id)
    if not reacted.removed:
        tally = await votes.cast(candidate_id, person.platform, person.id, reacted.value)
        return Votes(candidate_id, tally.up, tally.down, reacted.value)
    if mine == reacted.value:
        tally = await votes.withdraw(candidate_id, person.platform, person.id)
        return Votes(candidate_id, tally.up, tally.down, None)
    tally = await votes.tally(candidate_id)
    return Votes(candidate_id, tally.up, tally.down, mine)
