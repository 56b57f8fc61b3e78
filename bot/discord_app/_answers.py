"""How an answer reaches people: through an interaction and its token, or as a reply in a channel.

An interaction must be responded to within three seconds, and only the first response can be a modal; afterwards its
token edits and follows up for fifteen minutes, from any process. So an answer knows at which of these stages it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import discord
import structlog

from bot.core.panels import Form
from bot.core.values import Notice, Votes, Working
from bot.discord_app.replies import Body, modal_of, notice_body, opener_body, recount, working_body

log = structlog.get_logger(__name__)

ORIGINAL: Any = "@original"
UNKNOWN_MESSAGE = 10008
SPEAKERS = 4
SPEAKING_S = 0.5
THINKING_S = 1.0  # for so long it is enough that Discord itself says that the bot is thinking


class Answer(Protocol):
    """What every way of answering can do; `show` returns the message's id, `replaces` takes the pressed one's place.

    `working` never raises: word of progress is worth no failure.
    """

    async def working(self, notice: Working) -> None: ...
    async def show(self, body: Body, *, replaces: bool = False, private: bool = False) -> str | None: ...
    async def tell(self, notice: Notice) -> None: ...
    async def ask(self, form: Form, custom_id: str) -> None: ...
    async def count(self, votes: Votes) -> None: ...
    async def remove(self) -> None: ...
    async def defer(self) -> None: ...


class Stage(enum.StrEnum):
    """NEW: nothing said yet. WAITING: a placeholder stands. QUIET: a press was taken note of. DONE: answered."""

    NEW = "new"
    WAITING = "waiting"
    QUIET = "quiet"
    DONE = "done"


class Words:
    """Words of progress, a few at a time: when hundreds wait in line, telling them must not delay anybody's answer."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(SPEAKERS)

    @contextlib.asynccontextmanager
    async def say(self) -> AsyncIterator[None]:
        """Raises TimeoutError where it is no use to wait any longer."""
        async with asyncio.timeout(SPEAKING_S):
            await self._slots.acquire()
        try:
            yield
        finally:
            self._slots.release()


