"""Telegram: the token, what the bot may see and where it may be used, and how its updates reach it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bot.doctor.asking import Unreachable
from bot.doctor.findings import Finding, Findings, count, fine, foreign, hint, note, problem
from bot.doctor.kit import Kit
from bot.doctor.telegram_facts import Refused, Telegram, TelegramFacts, Webhook
from bot.settings import Settings

OFFICIAL: Final = "https://api.telegram.org"
PORTS: Final = frozenset({443, 80, 88, 8443})
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
RECENT_S: Final = 3600.0
NO_UPLOAD_CHAT: Final = problem(
    "It is in no chat TELEGRAM_UPLOAD_CHAT, so inline mode has nowhere to put its pictures.",
    "Add it to that channel as an administrator who may post, or empty the line.",
)


async def check_telegram(kit: Kit) -> Findings:
    settings = kit.settings
    token = settings.telegram_token.get_secret_value()
    if not token:
        return (note("TELEGRAM_TOKEN is not set: not connected.", "docs/telegram.md says how to get one."),)
    telegram, upload_chat = Telegram(kit.asker, settings.telegram_api_url, token), settings.telegram_upload_chat
    try:
        facts = await telegram.look_up()
        has_upload_chat = not upload_chat or await telegram.is_in(upload_chat)
    except Unreachable as error:
        remedy = "Check this machine's way to the internet (and TELEGRAM_API_URL, if you set it)."
        return (problem(f"Telegram can't be reached: {error}.", remedy), *check_webhook_settings(settings))
    except Refused as refused:
        return (_explain(refused), *check_webhook_settings(settings))
    except (KeyError, TypeError, ValueError, AttributeError):
        return (problem("What answers at TELEGRAM_API_URL is not Telegram.", "Take TELEGRAM_API_URL out of .env."),)
    return (
        fine(f"The token is good: the bot is {foreign(facts.name)}, https://t.me/{foreign(facts.username)}"),
        *check_reach(facts),
        *(() if has_upload_chat else (NO_UPLOAD_CHAT,)),
        *check_webhook_settings(settings),
        *check_delivery(facts.webhook, settings.telegram_webhook_url),
    )


def _explain(refused: Refused) -> Finding:
    if refused.status in {401, 404}:
        return problem(
            "Telegram does not know TELEGRAM_TOKEN.",
            "Write /mybots to @BotFather, choose the bot, API Token, and put it into .env.",
        )
    if refused.status == 429:
        return hint("Telegram asks us to slow down.", f"Run memesmith doctor again in {refused.retry_after_s:.0f} s.")
    return problem(f"Telegram answers with status {refused.status}.", "Try again later.")


def check_reach(facts: TelegramFacts) -> Iterable[Finding]:
    settings_of = f"Write /mybots to @BotFather, choose @{foreign(facts.username)}, Bot Settings"
    if facts.sees_all:
        yield fine("Privacy mode is off: it sees every message of the groups it was added to since.")
    else:
        yield note(
            "Privacy mode is on: in groups it sees commands, mentions and replies; as an administrator, everything.",
            f"To see all messages: {settings_of}, Group Privacy, Turn off, then add it to the group anew.",
        )
    if facts.joins_groups:
        yield fine("It can be added to groups.")
    else:
        yield hint("It can't be added to groups.", f"{settings_of}, Allow Groups?, Turn groups on.")
    if facts.is_inline:
        yield fine(f"Inline mode is on: @{foreign(facts.username)} and some words make a meme in any chat.")
    else:
        yield hint("Inline mode is off.", f"{settings_of}, Inline Mode, Turn on.")
    if facts.commands:
        yield fine(f"Its menu has {count(facts.commands, 'command')}.")
    else:
        yield hint("Its command menu is empty.", "It is filled when Memesmith starts: make run.")


def check_webhook_settings(settings: Settings) -> Iterable[Finding]:
    secret = settings.telegram_webhook_secret.get_secret_value()
    if not settings.telegram_webhook_url:
        if secret:
            yield hint("TELEGRAM_WEBHOOK_SECRET has no effect without TELEGRAM_WEBHOOK_URL.", "Set both, or neither.")
        return
    if secret and not SECRET.fullmatch(secret):
        yield problem(
            "TELEGRAM_WEBHOOK_SECRET has characters that Telegram does not take.",
            "Use 1 to 256 letters, digits, _ and -, or leave it empty to have one made.",
        )
    url = urlsplit(settings.telegram_webhook_url)
    if settings.telegram_api_url.rstrip("/") == OFFICIAL:
        yield from _check_address(url)


def _check_address(url: SplitResult) -> Iterable[Finding]:
    if url.scheme != "https" or not url.hostname:
        yield problem(
            "TELEGRAM_WEBHOOK_URL must begin with https:// and a name.", "docs/telegram.md shows a whole one."
        )
    elif url.hostname == "localhost" or url.hostname.startswith("127."):
        yield problem("TELEGRAM_WEBHOOK_URL is an address that only this machine knows.", "Use a public name.")
    elif (url.port or 443) not in PORTS:
        yield problem(
            f"Telegram sends nothing to port {url.port} of TELEGRAM_WEBHOOK_URL.", "Use 443, 80, 88 or 8443 there."
        )


def check_delivery(webhook: Webhook, wanted: str) -> Iterable[Finding]:
    """`wanted` is TELEGRAM_WEBHOOK_URL; only hosts are shown, since a path may be secret."""
    ours = bool(wanted) and _host(webhook.url) == _host(wanted)
    if not wanted and not webhook.url:
        yield fine("It asks Telegram for its updates (no webhook).")
    elif not wanted:
        yield hint(
            f"Telegram sends its updates to {_host(webhook.url)}, but TELEGRAM_WEBHOOK_URL is empty.",
            "Memesmith takes that off when it starts; if another program uses this bot, make a second bot.",
        )
    elif not ours:
        now = f"to {_host(webhook.url)}" if webhook.url else "nowhere"
        yield hint(f"Telegram sends its updates {now}, not to {_host(wanted)}.", "Memesmith tells it when it starts.")
    elif webhook.pending and time.time() - webhook.last_error_at < RECENT_S:
        waiting = count(webhook.pending, "update")
        yield problem(
            f"Telegram can't deliver {waiting} to {_host(wanted)}: {foreign(webhook.last_error)}.",
            "Is Memesmith running, and does the proxy pass on to TELEGRAM_WEBHOOK_PORT? See docs/telegram.md.",
        )
    else:
        yield fine(f"Telegram sends its updates to {_host(wanted)}.")
    if webhook.pending and not ours:
        yield note(f"{count(webhook.pending, 'update')} will be fetched at the start; Telegram keeps them for a day.")


def _host(url: str) -> str:
    return foreign(urlsplit(url).hostname or "")
