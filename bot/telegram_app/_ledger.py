"""Updates on their way in: written down before Telegram may forget them, struck out once they were answered.

The library acknowledges updates with its next call for more, or by the end of a webhook's. So either waits until the
core's inbox holds them; a killed process finds them there, and what Telegram delivers twice is recognised. Talk that is
not meant for the bot goes nowhere. What is worthless a moment later (inline queries, the other pictures of a group's
album) is queued alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import structlog
from telegram import Bot, Chat, Update
from telegram.ext import BaseUpdateProcessor
from telegram.request import HTTPXRequest

from bot.core.chat_stores import Inbox
from bot.telegram_app._requests import Me, concerns
from bot.telegram_app.convert import PLATFORM

log = structlog.get_logger(__name__)

MAX_AT_ONCE: Final = 1024
MAX_VOTES_AT_ONCE: Final = 4
STALE: Final = timedelta(hours=2)
RETRY_S: Final = 1.0
UPDATE: Final = "update"

Done = TypeVar("Done")
CountVote = Callable[[Update], Awaitable[bool]]


class Ledger:
    """The notes of updates that are being answered, in memory as in the inbox."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._notes: dict[int, dict[str, Any]] = {}

    async def open(self, updates: Sequence[Update]) -> list[Update]:
        """Those that are not known, once the inbox holds them: it writes together what comes together."""
        opened = await asyncio.gather(*(self._open_one(update) for update in updates))
        return [update for update, is_new in zip(updates, opened, strict=True) if is_new]

    async def _open_one(self, update: Update) -> bool:
        note = {UPDATE: update.to_dict()}
        is_new = await insist(lambda: self._inbox.open(PLATFORM, str(update.update_id), note))
        if is_new:
            self._notes[update.update_id] = note
        return is_new

    async def reopen(self, bot: Bot) -> list[Update]:
        """What an earlier process left unanswered, oldest first; what is too old to be of use is struck out."""
        left = []
        for event in await self._inbox.pending(PLATFORM):
            update = _read_update(event.note, bot)
            if update is None or datetime.now(UTC) - event.opened_at > STALE:
                await self._inbox.close(PLATFORM, event.event_id)
                continue
            self._notes[update.update_id] = dict(event.note)
            left.append(update)
        return left

    def recall(self, update_id: int, name: str) -> Any:
        """What was written beside an update, None where nothing was."""
        return self._notes.get(update_id, {}).get(name)

    async def write(self, update_id: int, name: str, value: Any) -> None:
        """Write something beside an update, to be found after a restart."""
        note = self._notes.get(update_id)
        if note is not None:
            note[name] = value
            await self._inbox.amend(PLATFORM, str(update_id), note)

    async def close(self, update_id: int) -> None:
        if self._notes.pop(update_id, None) is not None:
            await self._inbox.close(PLATFORM, str(update_id))


async def insist(work: Callable[[], Awaitable[Done]]) -> Done:
    """Do it until it is done: what is not stored must not be acknowledged to Telegram."""
    while True:
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the database, it may pass
            log.error("telegram.not_stored", kind=type(error).__name__)  # noqa: TRY400 - messages may quote people
            await asyncio.sleep(RETRY_S)


def _read_update(note: Mapping[str, Any], bot: Bot) -> Update | None:
    try:
        return Update.de_json(note[UPDATE], bot)
    except (KeyError, TypeError, ValueError):
        return None


def _is_passing(update: Update) -> bool:
    if update.inline_query is not None or update.my_chat_member is not None:
        return True
    message = update.message or update.channel_post
    if message is None or message.media_group_id is None or message.chat.type == Chat.PRIVATE:
        return False
    return not message.caption


class UpdateQueue(asyncio.Queue[object]):
    """The queue between the library's updater and its application."""

    def __init__(self, ledger: Ledger, identify: Callable[[], Me], count_vote: CountVote) -> None:
        """`count_vote` settles what is a vote on the spot and for good: it needs no place in the inbox."""
        super().__init__()
        self.waits = True
        """Whether `put` returns only when its update is stored, as a webhook must; a poller waits for `stored`."""
        self._ledger = ledger
        self._identify = identify
        self._count_vote = count_vote
        self._arrived: list[Update] = []
        self._storing: asyncio.Task[None] | None = None

    async def put(self, item: object) -> None:
        if not isinstance(item, Update):
            await super().put(item)
            return
        self._arrived.append(item)
        if self.waits:
            await self.stored()

    async def stored(self) -> None:
        """Store all that was put, together: before this returns, nothing of it may be acknowledged.

        A caller that leaves, as at a stop, does not end the work, and the next one waits for it as well.
        """
        if self._arrived:
            batch, self._arrived = self._arrived, []
            self._storing = asyncio.create_task(self._store(batch, self._storing))
        if self._storing is not None:
            await asyncio.shield(self._storing)

    def put_again(self, updates: Sequence[Update]) -> None:
        """Queue what is in the inbox already."""
        for update in updates:
            self.put_nowait(update)

    async def _store(self, batch: list[Update], before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        counted = await self._count_votes(batch)
        rest = [update for update, is_counted in zip(batch, counted, strict=True) if not is_counted]
        passing = [update for update in rest if _is_passing(update)]
        lasting = [update for update in rest if not _is_passing(update) and self._is_wanted(update)]
        self.put_again([*passing, *await self._ledger.open(lasting)])

    def _is_wanted(self, update: Update) -> bool:
        """One update that cannot be read must not take those that came with it along."""
        try:
            return concerns(update, self._identify())
        except Exception as error:  # noqa: BLE001 - whatever Telegram may come to send
            log.error("telegram.unreadable", kind=type(error).__name__, update=update.update_id)  # noqa: TRY400
            return False

    async def _count_votes(self, batch: Sequence[Update]) -> list[bool]:
        """Which of these are votes, now counted; a few at a time, since the database writes one after the other."""
        few = asyncio.Semaphore(MAX_VOTES_AT_ONCE)

        async def count(update: Update) -> bool:
            async with few:
                return await self._count_vote(update)

        return await asyncio.gather(*(count(update) for update in batch))


class PollingConnection(HTTPXRequest):
    """The library's connection for `getUpdates`. Each call acknowledges what came before: so that must be stored first.

    So many updates that came together are stored together instead of one after the other.
    """

    def __init__(self, queue: UpdateQueue) -> None:
        super().__init__(connection_pool_size=1)
        self._queue = queue

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        await self._queue.stored()
        return await super().do_request(*args, **kwargs)


class UpdateProcessor(BaseUpdateProcessor):
    """Many updates at once; each is struck out when its handlers are through, whatever became of them.

    A handler that is cancelled, as at shutdown, leaves its update for the next start.
    """

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(MAX_AT_ONCE)
        self._ledger = ledger
        self._running: set[asyncio.Future[Any]] = set()

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is kept."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        running = asyncio.ensure_future(coroutine)
        self._running.add(running)
        try:
            await running
        finally:
            self._running.discard(running)
        if isinstance(update, Update):
            await self._ledger.close(update.update_id)

    async def finish(self, grace_s: float) -> None:
        """Give what is being answered a little time, then stop it."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace_s)
            for task in late:
                task.cancel()