class InteractionAnswer:
    """`first` is None after a restart, when `stage` is to be set as it was.

    `before_defer` is awaited before anything is deferred; False calls it off.

    An interaction with a message behind it, whose button was pressed, is deferred quietly: an answer may replace it.
    """

    def __init__(
        self,
        webhook: discord.Webhook,
        first: discord.Interaction[Any] | None,
        *,
        private: bool,
        words: Words,
        before_defer: Callable[[Stage], Awaitable[bool]] | None = None,
    ) -> None:
        self.stage = Stage.NEW
        self._webhook = webhook
        self._first = first
        self._private = private
        self._words = words
        self._before_defer = before_defer
        self._deferring: asyncio.Future[None] | None = None
        self._progress_id: int | None = None
        self._last_word = ""
        self._speaks_from = time.monotonic() + THINKING_S

    async def defer(self) -> None:
        """Acknowledge without an answer, once; raises discord's errors where it is too late, and `Known`."""
        if self._deferring is None:
            self._deferring = asyncio.ensure_future(self._defer())
        await self._deferring

    async def _defer(self) -> None:
        if self.stage is not Stage.NEW or self._first is None:
            return
        stage = Stage.QUIET if self._first.message is not None else Stage.WAITING
        if self._before_defer is not None and not await self._before_defer(stage):
            raise Known
        await self._first.response.defer(ephemeral=self._private, thinking=stage is Stage.WAITING)
        self.stage = stage

    async def working(self, notice: Working) -> None:
        try:
            await self.defer()
            if notice.text != self._last_word and time.monotonic() >= self._speaks_from:
                async with self._words.say():
                    await self._say(working_body(notice))
                    self._last_word = notice.text
        except TimeoutError:
            pass  # too many wait to be told something; next time
        except (discord.HTTPException, Known) as error:
            log.info("discord.no_progress", error=type(error).__name__)

    async def _say(self, body: Body) -> None:
        if self.stage is Stage.WAITING:
            await self._edit(ORIGINAL, body)
        elif self._progress_id is None:
            self._progress_id = int(await self._follow_up(body, private=True) or 0)
        else:
            await self._edit(self._progress_id, body)

    async def show(self, body: Body, *, replaces: bool = False, private: bool = False) -> str | None:
        stage, self.stage = self.stage, Stage.DONE
        if stage is Stage.NEW and self._first is not None:
            return await self._respond(self._first, body, replaces=replaces, private=private)
        await self._end_progress()
        if stage is Stage.WAITING or (stage is Stage.QUIET and replaces):
            return await self._edit(ORIGINAL, body)
        return await self._follow_up(body, private=private)

    async def tell(self, notice: Notice) -> None:
        """To the asker alone, whatever the placeholder promised."""
        if self.stage is Stage.WAITING and not self._private:
            self.stage = Stage.QUIET
            await self._delete(ORIGINAL)
        await self.show(notice_body(notice), private=True)

    async def ask(self, form: Form, custom_id: str) -> None:
        if self.stage is Stage.NEW and self._first is not None:
            self.stage = Stage.DONE
            await self._first.response.send_modal(modal_of(form))
        else:
            await self.show(opener_body(form, custom_id), private=True)

    async def count(self, votes: Votes) -> None:
        """New numbers on the buttons that were pressed; after a restart those wait for the next press."""
        if self._first is None or self._first.message is None:
            return
        stage, self.stage = self.stage, Stage.DONE
        view = recount(self._first.message, votes)
        if stage is not Stage.NEW:
            await self._webhook.edit_message(ORIGINAL, view=view) if view else None
        elif view is not None:
            await self._first.response.edit_message(view=view)
        else:
            await self._first.response.defer()

    async def remove(self) -> None:
        """Take the message away whose button was pressed."""
        await self.defer()
        await self._end_progress()
        self.stage = Stage.DONE
        await self._delete(ORIGINAL)

    async def _respond(
        self, first: discord.Interaction[Any], body: Body, *, replaces: bool, private: bool
    ) -> str | None:
        if replaces and first.message is not None and await _changed(first, body):
            return str(first.message.id)
        told = await first.response.send_message(**send_arguments(body), ephemeral=private or self._private)
        return str(told.message_id) if told.message_id else None

    async def _edit(self, message_id: Any, body: Body) -> str:
        message = await self._webhook.edit_message(message_id, **edit_arguments(body))
        return str(message.id)

    async def _follow_up(self, body: Body, *, private: bool) -> str | None:
        message = await self._webhook.send(**send_arguments(body), ephemeral=private, wait=True)
        return str(message.id)

    async def _delete(self, message_id: Any) -> None:
        try:
            await self._webhook.delete_message(message_id)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise

    async def _end_progress(self) -> None:
        """Take word of progress away that had to be told beside the message whose button was pressed."""
        if self._progress_id:
            progress_id, self._progress_id = self._progress_id, None
            await self._delete(progress_id)


async def _changed(first: discord.Interaction[Any], body: Body) -> bool:
    """Put the answer into the pressed message; False when somebody deleted that meanwhile."""
    try:
        await first.response.edit_message(**edit_arguments(body))
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise
        return False
    return True


class Known(Exception):
    """Somebody else answers this event already."""


def send_arguments(body: Body) -> dict[str, Any]:
    """For a new message: nothing where there is nothing."""
    found: dict[str, Any] = {"content": body.content, "embeds": list(body.embeds), "files": body.files()}
    if body.view is not None:
        found["view"] = body.view
    return {name: value for name, value in found.items() if value}


def edit_arguments(body: Body) -> dict[str, Any]:
    """For a changed message: whatever the body lacks is taken off."""
    return {
        "content": body.content,
        "embeds": list(body.embeds),
        "attachments": body.files(),
        "view": body.view,
    }
