"""How the core asks the pool: with a deadline, a fair share per person, word to whoever waits, and a way to stop.

Knows jobs, failures, rights and limits; knows nothing of memes, votes or platforms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.core.chat_settings import ChatSettings, Who
from bot.core.commands import Feature
from bot.core.errors import PictureGone, PictureTooLarge, Refusal
from bot.core.limits import Limit
from bot.core.panels import Control
from bot.core.ports import KnowsPlaces, PictureFinder, PictureSource, Progress, TemplateSearch
from bot.core.settings_shelf import SettingsShelf
from bot.core.stores import Store
from bot.core.texts import say
from bot.core.tickets import Tickets
from bot.core.turns import Turns
from bot.core.values import Person, Picture, Place, TemplateChoice, Working
from inference.contract import Answer, Failure, Job, Pool, PoolState, PoolStatus, Request, Result

FIRST_WORD_S: Final = 0.35
NEXT_WORD_S: Final = 2.0
PER_PLACE_S: Final = 0.1  # who is far back in a long line hears more seldom
STATUS_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreOptions:
    """Limits of every chat. Probabilities are thresholds on the calibrated flag score.

    `room_url` is where people reach the room's page; empty where only this machine does.
    """

    candidates: int = 4
    job_timeout_s: float = 30.0
    max_picture_mb: int = 20
    unsure_from: float = 0.4
    offensive_from: float = 0.7
    room_url: str = ""
    privacy_url: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks where, what the chat has set, whom to tell while it takes. The person's language is the one to use."""

    person: Person
    place: Place
    chat: ChatSettings
    progress: Progress

    @property
    def language(self) -> str:
        return self.person.language

    def allows(self, feature: Feature) -> bool:
        """Whether the chat lets this person use a feature."""
        match self.chat.who[feature]:
            case Who.EVERYONE:
                return True
            case Who.MODERATORS:
                return self.person.moderator or self.person.admin
            case Who.ADMINS:
                return self.person.admin
            case Who.NOBODY:
                return False

    def require(self, feature: Feature) -> None:
        """Raises a `Refusal` that says who may."""
        if not self.allows(feature):
            raise Refusal(f"rights.{self.chat.who[feature].value}")

    def require_admin(self) -> None:
        if not self.person.admin:
            raise Refusal("rights.admins")


@dataclass(slots=True)
class Waiting:
    """A job that somebody waits for, and may stop waiting for."""

    person: Person
    place: Place
    answer: asyncio.Future[Answer]
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What every feature of the core works with."""

    pool: Pool
    store: Store
    settings: SettingsShelf
    sources: PictureSource
    limit: Limit
    chat_limit: Limit
    options: CoreOptions
    templates: Mapping[str, TemplateChoice]
    search: TemplateSearch
    tickets: Tickets | None = None
    turns: Turns = field(default_factory=Turns)
    finders: dict[str, PictureFinder] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)

    async def enter(self, person: Person, place: Place, progress: Progress) -> Ask:
        """Somebody does something somewhere: read what the chat has set, and choose the language to answer in."""
        chat = await self.settings.of(place)
        return Ask(replace(person, language=chat.language or person.language), place, chat, progress)

    async def ask(self, request: Request, ask: Ask) -> Result:
        """The result, or a `Refusal` that says why there is none."""
        job = Job(request, fairness_key=ask.person.key, timeout_s=self.options.job_timeout_s)
        answer = await self._watch(job, ask)
        if isinstance(answer, Failure):
            raise Refusal.of(answer)
        return answer

    async def read(self, picture: Picture) -> bytes:
        """The bytes of a picture, or a `Refusal`."""
        try:
            return await picture.load()
        except PictureGone as error:
            raise Refusal("picture.gone") from error
        except PictureTooLarge as error:
            raise Refusal("picture.too_large", mb=self.options.max_picture_mb) from error

    def admit(self, ask: Ask) -> None:
        """Count one request of a person and of their chat; a `Refusal` when it was one too many."""
        seconds = self.limit.take(ask.person.key)
        if seconds:
            raise Refusal("limit.wait", seconds=seconds)
        seconds = self.chat_limit.take(f"{ask.place.platform}:{ask.place.chat_id}")
        if seconds:
            raise Refusal("limit.chat_wait", seconds=seconds)

    def stop(self, job_id: str, ask: Ask) -> None:
        """End the wait for one's own job, or, as moderator, for any of this chat; else a `Refusal`."""
        waiting = self.waiting.get(job_id)
        if waiting is None:
            raise Refusal("working.over")
        here = (waiting.place.platform, waiting.place.chat_id) == (ask.place.platform, ask.place.chat_id)
        if waiting.person.key != ask.person.key and not (ask.person.moderator and here):
            raise Refusal("working.not_yours")
        waiting.stopped = True
        waiting.answer.cancel()

    async def _watch(self, job: Job, ask: Ask) -> Answer:
        pending = asyncio.ensure_future(self.pool.submit(job))
        waiting = self.waiting[job.id] = Waiting(ask.person, ask.place, pending)
        patience_s = FIRST_WORD_S
        try:
            while not (await asyncio.wait({pending}, timeout=patience_s))[0]:
                word = await self._word(job, ask.language)
                await ask.progress.working(word)
                patience_s = NEXT_WORD_S + PER_PLACE_S * (word.place or word.waiting or 0)
            if waiting.stopped:
                raise Refusal("failure.cancelled")
            return pending.result()
        finally:
            del self.waiting[job.id]
            pending.cancel()

    async def _word(self, job: Job, language: str) -> Working:
        cancel = Control(f"stop:{job.id}", say(language, "working.cancel"), emoji="✖")
        try:
            async with asyncio.timeout(STATUS_S):
                status = await self.pool.status()
        except TimeoutError:
            return Working(say(language, "working.now"), cancel=cancel)
        text, place = self._describe_wait(job, status, language)
        return Working(text, place, status.queued if place or status.queued else None, cancel)

    def _describe_wait(self, job: Job, status: PoolStatus, language: str) -> tuple[str, int | None]:
        if status.state is PoolState.LOADING:
            return say(language, "working.warming"), None
        if isinstance(self.pool, KnowsPlaces):
            before = self.pool.place_of(job.id)
            if before is not None:
                return say(language, "working.place", place=before + 1), before + 1
        elif status.queued:
            return say(language, "working.queued", waiting=status.queued), None
        return say(language, "working.now"), None
