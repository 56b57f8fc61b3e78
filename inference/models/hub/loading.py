"""Opens what a setting names, a directory or a Hugging Face id, and puts it on a device. Knows no task.

Weights come from safetensors only, code never; a checkpoint that lacks some of its model's weights is refused, because
the rest would be random numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import torch
from safetensors import SafetensorError
from transformers import AutoConfig
from transformers.utils import logging

from inference.errors import ModelError

HUB_ID: Final = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HubSource:
    """`name` is a directory or an id; `device` is "cpu", "cuda" or "cuda:N"."""

    name: str
    device: str = "cpu"

    @property
    def dtype(self) -> torch.dtype:
        """Half the memory where the hardware is made for it; on a processor bfloat16 is slower."""
        return torch.bfloat16 if self.device.startswith("cuda") else torch.float32

    def config(self) -> Any:
        return self.part(AutoConfig.from_pretrained)

    def part(self, load: Callable[..., T], **options: Any) -> T:
        """Load a configuration, tokenizer or processor; raises ModelError."""
        is_folder = bool(self.name) and Path(self.name).is_dir()
        if not is_folder and not HUB_ID.fullmatch(self.name):
            raise ModelError(f"{self.name} is neither a folder nor a Hugging Face id.")
        try:
            return load(self.name, trust_remote_code=False, local_files_only=is_folder, **options)
        except (OSError, ValueError, KeyError, TypeError, ImportError, RuntimeError, SafetensorError) as error:
            raise ModelError(f"The model {self.name} cannot be loaded: {_first_line(error)}") from error

    def model(self, load: Callable[..., tuple[Any, Any]]) -> Any:
        """Load weights, ready to be asked, on the device; raises ModelError."""
        logging.disable_progress_bar()
        model, loaded = self.part(load, use_safetensors=True, dtype=self.dtype, output_loading_info=True)
        if loaded["missing_keys"]:
            lacking = ", ".join(sorted(loaded["missing_keys"])[:3])
            raise ModelError(f"The model {self.name} lacks weights for {lacking}; it was made for another task.")
        return model.to(self.device).eval()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
