"""Where requests are worked on: written down, acknowledged, handed to the core, answered, struck out.

A request that takes a moment is written into the core's inbox before it is acknowledged, so that after a crash it is
taken up again and its placeholder becomes an answer. What is answered at once needs no note: either the answer arrived,
or Discord tells the person that the bot did not respond.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final

import discord
import structlog

from bot.core.core import Core
from bot.core.panels import Form, Panel
from bot.core.texts import say
from bot.core.values import Asked, Checked, Filled, Genres, Incoming, Meme, Notice, Person, Press, Removed, Votes
from bot.discord_app._answers import Answer, InteractionAnswer, Known, Stage, Words
from bot.discord_app._files import Files
from bot.discord_app._inbox import Entry
from bot.discord_app._requests import SLOW, Call, Request, read_note
from bot.discord_app.replies import Body, checked_body, genres_body, meme_body, notice_embed, panel_body, together

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 0.6
RUSH_S: Final = 1.0

Outcome = Meme | Genres | Checked | Votes | Panel | Form | Removed | Notice


class Rush:
    """Acknowledgements go first: Discord waits three seconds for them, and people a while for what follows."""

    def __init__(self) -> None:
        self._count = 0
        self._calm = asyncio.Event()
        self._door = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def first(self) -> AsyncIterator[None]:
        self._count += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._count -= 1
            if self._count == 0:
                self._calm.set()

    async def is_over(self) -> None:
        """Wait until nobody waits for an acknowledgement, but not for long; then one by one, heartbeats in between."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RUSH_S):
                await self._calm.wait()
        async with self._door:
            await asyncio.sleep(0)


