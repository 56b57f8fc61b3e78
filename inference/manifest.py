"""The shipped weights: which files there are, what they are, and that they are untouched.

`manifest.json` lists every file of a weights folder with its SHA-256. Nothing is loaded that is not listed or whose
hash differs, and tensors come from safetensors only, so that a weights file can never run code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inference.errors import ModelError

if TYPE_CHECKING:
    import torch

WEIGHTS_DIR: Final = Path(__file__).parent / "weights"
MANIFEST_NAME: Final = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """One shipped file. `scores` are measured numbers; `command` trains the file anew from `data`.

    `intervals` holds the 95 % interval (low, high) of those scores that have one, `goals` by score a line such as
    "at least 0.95: reached". Both may be missing from a manifest.
    """

    name: str
    file: str
    sha256: str
    task: str
    version: str
    command: str
    data: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    goals: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ManifestEntry:
        """Raises KeyError, TypeError or ValueError on a row of another shape."""
        intervals = {name: (float(low), float(high)) for name, (low, high) in row.get("intervals", {}).items()}
        return cls(**{**row, "data": tuple(row["data"]), "intervals": intervals})

    def to_row(self) -> dict[str, Any]:
        """What is optional is left out where there is none of it."""
        row = asdict(self)
        return {name: value for name, value in row.items() if value or name not in {"intervals", "goals"}}


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """Tensors as float32 (integers as stored), and the model's configuration from the file's metadata."""

    entry: ManifestEntry
    tensors: Mapping[str, torch.Tensor]
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A folder of weights and what is known of each file."""

    folder: Path
    entries: Mapping[str, ManifestEntry]

    @classmethod
    def read(cls, folder: Path = WEIGHTS_DIR) -> Manifest:
        """Raises ModelError where the folder has no readable manifest."""
        try:
            rows = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))["files"]
            entries = [ManifestEntry.from_row(row) for row in rows]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"The weights folder {folder} has no usable {MANIFEST_NAME}.") from error
        return cls(folder, {entry.name: entry for entry in entries})

    def write(self) -> None:
        rows = [entry.to_row() for entry in sorted(self.entries.values(), key=lambda entry: entry.name)]
        text = json.dumps({"files": rows}, indent=2, ensure_ascii=False)
        (self.folder / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")

    def entry(self, name: str) -> ManifestEntry:
        try:
            return self.entries[name]
        except KeyError:
            raise ModelError(f"The weights folder {self.folder} has no model called {name}.") from None

    def read_bytes(self, name: str) -> bytes:
        """The file's bytes, verified; raises ModelError on a missing or altered file."""
        entry = self.entry(name)
        try:
            data = (self.folder / entry.file).read_bytes()
        except OSError as error:
            raise ModelError(f"The weights file {entry.file} is missing.") from error
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise ModelError(f"The weights file {entry.file} is not the one that was shipped; restore it.")
        return data

    def load(self, name: str) -> LoadedModel:
        """Verify, then read tensors (half precision and eight-bit rows widened to float32) and configuration."""
        from safetensors import safe_open  # noqa: PLC0415 - who only verifies files waits for no torch
        from safetensors.torch import load as load_tensors  # noqa: PLC0415

        from inference.models.row_bytes import unpack  # noqa: PLC0415

        data = self.read_bytes(name)
        entry = self.entry(name)
        tensors = unpack({key: _widen(value) for key, value in load_tensors(data).items()})
        with safe_open(str(self.folder / entry.file), framework="pt") as file:
            metadata = file.metadata() or {}
        return LoadedModel(entry, tensors, json.loads(metadata.get("config", "{}")))


def _widen(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
