"""What can be set for the bot, by environment variables or a `.env` file, beside what inference takes.

Built once, in `bot.commands`, and passed down. `.env.example` shows every one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator

from bot.core.asking import CoreOptions
from bot.core.limits import Rate
from bot.discord_app.options import DiscordOptions
from bot.telegram_app.options import TelegramOptions
from bot.web_app.guard import LOOPBACK_NAMES
from bot.web_app.room import RoomOptions
from inference.settings import InferenceSettings

SECRET_BYTES = 32
SECRET_NAME = "web_secret"  # noqa: S105 - a file's name


class BadSetting(Exception):
    """A setting cannot be used; `str(error)` names it and says why."""


class Settings(InferenceSettings):
    """Each field is the environment variable of the same name in capitals; an empty variable counts as not set."""

    data_dir: Path = Field(default=Path("data"), description="Folder for what the bot keeps: database and web secret.")
    database_url: str = Field(
        default="", description="sqlite:///file or postgresql://user:password@host/name; empty for a file in DATA_DIR."
    )
    web_host: str = Field(
        default="127.0.0.1", description="Address the room listens on; 0.0.0.0 opens it to the network."
    )
    web_port: int = Field(default=8765, ge=0, le=65535, description="Port the room listens on.")
    web_allowed_hosts: str = Field(
        default="", description="Host names people may reach the room by, with commas; empty for the one it listens on."
    )
    web_secret: SecretStr = Field(
        default=SecretStr(""), description="Signs the browsers' cookies; empty to have one made and kept in DATA_DIR."
    )
    web_upload_mb: int = Field(default=20, ge=1, le=100, description="Largest picture the room takes, in MiB.")
    web_memory_mb: int = Field(default=256, ge=32, description="Memory for the pictures of the room, in MiB.")
    web_templates: Literal["auto", "everybody", "nobody"] = Field(
        default="auto",
        description="Who may change the room's own templates; auto: everybody while only this machine sees the room.",
    )
    inference_url: str = Field(
        default="local", description="local for workers on this machine, or the http address of memesmith serve."
    )
    candidates: int = Field(default=4, ge=1, le=8, description="Captions written for each request.")
    requests_per_minute: float = Field(default=20.0, gt=0, description="Requests one person may make in a minute.")
    requests_burst: int = Field(default=6, ge=1, description="Requests one person may make at once.")
    unsure_from: float = Field(default=0.4, ge=0, le=1, description="Flag probability from which a meme is doubtful.")
    offensive_from: float = Field(default=0.7, ge=0, le=1, description="Flag probability from which a meme offends.")
    chat_requests_per_minute: float = Field(default=120.0, gt=0, description="Requests one chat may make in a minute.")
    chat_requests_burst: int = Field(default=30, ge=1, description="Requests one chat may make at once.")
    discord_token: SecretStr = Field(
        default=SecretStr(""), description="The bot's token on Discord; empty to stay away from it. docs/discord.md"
    )
    discord_message_content: bool = Field(
        default=False, description="Whether to ask Discord for what members write; needed to look at every picture."
    )
    discord_shards: int = Field(default=0, ge=0, description="Shards on Discord in all; 0 takes what Discord advises.")
    discord_cluster: int = Field(default=0, ge=0, description="Which cluster of shards this process runs, from 0.")
    discord_clusters: int = Field(default=1, ge=1, description="How many clusters share the shards.")
    discord_api_url: str = Field(
        default="https://discord.com/api/v10", description="Where Discord is reached; changed for tests only."
    )
    telegram_token: SecretStr = Field(
        default=SecretStr(""), description="The bot's token on Telegram; empty to stay away from it. docs/telegram.md"
    )
    telegram_webhook_url: str = Field(
        default="", description="Public https address that Telegram sends updates to; empty to ask for them instead."
    )
    telegram_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="What Telegram must send along; empty to have one made at each start."
    )
    telegram_webhook_host: str = Field(default="127.0.0.1", description="Address the webhook listens on.")
    telegram_webhook_port: int = Field(default=8443, ge=0, le=65535, description="Port the webhook listens on.")
    telegram_api_url: str = Field(
        default="https://api.telegram.org", description="Where Telegram is reached: a Bot API server of your own."
    )
    telegram_upload_chat: str = Field(
        default="", description="Chat where inline mode keeps its pictures; empty for each person's chat with the bot."
    )
    room_url: str = Field(
        default="", description="Public address of the room, for links in chats; empty where only this machine sees it."
    )
    privacy_url: str = Field(default="", description="Address of your privacy policy, linked by /privacy.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged: debug, info, warning or error. Never texts or pictures."
    )

    @field_validator("offensive_from")
    @classmethod
    def _follow_doubt(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("unsure_from", 0.0):
            raise ValueError("It must not be below UNSURE_FROM")
        return value

    def is_alone(self) -> bool:
        """Whether only this machine sees the room: neither its address nor a proxy before it lets others in."""
        return self.web_host in LOOPBACK_NAMES and not self.web_allowed_hosts and not self.room_url

    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'memesmith.db'}"

    def core_options(self) -> CoreOptions:
        return CoreOptions(
            candidates=self.candidates,
            job_timeout_s=self.job_timeout_s,
            max_picture_mb=self.web_upload_mb,
            unsure_from=self.unsure_from,
            offensive_from=self.offensive_from,
            room_url=self.room_url,
            privacy_url=self.privacy_url,
        )

    def discord_options(self) -> DiscordOptions | None:
        """None without a token: then the bot stays away from Discord."""
        token = self.discord_token.get_secret_value()
        if not token:
            return None
        return DiscordOptions(
            token=token,
            api_url=self.discord_api_url,
            message_content=self.discord_message_content,
            shards=self.discord_shards,
            cluster=self.discord_cluster,
            clusters=self.discord_clusters,
            max_picture_mb=self.web_upload_mb,
        )

    def chat_rate(self) -> Rate:
        return Rate(burst=self.chat_requests_burst, per_minute=self.chat_requests_per_minute)

    def rate(self) -> Rate:
        return Rate(burst=self.requests_burst, per_minute=self.requests_per_minute)

    def telegram_options(self) -> TelegramOptions | None:
        """None where no token is set."""
        token = self.telegram_token.get_secret_value()
        if not token:
            return None
        return TelegramOptions(
            token=token,
            api_url=self.telegram_api_url,
            webhook_url=self.telegram_webhook_url,
            webhook_secret=self.telegram_webhook_secret.get_secret_value(),
            webhook_host=self.telegram_webhook_host,
            webhook_port=self.telegram_webhook_port,
            max_picture_mb=self.web_upload_mb,
            upload_chat=self.telegram_upload_chat,
        )

    def room_options(self) -> RoomOptions:
        """Makes the web secret where there is none; raises BadSetting where it cannot be kept."""
        hosts = (name.strip() for name in self.web_allowed_hosts.split(","))
        return RoomOptions(
            secret=self.web_secret.get_secret_value().encode() or keep_secret(self.data_dir),
            host=self.web_host,
            port=self.web_port,
            allowed_hosts=tuple(name for name in hosts if name),
            max_upload_mb=self.web_upload_mb,
            picture_budget_mb=self.web_memory_mb,
            open_desk=self.web_templates == "everybody" or (self.web_templates == "auto" and self.is_alone()),
        )


def read_settings() -> Settings:
    """From the environment; raises BadSetting with one sentence for the first setting that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        why = first["msg"].removeprefix("Value error, ")
        raise BadSetting(f"The setting {name} can't be used: {why}.") from None


def keep_secret(folder: Path) -> bytes:
    """Read the secret kept in `folder`, or make one that only this user can read. Raises BadSetting."""
    path = folder / SECRET_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(descriptor, "wb") as file:
            secret = secrets.token_hex(SECRET_BYTES).encode()
            file.write(secret)
            return secret
    except OSError as error:
        raise BadSetting(
            f"The folder {folder} can't be written ({error.strerror}); set DATA_DIR to another."
        ) from error


def variable_names() -> Sequence[str]:
    """Every variable that counts, in the order of the fields."""
    return [name.upper() for name in Settings.model_fields]