class Desk:
    """`client` sends; everything that is decided, the core decides."""

    def __init__(self, core: Core, files: Files, client: discord.Client) -> None:
        self._core = core
        self._files = files
        self._client = client
        self._posting: set[asyncio.Future[None]] = set()
        self._words = Words()
        self._rush = Rush()
        self._pressed: set[tuple[str, str | None, str, str]] = set()

    async def serve(self, interaction: discord.Interaction[Any], request: Request) -> None:
        """Answer a command, a press or a form."""
        entry = Entry(self._core.inbox, str(interaction.id), {"token": interaction.token, **request.write_note()})

        async def write_down(stage: Stage) -> bool:
            return await entry.open(stage=stage.value)

        answer = InteractionAnswer(
            self._webhook(interaction.token),
            interaction,
            private=request.private,
            words=self._words,
            before_defer=write_down,
        )
        async with self.guarded(request.person, answer, entry), self._once(request) as is_first:
            if not is_first:
                await interaction.response.defer()
                return
            if request.call in SLOW:
                async with self._rush.first():
                    await answer.defer()
                await self._rush.is_over()
            await self.work(request, answer, patience_s=PATIENCE_S)

    async def resume(self, entry: Entry) -> None:
        """Answer an interaction that an earlier process acknowledged and did not answer."""
        request, token = read_note(entry.note, self._files), entry.note.get("token")
        if request is None or not isinstance(token, str):
            await entry.close()
            return
        answer = InteractionAnswer(self._webhook(token), None, private=request.private, words=self._words)
        answer.stage = Stage(entry.note.get("stage", Stage.WAITING))
        async with self.guarded(request.person, answer, entry):
            await self.work(request, answer)

    async def settle(self) -> bool:
        """Wait until the core knows of every meme that is being posted right now; False when there is none."""
        posting = list(self._posting)
        if posting:
            await asyncio.wait(posting)
        return bool(posting)

    async def work(self, request: Request, answer: Answer, *, patience_s: float | None = None) -> None:
        """Ask the core and show what it says; after `patience_s` without an answer the event is acknowledged first."""
        asking = asyncio.ensure_future(self._ask(request, answer))
        try:
            if patience_s is not None and not (await asyncio.wait({asking}, timeout=patience_s))[0]:
                await answer.defer()
            outcomes = await asking
        finally:
            asking.cancel()
        await self._deliver(request, outcomes, answer)

    @contextlib.asynccontextmanager
    async def guarded(self, person: Person, answer: Answer, entry: Entry) -> AsyncIterator[None]:
        """Whatever goes wrong inside is logged and told; the entry stays open only when this process is ending.

        Discord's refusals come first: an expired or answered interaction, a message that is gone, missing rights. There
        is nobody to tell then. Then everything else, which is a mistake of ours, and said so.
        """
        try:
            yield
        except Known:
            return
        except discord.HTTPException as error:
            log.warning("discord.not_answered", event_id=entry.event_id, status=error.status, code=error.code)
        except Exception as error:  # noqa: BLE001 - the edge of a handler: log what, never the text
            log.error("discord.failed", event_id=entry.event_id, error=type(error).__name__)  # noqa: TRY400
            with contextlib.suppress(discord.HTTPException, Known):
                await answer.tell(Notice(say(person.language, "room.failed")))
        await entry.close()

    @contextlib.asynccontextmanager
    async def _once(self, request: Request) -> AsyncIterator[bool]:
        """False for the same press by the same person while the first one is being worked on."""
        if not isinstance(request.value, Press):
            yield True
            return
        press = (request.person.id, request.button_id, request.value.custom_id, request.value.value)
        if press in self._pressed:
            yield False
            return
        self._pressed.add(press)
        try:
            yield True
        finally:
            self._pressed.discard(press)

    async def _ask(self, request: Request, answer: Answer) -> list[Outcome]:
        """One outcome per picture that is looked at, one for everything else."""
        core, value = self._core, request.value
        match value:
            case Incoming() if request.call is Call.MAKE:
                return [await core.make(value, answer)]
            case Incoming():
                look = core.genre if request.call is Call.GENRE else core.check
                several = [value, *(replace(value, picture=picture) for picture in request.more)]
                return [await look(each, answer) for each in several]
            case Asked():
                return [await core.command(value, answer)]
            case Press():
                return [await core.press(value, answer)]
            case Filled():
                return [await core.fill(value, answer)]

    async def _deliver(self, request: Request, outcomes: list[Outcome], answer: Answer) -> None:
        if len(outcomes) > 1:
            await answer.show(together([_look_body(each) for each in outcomes]))
            return
        outcome = outcomes[0]
        match outcome:
            case Meme():
                await self._post(request, outcome, answer)
            case Genres() | Checked():
                await answer.show(_look_body(outcome))
            case Panel():
                body = panel_body(outcome, request.place)
                await answer.show(body, replaces=request.button_id is not None, private=outcome.private)
            case Form():
                custom_id = request.value.custom_id if isinstance(request.value, Press) else outcome.form_id
                await answer.ask(outcome, custom_id)
            case Votes():
                await answer.count(outcome)
            case Removed():
                await answer.remove()
                await self._core.taken_down(request.place, request.button_id or "")
            case Notice():
                await answer.tell(outcome)

    async def _post(self, request: Request, meme: Meme, answer: Answer) -> None:
        """Show a meme, and let the core know where it stands."""
        posting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._posting.add(posting)
        try:
            message_id = await answer.show(meme_body(meme), replaces=meme.replaces)
            if message_id is not None:
                await self._core.posted(meme, request.place, message_id, request.source_id)
        finally:
            self._posting.discard(posting)
            posting.set_result(None)

    def _webhook(self, token: str) -> discord.Webhook:
        """What an interaction's token opens; after a restart, too."""
        assert self._client.application_id is not None, "log in first"  # noqa: S101 - a promise to the reader
        webhook = discord.Webhook.partial(self._client.application_id, token, client=self._client)
        webhook.type = discord.WebhookType.application
        return webhook


def _look_body(outcome: Outcome) -> Body:
    match outcome:
        case Genres():
            return genres_body(outcome)
        case Checked():
            return checked_body(outcome)
        case Notice():
            return notice_embed(outcome)
        case _:
            raise TypeError(type(outcome).__name__)
