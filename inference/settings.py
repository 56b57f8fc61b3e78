"""What can be set from outside, by environment variables or a `.env` file, and what it becomes.

Imported by entry points only (commands, and the bot's own settings, which extend these); everything else in this room
is given an `EngineConfig`, a `PoolConfig` or a `ServerConfig`, and knows no environment.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from inference.engine import EngineConfig, EngineKind
from inference.pool import PoolConfig


class InferenceSettings(BaseSettings):
    """Each field is the environment variable of the same name in capitals; an empty variable counts as not set."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    engine: EngineKind = Field(
        default="embedded", description="Which engine answers: embedded, or fake (made for tests, knows nothing)."
    )
    caption_model: str = Field(
        default="embedded", description="Caption model: embedded, a directory, or a Hugging Face id."
    )
    genre_model: str = Field(
        default="embedded", description="Genre model: embedded, a directory, or a Hugging Face id."
    )
    flag_model: str = Field(default="embedded", description="Flag model: embedded, a directory, or a Hugging Face id.")
    weights_dir: Path | None = Field(
        default=None, description="Folder of embedded weights with a manifest.json; empty for the shipped ones."
    )
    templates_dir: Path | None = Field(
        default=None, description="Folder of imported templates, beside the built-in ones; empty for none."
    )
    inference_device: str = Field(
        default="auto", description="auto (all CUDA devices, else the processor), cpu, cuda, or cuda:N."
    )
    inference_workers: int = Field(default=0, ge=0, description="Worker processes; 0 is one per CUDA device, else one.")
    inference_queue: int = Field(
        default=512, ge=1, description="How many jobs may wait before new ones are refused as overloaded."
    )
    inference_drain_s: float = Field(
        default=10.0, ge=0, description="Seconds that jobs already inside may still take when the program stops."
    )
    inference_batch_limit_s: float = Field(
        default=120.0, gt=0, description="Seconds after which a worker that runs one batch counts as hung."
    )
    job_timeout_s: float = Field(
        default=60.0, gt=0, description="Seconds by which a job is answered, whatever happens."
    )
    inference_host: str = Field(default="127.0.0.1", description="Address that memesmith serve listens on.")
    inference_port: int = Field(default=8766, ge=0, le=65535, description="Port that memesmith serve listens on.")
    inference_token: SecretStr | None = Field(
        default=None, description="Bearer token that memesmith serve asks for and its clients send; empty for none."
    )
    inference_max_body_mb: int = Field(
        default=32, ge=1, description="Largest request that memesmith serve reads, in MiB."
    )

    def engine_config(self) -> EngineConfig:
        return EngineConfig(
            kind=self.engine,
            caption_model=self.caption_model,
            genre_model=self.genre_model,
            flag_model=self.flag_model,
            device=self.inference_device,
            templates_dir=self.templates_dir,
            weights_dir=self.weights_dir,
        )

    def pool_config(self) -> PoolConfig:
        return PoolConfig(
            workers=self.inference_workers,
            capacity=self.inference_queue,
            drain_s=self.inference_drain_s,
            batch_limit_s=self.inference_batch_limit_s,
        )

    def token(self) -> str | None:
        """The bearer token in the clear, for those who send or compare it."""
        return self.inference_token.get_secret_value() if self.inference_token else None
