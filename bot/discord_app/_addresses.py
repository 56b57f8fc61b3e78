"""Where Discord is: its API, and the hosts of its files. One setting, so that a local server can stand in for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord_app.options import API

FILE_HOSTS: Final = frozenset(
    {
        "cdn.discordapp.com",
        "media.discordapp.net",
        "images-ext-1.discordapp.net",
        "images-ext-2.discordapp.net",
    }
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """`file_hosts` are the only ones that pictures are fetched from, over `scheme`."""

    api: str = API

    @property
    def scheme(self) -> str:
        return urlsplit(self.api).scheme

    @property
    def file_hosts(self) -> frozenset[str]:
        return FILE_HOSTS if self.api == API else frozenset({urlsplit(self.api).netloc})

    def apply(self) -> None:
        """Tell the library, which keeps them as constants of its own."""
        Route.BASE = self.api
        if self.api != API:
            Asset.BASE = f"{self.scheme}://{urlsplit(self.api).netloc}/cdn"


def use_gateway(url: str) -> None:
    """The gateway that Discord's API tells, for sessions that begin anew and shards counted out by hand."""
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
