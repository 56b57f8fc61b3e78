"""How to be on Telegram: the token, where its API is, polling or webhook. Knows no library."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramOptions:
    """Without `webhook_url` the bot asks for its updates. `upload_chat`: where inline mode keeps its pictures."""

    token: str = field(repr=False)
    api_url: str = "https://api.telegram.org"
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_host: str = "127.0.0.1"
    webhook_port: int = 8443
    max_picture_mb: int = 20
    upload_chat: str = ""
