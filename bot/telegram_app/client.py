"""The bot on Telegram: its start and its end, by polling or by webhook, over python-telegram-bot's `Application`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from typing import Final
from urllib.parse import urlsplit

import structlog
from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    Updater,
    filters,
)

from bot.core.core import Core
from bot.core.errors import FrontEndUnavailable
from bot.telegram_app._albums import Albums
from bot.telegram_app._arrivals import Arrivals
from bot.telegram_app._errands import Errands
from bot.telegram_app._faults import Faults
from bot.telegram_app._hints import Hints
from bot.telegram_app._inline import Inline
from bot.telegram_app._kit import Kit
from bot.telegram_app._ledger import Ledger, PollingConnection, UpdateProcessor, UpdateQueue
from bot.telegram_app._menus import tell_menus
from bot.telegram_app._pace import Pace
from bot.telegram_app._pictures import MB, FileFinder
from bot.telegram_app._posting import Poster
from bot.telegram_app._quiet import Quiet
from bot.telegram_app._requests import Me
from bot.telegram_app._standing import Standing
from bot.telegram_app._tallies import Tallies
from bot.telegram_app.commands import Commands
from bot.telegram_app.convert import PLATFORM
from bot.telegram_app.options import TelegramOptions
from bot.telegram_app.reactions import Reactions

log = structlog.get_logger(__name__)

# Reactions come only when asked for by name, and an omitted list keeps the previous one: so all are named, every time.
ALLOWED_UPDATES: Final = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CHANNEL_POST,
    Update.EDITED_CHANNEL_POST,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MESSAGE_REACTION,
    Update.MESSAGE_REACTION_COUNT,
    Update.MY_CHAT_MEMBER,
)
WEBHOOK_PATH: Final = "telegram"
GRACE_S: Final = 3.0
RETRY_S: Final = 5.0
READ_S: Final = 20.0
UPLOAD_S: Final = 60.0


class TelegramUnavailable(FrontEndUnavailable):
    """The front end cannot start; `str(error)` says why, in one sentence."""


class TelegramBot:
    """One bot, one process. Where Telegram cannot be reached at the start it keeps trying, and the rest goes on."""

    def __init__(self, core: Core, options: TelegramOptions, pace: Pace | None = None) -> None:
        # The library warns of times that will change their type, unless it is told that we know.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self._options = options
        self._ledger = Ledger(core.inbox)
        self._queue = UpdateQueue(self._ledger, self._identify, self._count_vote)
        self._processor = UpdateProcessor(self._ledger)
        pace = pace or Pace()
        self._app = self._build(pace)
        bot: ExtBot[int] = self._app.bot
        quiet, errands = Quiet(), Errands()
        self._kit = Kit(
            core=core,
            bot=bot,
            ledger=self._ledger,
            pace=pace,
            finder=FileFinder(bot, options.max_picture_mb * MB),
            standing=Standing(bot),
            quiet=quiet,
            poster=Poster(bot, quiet),
            tallies=Tallies(bot, core, errands),
            hints=Hints(core.marks),
            albums=Albums(),
            errands=errands,
        )
        self._inline = Inline(self._kit, options.upload_chat)
        self._reactions = Reactions(self._kit, self._inline)
        self._add_handlers()
        self._connecting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises TelegramUnavailable for a token that Telegram does not know; a network that is down is waited for."""
        self._kit.core.attach(PLATFORM, self._kit.finder)
        try:
            await self._app.initialize()
        except InvalidToken:  # The library's own words quote the token.
            raise TelegramUnavailable(
                "Telegram doesn't know the TELEGRAM_TOKEN; @BotFather tells the right one."
            ) from None
        except NetworkError as error:
            log.warning("telegram.unreachable", kind=type(error).__name__)
            self._connecting = asyncio.create_task(self._keep_connecting())
            return
        await self._run()

    async def stop(self) -> None:
        """Stop taking updates; what is not answered within seconds is answered after the next start."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._updater.running:
            await self._updater.stop()
        if self._app.running:
            await self._processor.finish(GRACE_S)
            await self._app.stop()
        await self._kit.errands.close()
        with contextlib.suppress(TelegramError):
            await self._app.shutdown()
            await self._app.bot.shutdown()  # Its connections, where the application never came to be.

    @property
    def _updater(self) -> Updater:
        updater = self._app.updater
        if updater is None:
            raise RuntimeError("the application is built with an updater")
        return updater

    async def _keep_connecting(self) -> None:
        while True:
            await asyncio.sleep(RETRY_S)
            try:
                await self._app.initialize()
                await self._run()
            except InvalidToken:
                log.error("telegram.bad_token")  # noqa: TRY400 - it says all there is
            except NetworkError:
                continue
            return

    async def _run(self) -> None:
        await self._app.start()
        self._queue.put_again(await self._ledger.reopen(self._app.bot))
        try:
            await tell_menus(self._kit)
        except TelegramError as error:
            log.warning("telegram.menus_not_told", kind=type(error).__name__)
        await (self._listen() if self._options.webhook_url else self._poll())
        log.info("telegram.open", bot=self._app.bot.username, webhook=bool(self._options.webhook_url))

    async def _poll(self) -> None:
        self._queue.waits = False
        await self._updater.start_polling(
            allowed_updates=ALLOWED_UPDATES, poll_interval=0.0, bootstrap_retries=-1, error_callback=_log_polling
        )

    async def _listen(self) -> None:
        """The secret is made anew at each start unless one is set: Telegram is told, nobody else needs to know."""
        options = self._options
        try:
            await self._updater.start_webhook(
                options.webhook_host,
                options.webhook_port,
                urlsplit(options.webhook_url).path.strip("/") or WEBHOOK_PATH,
                webhook_url=_with_path(options.webhook_url),
                secret_token=options.webhook_secret or secrets.token_urlsafe(32),
                allowed_updates=ALLOWED_UPDATES,
                bootstrap_retries=3,
            )
        except OSError as error:
            where = f"{options.webhook_host}:{options.webhook_port}"
            raise TelegramUnavailable(f"Nothing can listen at {where} for Telegram ({error.strerror}).") from error

    def _build(self, pace: Pace) -> Application:  # type: ignore[type-arg]
        url = self._options.api_url.rstrip("/")
        return (
            ApplicationBuilder()
            .token(self._options.token)
            .base_url(f"{url}/bot")
            .base_file_url(f"{url}/file/bot")
            .rate_limiter(pace)
            .update_queue(self._queue)
            .get_updates_request(PollingConnection(self._queue))
            .concurrent_updates(self._processor)
            .job_queue(None)
            .read_timeout(READ_S)
            .media_write_timeout(UPLOAD_S)
            .build()
        )

    def _add_handlers(self) -> None:
        commands, add = Commands(self._kit), self._app.add_handler
        add(MessageHandler(filters.UpdateType.EDITED, commands.on_edited))
        add(MessageHandler(filters.ALL, commands.on_message))
        add(CallbackQueryHandler(self._reactions.on_press))
        add(InlineQueryHandler(self._inline.on_query))
        add(ChatMemberHandler(Arrivals(self._kit).on_changed, ChatMemberHandler.MY_CHAT_MEMBER))
        self._app.add_error_handler(Faults(self._kit).on_error)

    def _identify(self) -> Me:
        return self._kit.me

    async def _count_vote(self, update: Update) -> bool:
        return await self._reactions.count_vote(update)


def _with_path(url: str) -> str:
    """An address without a path gets ours."""
    return url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/{WEBHOOK_PATH}"


def _log_polling(error: TelegramError) -> None:
    log.warning("telegram.polling", kind=type(error).__name__)
