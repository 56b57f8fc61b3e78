"""Votes, by button or by emoji: one per person and candidate, the last one counts, and it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.asking import Ask, Services
from bot.core.emoji import plain_emoji
from bot.core.stores import StoredMeme
from bot.core.values import Listed, Place, Press, Reacted, Votes


async def toggle_vote(services: Services, ask: Ask, press: Press, candidate_id: str, value: int) -> Votes:
    """A button: the same vote again takes it back, the same event again changes nothing."""
    person = ask.person
    toggled = await services.store.votes.toggle(
        candidate_id, person.platform, person.id, value, event_id=press.event_id
    )
    return Votes(candidate_id, toggled.tally.up, toggled.tally.down, toggled.mine)


@dataclass(frozen=True, slots=True)
class Target:
    """The message of a meme in its place, and the candidate that it shows."""

    place: Place
    message_id: str
    candidate_id: str


async def count_reaction(services: Services, reacted: Reacted) -> Votes | None:
    """Emoji put on a message or taken off: None when the message is no meme of ours, or a program reacted.

    The person's turn is taken before anything is looked up, so that events count in the order in which they came.
    """
    place, person = reacted.place, reacted.person
    if person.bot:
        return None
    added, removed = [plain_emoji(each) for each in reacted.added], {plain_emoji(each) for each in reacted.removed}
    async with services.turns.of(f"{place}:{reacted.message_id}:{person.id}"):
        meme = await _find_meme(services, place, reacted.message_id)
        if meme is None:
            return None
        target = Target(place, reacted.message_id, meme.candidate_id)
        before = await services.store.reactions.of(place.platform, place.chat_id, target.message_id, person.id)
        kept = [emoji for emoji in before if emoji not in removed]
        await _settle(services, target, person.id, (before, [*kept, *added]))
    return await _tell(services, target, person.id)


async def reconcile(services: Services, listed: Listed) -> Votes | None:
    """Take over what a platform lists on a message: only the votes of people whose emoji have changed are moved."""
    place = listed.place
    meme = await _find_meme(services, place, listed.message_id)
    if meme is None:
        return None
    target = Target(place, listed.message_id, meme.candidate_id)
    known = await services.store.reactions.people(place.platform, place.chat_id, listed.message_id)
    for user_id in sorted(known | set(listed.emoji)):
        now = [plain_emoji(each) for each in listed.emoji.get(user_id, ())]
        async with services.turns.of(f"{place}:{target.message_id}:{user_id}"):
            before = await services.store.reactions.of(place.platform, place.chat_id, target.message_id, user_id)
            await _settle(services, target, user_id, (before, now))
    return await _tell(services, target, "")


async def _settle(
    services: Services, target: Target, user_id: str, change: tuple[Sequence[str], Sequence[str]]
) -> None:
    """Move a person's vote as their emoji changed, from before to now, then store the emoji.

    In this order every step may be done again after a crash: what was not stored is settled anew, to the same end.
    """
    before, now = change
    if set(before) == set(now):
        return
    place, votes = target.place, services.store.votes
    worth = (await services.settings.of(place)).emoji
    added = [worth[emoji] for emoji in now if emoji not in before and emoji in worth]
    removed = {worth[emoji] for emoji in before if emoji not in now and emoji in worth}
    left = [worth[emoji] for emoji in now if emoji in worth]
    if added:
        await votes.cast(target.candidate_id, place.platform, user_id, added[-1])
    elif removed and await votes.of(target.candidate_id, place.platform, user_id) in removed:
        if left:
            await votes.cast(target.candidate_id, place.platform, user_id, left[-1])
        else:
            await votes.withdraw(target.candidate_id, place.platform, user_id)
    await services.store.reactions.put(place.platform, place.chat_id, target.message_id, user_id, now)


async def _find_meme(services: Services, place: Place, message_id: str) -> StoredMeme | None:
    return await services.store.memes.find(place.platform, place.chat_id, message_id)


async def _tell(services: Services, target: Target, user_id: str) -> Votes:
    tally = await services.store.votes.tally(target.candidate_id)
    mine = await services.store.votes.of(target.candidate_id, target.place.platform, user_id) if user_id else None
    return Votes(target.candidate_id, tally.up, tally.down, mine)
