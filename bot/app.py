"""The composition root: the one place that plugs database, pool, core and front ends together, and takes them apart."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

import structlog

from bot.core.core import Core, CoreParts
from bot.core.errors import FrontEndUnavailable
from bot.core.tickets import Tickets
from bot.core.values import Picture, TemplateChoice
from bot.settings import BadSetting, Settings
from bot.web_app.client import WebRoom
from db.errors import StorageError
from db.stores import open_database
from inference.client import HttpClient
from inference.contract import Pool
from inference.errors import ConfigurationError
from inference.pool import LocalPool
from inference.templates.catalogue import Catalogue, Template, read_picture

log = structlog.get_logger(__name__)

STARTING_ERRORS = (BadSetting, ConfigurationError, FrontEndUnavailable, StorageError)
TIDY_S = 6 * 60 * 60


class CannotStart(Exception):
    """The program cannot open; `str(error)` is the sentence to read."""


async def serve(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM; raises CannotStart."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        async with open_room(settings) as address:
            _settle_memory()
            log.info("room.open", address=address)
            print(f"\n  Memesmith is at {address}  (Ctrl+C ends it)\n", flush=True)  # noqa: T201 - for whoever starts it
            await stop.wait()
            log.info("room.closing")
    except STARTING_ERRORS as error:
        raise CannotStart(str(error)) from error


def _settle_memory() -> None:
    """What was loaded by now stays: the garbage collector need not walk through it while people wait."""
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def open_room(settings: Settings) -> AsyncIterator[str]:
    """Everything running, by its address; the models may still be loading. Errors carry a sentence each."""
    options = settings.room_options()
    async with contextlib.AsyncExitStack() as stack:
        database = await open_database(settings.database())
        stack.push_async_callback(database.close)
        pool = await open_pool(settings)
        stack.push_async_callback(pool.close)
        core = Core(pool, database, core_parts(settings, options.secret))
        room = WebRoom(core, options)
        address = await room.start()
        stack.push_async_callback(room.stop)
        for chat in chats(core, settings):
            stack.push_async_callback(chat.stop)
            await chat.start()
        await stack.enter_async_context(_kept_tidy(core))
        yield address


class Chat(Protocol):
    """A front end on a platform of others. `stop` may be called whether `start` went well or not."""

    async def start(self) -> None:
        """Raises FrontEndUnavailable for what trying again will not mend."""
        ...

    async def stop(self) -> None: ...


def chats(core: Core, settings: Settings) -> Iterator[Chat]:
    """A front end for each token that is set. Their libraries take a second to import: only who needs them waits."""
    if (discord := settings.discord_options()) is not None:
        from bot.discord_app.client import DiscordChat  # noqa: PLC0415 - see above

        yield DiscordChat(core, discord)
    if (telegram := settings.telegram_options()) is not None:
        from bot.telegram_app.client import TelegramBot  # noqa: PLC0415 - see above

        yield TelegramBot(core, telegram)


@contextlib.asynccontextmanager
async def _kept_tidy(core: Core) -> AsyncIterator[None]:
    """Meanwhile events that were answered long ago are forgotten, at once and then every few hours."""

    async def tidy() -> None:
        while True:
            with contextlib.suppress(StorageError):
                await core.tidy()
            await asyncio.sleep(TIDY_S)

    tidying = asyncio.create_task(tidy())
    yield
    tidying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await tidying


def core_parts(settings: Settings, secret: bytes) -> CoreParts:
    """What the core works with here: limits, templates and how they are found, and links signed with `secret`."""
    catalogue = Catalogue.load(settings.templates_dir)
    return CoreParts(
        options=settings.core_options(),
        rate=settings.rate(),
        chat_rate=settings.chat_rate(),
        templates=tuple(to_choice(template) for template in catalogue),
        search=lambda typed: [template.name for template in catalogue.search(typed)],
        tickets=Tickets(secret),
    )


async def open_pool(settings: Settings) -> Pool:
    """Workers of this machine, or those behind INFERENCE_URL."""
    if settings.inference_url != "local":
        return HttpClient(settings.inference_url, settings.token())
    pool = LocalPool(settings.engine_config(), settings.pool_config())
    await pool.start()
    return pool


def to_choice(template: Template) -> TemplateChoice:
    async def load() -> bytes:
        return await asyncio.to_thread(read_picture, template)

    return TemplateChoice(
        name=template.name,
        title=template.title,
        aliases=template.aliases,
        hint=template.good_for,
        example=template.example,
        preview=Picture(template.name, load),
    )
