"""Settings: where they come from, what nothing reads, what cannot go together, which addresses people are sent to."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.doctor.findings import Finding, Findings, fine, foreign, hint, problem
from bot.doctor.kit import Kit
from bot.settings import Settings, variable_names

ENV_FILE: Final = Path(".env")
# Read by docker-compose.yml and by libraries, not by the program.
OTHERS: Final = frozenset({"POSTGRES_PASSWORD", "WEB_PUBLISH", "WEBHOOK_PUBLISH", "TORCH_INDEX", "HF_HOME", "HF_TOKEN"})
OPEN_TO_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


async def check_configuration(kit: Kit) -> Findings:
    settings = kit.settings
    return (*_check_file(ENV_FILE), *_check_clusters(settings), *_check_links(settings))


def _check_file(path: Path) -> Iterable[Finding]:
    if not path.is_file():
        yield fine(f"The settings can be read. There is no .env in {path.absolute().parent}, so only variables count.")
        return
    yield fine(f"The settings can be read, from {path.absolute()} and the environment.")
    known = {*variable_names(), *OTHERS}
    for name in sorted(dotenv_values(path).keys() - known):
        meant = difflib.get_close_matches(name.upper(), known, n=1)
        remedy = f"Did you mean {meant[0]}?" if meant else "Take the line out, or look it up in .env.example."
        yield hint(f"Nothing reads {foreign(name)} in .env.", remedy)
    if path.stat().st_mode & OPEN_TO_OTHERS and any(_secrets_in(path)):
        yield hint("Other users of this machine may read .env, which holds secrets.", f"Run: chmod 600 {path}")


def _secrets_in(path: Path) -> Iterable[str]:
    return (name for name, value in dotenv_values(path).items() if value and name.endswith(("TOKEN", "SECRET")))


def _check_clusters(settings: Settings) -> Iterable[Finding]:
    if settings.discord_cluster >= settings.discord_clusters:
        yield problem(
            f"DISCORD_CLUSTER is {settings.discord_cluster}, but clusters are counted from 0 "
            f"and DISCORD_CLUSTERS is {settings.discord_clusters}.",
            f"Set DISCORD_CLUSTER to 0 up to {settings.discord_clusters - 1}.",
        )
    elif settings.discord_clusters > 1 and 0 < settings.discord_shards < settings.discord_clusters:
        yield problem(
            f"{settings.discord_clusters} clusters cannot share {settings.discord_shards} shards.",
            "Set DISCORD_SHARDS to at least DISCORD_CLUSTERS, or to 0.",
        )


def _check_links(settings: Settings) -> Iterable[Finding]:
    for name, url in (("ROOM_URL", settings.room_url), ("PRIVACY_URL", settings.privacy_url)):
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            yield problem(
                f"{name} is no web address, so chats could not link to it.", f"Write it with https:// in {name}."
            )
    chats = settings.discord_token.get_secret_value() or settings.telegram_token.get_secret_value()
    if chats and not settings.privacy_url:
        yield hint(
            "PRIVACY_URL is empty; Discord and Telegram both want a privacy policy that people can find.",
            "Publish docs/legal/privacy-policy.md under your name, and set PRIVACY_URL to its address.",
        )
