"""The one thing a front end talks to: hand in what happened, get back what to show.

No method raises for what a person did or a model failed to do: that becomes a `Notice` in the person's language. What a
store raises passes through to the edge of the front end, which logs it and still answers.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from bot.core.actions import Action, decode_press
from bot.core.asking import CoreOptions, Services
from bot.core.errors import Refusal
from bot.core.limits import PersonLimit, Rate
from bot.core.looking import check_meme, tell_genre
from bot.core.making import MAX_LINE_CHARS, Ask, draw, edit_meme, is_asker, make_meme, next_meme
from bot.core.ports import PictureSource, Progress, Source, Store, StoredCandidate
from bot.core.privacy import Listing, lay_out
from bot.core.sources import RecentSources
from bot.core.texts import say
from bot.core.values import (
    Checked,
    Edited,
    EditForm,
    Genres,
    Incoming,
    Meme,
    Notice,
    Person,
    Place,
    Press,
    Pressed,
    Reacted,
    Removed,
    TemplateChoice,
    Votes,
)
from bot.core.voting import count_reaction, toggle_vote
from inference.contract import Candidate, Layout, Pool, PoolStatus, RenderOutput

Shown = TypeVar("Shown")


class Core:
    """Everything the bot does, over one pool and one store."""

    def __init__(  # noqa: PLR0913 - the parts a composition root may swap
        self,
        pool: Pool,
        store: Store,
        *,
        options: CoreOptions | None = None,
        rate: Rate | None = None,
        sources: PictureSource | None = None,
        templates: tuple[TemplateChoice, ...] = (),
    ) -> None:
        self.templates = templates
        self._services = Services(
            pool=pool,
            store=store,
            sources=sources or RecentSources(),
            limit=PersonLimit(rate or Rate()),
            options=options or CoreOptions(),
        )

    async def make(self, incoming: Incoming, progress: Progress) -> Meme | Notice:
        return await _or_notice(incoming.person, make_meme(self._services, incoming, progress))

    async def genre(self, incoming: Incoming, progress: Progress) -> Genres | Notice:
        return await _or_notice(incoming.person, tell_genre(self._services, incoming, progress))

    async def check(self, incoming: Incoming, progress: Progress) -> Checked | Notice:
        return await _or_notice(incoming.person, check_meme(self._services, incoming, progress))

    async def press(self, press: Press, progress: Progress) -> Pressed:
        """Answer a button, however old."""
        return await _or_notice(press.person, self._press(press, progress))

    async def edit(self, edited: Edited, progress: Progress) -> Meme | Notice:
        return await _or_notice(edited.person, self._edit(edited, progress))

    async def react(self, reacted: Reacted) -> Votes | None:
        """None when the message is no meme of ours."""
        return await count_reaction(self._services, reacted)

    async def posted(self, meme: Meme, place: Place, message_id: str) -> None:
        """To be called once a meme stands in the chat, so that reactions on the message find its candidate."""
        await self._services.store.memes.add(meme.candidate_id, place.platform, place.chat_id, message_id, meme.lines)

    async def taken_down(self, place: Place, message_id: str) -> None:
        """To be called once a meme's message is gone from the chat; its votes stay."""
        await self._services.store.memes.forget(place.platform, place.chat_id, message_id)

    async def votes_on(self, candidate_id: str) -> Votes:
        """The present tally of a candidate."""
        tally = await self._services.store.votes.tally(candidate_id)
        return Votes(candidate_id, tally.up, tally.down)

    async def copy_of(self, incoming: Incoming, progress: Progress) -> RenderOutput | None:
        """The picture as the renderer writes it, free of metadata and safe to show; None when it cannot be read."""
        if incoming.picture is None:
            return None
        blank = Candidate(lines=(), template=None, layout=Layout.TOP_BOTTOM, tone="neutral", score=0.0)
        ask = Ask(incoming.person, incoming.place, progress)
        try:
            return await draw(self._services, ask, Source(picture=incoming.picture), blank)
        except Refusal:
            return None

    async def status(self) -> PoolStatus:
        return await self._services.pool.status()

    async def stored_about(self, person: Person) -> Listing:
        """Everything that is kept of a person, ready for JSON."""
        return lay_out(await self._services.store.people.export(person.platform, person.id))

    async def erase(self, person: Person) -> Notice:
        await self._services.store.people.erase(person.platform, person.id)
        return Notice(say(person.language, "privacy.erased"), refusal=False)

    async def _press(self, press: Press, progress: Progress) -> Pressed:
        decoded = decode_press(press.custom_id)
        if decoded is None:
            raise Refusal("meme.unknown_button")
        action, candidate_id = decoded
        stored = await self._find(candidate_id)
        match action:
            case Action.UP | Action.DOWN:
                value = 1 if action is Action.UP else -1
                return await toggle_vote(self._services, press.person, candidate_id, value)
            case Action.NEXT:
                return await next_meme(self._services, press, stored, progress)
            case Action.EDIT:
                return EditForm(candidate_id, stored.candidate.lines, MAX_LINE_CHARS)
            case Action.DELETE:
                if not (is_asker(stored, press.person) or press.person.moderator):
                    raise Refusal("meme.delete_not_yours")
                return Removed(candidate_id)

    async def _edit(self, edited: Edited, progress: Progress) -> Meme:
        return await edit_meme(self._services, edited, await self._find(edited.candidate_id), progress)

    async def _find(self, candidate_id: str) -> StoredCandidate:
        stored = await self._services.store.candidates.get(candidate_id)
        if stored is None:
            raise Refusal("meme.gone")
        return stored


async def _or_notice(person: Person, work: Awaitable[Shown]) -> Shown | Notice:
    try:
        return await work
    except Refusal as refusal:
        return Notice(say(person.language, refusal.key, **refusal.values))
