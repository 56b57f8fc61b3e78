"""The permissions that the bot needs in a Discord server, and the link that asks for exactly these."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

NEEDED: Final = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Send Messages in Threads": 1 << 38,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
}
ADMINISTRATOR: Final = 1 << 3
AUTHORIZE: Final = "https://discord.com/oauth2/authorize"


def find_missing(permissions: int) -> list[str]:
    """Names, as Discord shows them, of needed permissions that `permissions` lacks."""
    if permissions & ADMINISTRATOR:
        return []
    return [name for name, bit in NEEDED.items() if not permissions & bit]


def invite_link(application_id: str) -> str:
    query = {"client_id": application_id, "scope": "bot applications.commands", "permissions": sum(NEEDED.values())}
    return f"{AUTHORIZE}?{urlencode(query)}"
