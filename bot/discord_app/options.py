"""How to be on Discord: the token, where its API is, which shards, and what is asked for. Knows no library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

API: Final = "https://discord.com/api/v10"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordOptions:
    """`shards` 0 takes what Discord advises; `cluster` of `clusters` says which of them this process runs."""

    token: str = field(repr=False)
    api_url: str = API
    message_content: bool = False
    shards: int = 0
    cluster: int = 0
    clusters: int = 1
    max_picture_mb: int = 20
