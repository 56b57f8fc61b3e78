"""How the core asks the pool: with a deadline, a fair share per person, and word to whoever waits.

Knows jobs and failures; knows nothing of memes, votes or platforms.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from bot.core.errors import PictureGone, PictureTooLarge, Refusal
from bot.core.limits import PersonLimit
from bot.core.ports import KnowsPlaces, PictureSource, Progress, Store
from bot.core.texts import say
from bot.core.values import Person, Picture, Working
from inference.contract import Answer, Failure, Job, Pool, PoolState, Request, Result

FIRST_WORD_S: Final = 0.35
NEXT_WORD_S: Final = 2.0
STATUS_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreOptions:
    """Limits of every chat. Probabilities are thresholds on the calibrated flag score."""

    candidates: int = 4
    job_timeout_s: float = 30.0
    max_picture_mb: int = 20
    unsure_from: float = 0.4
    offensive_from: float = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What every feature of the core works with."""

    pool: Pool
    store: Store
    sources: PictureSource
    limit: PersonLimit
    options: CoreOptions

    async def ask(self, request: Request, person: Person, progress: Progress) -> Result:
        """The result, or a `Refusal` that says why there is none."""
        job = Job(request, fairness_key=person.key, timeout_s=self.options.job_timeout_s)
        answer = await self._watch(job, person, progress)
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

    def admit(self, person: Person) -> None:
        """Count one request of a person; a `Refusal` when it was one too many."""
        seconds = self.limit.take(person.key)
        if seconds:
            raise Refusal("limit.wait", seconds=seconds)

    async def _watch(self, job: Job, person: Person, progress: Progress) -> Answer:
        pending = asyncio.ensure_future(self.pool.submit(job))
        patience_s = FIRST_WORD_S
        try:
            while not (await asyncio.wait({pending}, timeout=patience_s))[0]:
                await progress.working(await self._word(job, person))
                patience_s = NEXT_WORD_S
            return pending.result()
        finally:
            pending.cancel()

    async def _word(self, job: Job, person: Person) -> Working:
        try:
            async with asyncio.timeout(STATUS_S):
                status = await self.pool.status()
        except TimeoutError:
            return Working(say(person.language, "working.now"))
        if status.state is PoolState.LOADING:
            return Working(say(person.language, "working.warming"))
        if isinstance(self.pool, KnowsPlaces):
            before = self.pool.place_of(job.id)
            if before is not None:
                return Working(say(person.language, "working.place", place=before + 1), before + 1, status.queued)
        elif status.queued:
            return Working(say(person.language, "working.queued", waiting=status.queued), waiting=status.queued)
        return Working(say(person.language, "working.now"))
