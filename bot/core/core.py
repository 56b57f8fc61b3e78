"""The one thing a front end talks to: hand in what happened, get back what to show.

No method raises for what a person did or a model failed to do: that becomes a `Notice` in the person's language. What a
store raises passes through to the edge of the front end, which logs it and still answers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.core.asking import Ask, CoreOptions, Services
from bot.core.chat_stores import Inbox, Marks
from bot.core.commands import Command
from bot.core.drawing import copy_picture
from bot.core.errors import Refusal
from bot.core.finding import in_words, suggest
from bot.core.limits import Limit, Rate
from bot.core.looking import check_meme, tell_genre
from bot.core.making import make_meme
from bot.core.panels import MAX_CHOICES
from bot.core.ports import PictureFinder, PictureSource, Progress, TemplateSearch
from bot.core.pressing import answer_form, answer_press
from bot.core.screens import OPEN
from bot.core.screens.privacy import Listing, erase, lay_out
from bot.core.screens.welcome import allowed_commands, is_allowed
from bot.core.settings_shelf import SettingsShelf
from bot.core.sources import RecentSources
from bot.core.stores import Store, StoredMeme
from bot.core.template_desk import TemplateDesk
from bot.core.texts import say
from bot.core.tickets import Tickets
from bot.core.values import (
    Asked,
    Checked,
    Filled,
    Genres,
    Incoming,
    Listed,
    Meme,
    Notice,
    Opened,
    Person,
    Place,
    Press,
    Pressed,
    Reacted,
    TemplateChoice,
    Votes,
    Working,
)
from bot.core.voting import count_reaction, reconcile
from inference.contract import Pool, PoolStatus, RenderOutput

Shown = TypeVar("Shown")

RECONCILED_MEMES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreParts:
    """The parts a composition root may swap; each has a default that works alone.

    `search` finds templates by what was typed; without it, all that contain it. Without `tickets` no page is linked.
    """

    options: CoreOptions = field(default_factory=CoreOptions)
    rate: Rate = field(default_factory=Rate)
    chat_rate: Rate = field(default_factory=lambda: Rate(burst=30, per_minute=120))
    sources: PictureSource = field(default_factory=RecentSources)
    templates: tuple[TemplateChoice, ...] = ()
    search: TemplateSearch | None = None
    tickets: Tickets | None = None


class Core:
    """Everything the bot does, over one pool and one store."""

    def __init__(self, pool: Pool, store: Store, parts: CoreParts | None = None) -> None:
        parts = parts or CoreParts()
        self.templates = parts.templates
        self._services = Services(
            pool=pool,
            store=store,
            settings=SettingsShelf(store.chats),
            sources=parts.sources,
            limit=Limit(parts.rate),
            chat_limit=Limit(parts.chat_rate),
            options=parts.options,
            templates={choice.name: choice for choice in parts.templates},
            search=parts.search or _contains(parts.templates),
            tickets=parts.tickets,
        )
        self.desk = TemplateDesk(self._services)

    @property
    def inbox(self) -> Inbox:
        """Events that deserve an answer; see `docs/architecture/10-chats.md`."""
        return self._services.store.inbox

    @property
    def marks(self) -> Marks:
        return self._services.store.marks

    def attach(self, platform: str, finder: PictureFinder) -> None:
        """Let pictures of a platform be found again by their references."""
        self._services.finders[platform] = finder

    # --- what people ask for --------------------------------------------------------------------------------------

    async def make(self, incoming: Incoming, progress: Progress) -> Meme | Notice:
        ask = await self._enter(incoming.person, incoming.place, progress)
        return await _or_notice(ask, make_meme(self._services, ask, incoming))

    async def genre(self, incoming: Incoming, progress: Progress) -> Genres | Notice:
        ask = await self._enter(incoming.person, incoming.place, progress)
        return await _or_notice(ask, tell_genre(self._services, ask, incoming))

    async def check(self, incoming: Incoming, progress: Progress) -> Checked | Notice:
        ask = await self._enter(incoming.person, incoming.place, progress)
        return await _or_notice(ask, check_meme(self._services, ask, incoming))

    async def command(self, asked: Asked, progress: Progress) -> Opened:
        """Open the screen of a command that is neither a meme, a genre nor a check."""
        ask = await self._enter(asked.person, asked.place, progress)
        opener = OPEN.get(asked.command)
        if opener is None:
            return Notice(say(ask.language, "command.unknown"))
        return await _or_notice(ask, opener(self._services, ask, asked))

    async def press(self, press: Press, progress: Progress) -> Pressed:
        """Answer a button, however old."""
        ask = await self._enter(press.person, press.place, progress)
        return await _or_notice(ask, answer_press(self._services, ask, press))

    async def fill(self, filled: Filled, progress: Progress) -> Pressed:
        """Answer a form that came back."""
        ask = await self._enter(filled.person, filled.place, progress)
        return await _or_notice(ask, answer_form(self._services, ask, filled))

    async def suggest(self, person: Person, place: Place, typed: str) -> tuple[TemplateChoice, ...]:
        """Templates that match what was typed so far, best first, as many as a menu holds."""
        ask = await self._enter(person, place, _Silent())
        return (await suggest(self._services, ask, typed))[:MAX_CHOICES]

    def templates_in(self, language: str) -> tuple[TemplateChoice, ...]:
        """All templates but the chats' own, in a language's words."""
        return tuple(in_words(choice, language) for choice in self.templates)

    # --- votes ----------------------------------------------------------------------------------------------------

    async def react(self, reacted: Reacted) -> Votes | None:
        """None when the message is no meme of ours."""
        return await count_reaction(self._services, reacted)

    async def reconcile(self, listed: Listed) -> Votes | None:
        """Take over what a platform lists on a message; None when it is no meme of ours."""
        return await reconcile(self._services, listed)

    async def memes_to_reconcile(self, platform: str) -> Sequence[StoredMeme]:
        """The memes that may have been reacted to while the bot was away, the last ones first."""
        return await self._services.store.memes.recent(platform, RECONCILED_MEMES)

    async def votes_on(self, candidate_id: str) -> Votes:
        """The present tally of a candidate."""
        tally = await self._services.store.votes.tally(candidate_id)
        return Votes(candidate_id, tally.up, tally.down)

    # --- messages -------------------------------------------------------------------------------------------------

    async def posted(self, meme: Meme, place: Place, message_id: str, source_message_id: str | None = None) -> None:
        """To be called once a meme stands in the chat, so that reactions on the message find its candidate.

        `source_message_id` is the message that asked for it, where there was one.
        """
        await self._services.store.memes.add(
            meme.candidate_id,
            place.platform,
            place.chat_id,
            message_id,
            meme.lines,
            channel_id=place.channel_id,
            source_message_id=source_message_id,
        )

    async def taken_down(self, place: Place, message_id: str) -> None:
        """To be called once a meme's message is gone from the chat; its votes stay."""
        await self._services.store.memes.forget(place.platform, place.chat_id, message_id)

    async def meme_of(self, place: Place, source_message_id: str) -> StoredMeme | None:
        """The meme that a message asked for."""
        return await self._services.store.memes.of_source(place.platform, place.chat_id, source_message_id)

    async def copy_of(self, incoming: Incoming, progress: Progress) -> RenderOutput | None:
        """The picture as the renderer writes it, free of metadata and safe to show; None when it cannot be read."""
        if incoming.picture is None:
            return None
        ask = await self._enter(incoming.person, incoming.place, progress)
        try:
            return await copy_picture(self._services, ask, incoming.picture)
        except Refusal:
            return None

    # --- people and chats -----------------------------------------------------------------------------------------

    async def language(self, person: Person, place: Place) -> str:
        """What to speak with this person here."""
        return (await self._enter(person, place, _Silent())).language

    async def menu(self, person: Person, place: Place) -> tuple[Command, ...]:
        """The commands that this person may use here."""
        return allowed_commands(await self._enter(person, place, _Silent()))

    async def allows(self, person: Person, place: Place, command: Command) -> bool:
        return is_allowed(await self._enter(person, place, _Silent()), command)

    async def chat_moved(self, place: Place, new_id: str) -> None:
        """To be called when a platform gave a chat another id."""
        await self._services.settings.move(place, new_id)

    async def status(self) -> PoolStatus:
        return await self._services.pool.status()

    async def stored_about(self, person: Person) -> Listing:
        """Everything that is kept of a person, ready for JSON."""
        return lay_out(await self._services.store.people.export(person.platform, person.id))

    async def erase(self, person: Person, place: Place) -> Notice:
        return await erase(self._services, await self._enter(person, place, _Silent()))

    async def tidy(self) -> None:
        """Forget events that were answered days ago; to be called now and then."""
        await self._services.store.inbox.sweep()

    # --- inside ---------------------------------------------------------------------------------------------------

    async def _enter(self, person: Person, place: Place, progress: Progress) -> Ask:
        return await self._services.enter(person, place, progress)


class _Silent:
    """For what takes no time: nobody is told that it takes long."""

    async def working(self, notice: Working) -> None:
        pass


def _contains(templates: tuple[TemplateChoice, ...]) -> Callable[[str], list[str]]:
    return lambda typed: [choice.name for choice in templates if typed.strip().casefold() in choice.title.casefold()]


async def _or_notice(ask: Ask, work: Awaitable[Shown]) -> Shown | Notice:
    try:
        return await work
    except Refusal as refusal:
        return Notice(say(ask.language, refusal.key, **refusal.values))
