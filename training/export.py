"""Writes a trained model into a weights folder and its line into the manifest; the only writer of either."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from inference.errors import ModelError
from inference.manifest import WEIGHTS_DIR, Manifest, ManifestEntry
from inference.models.row_bytes import pack
from training.report.evaluation import Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a model comes from: `command` repeats its training, `data` names the public sets, `scores` are measured."""

    task: str
    version: str
    command: str
    data: tuple[str, ...]
    scores: Mapping[str, float]


def export_model(
    name: str,
    tensors: Mapping[str, torch.Tensor],
    config: Mapping[str, Any],
    provenance: Provenance,
    folder: Path = WEIGHTS_DIR,
) -> ManifestEntry:
    """Save floating tensors as fp16 (integers as they are) to `NAME.safetensors` and list the file."""
    halves = {key: _narrow(value).contiguous() for key, value in tensors.items()}
    data = save(halves, metadata={"config": json.dumps(config, sort_keys=True)})
    return export_file(name, f"{name}.safetensors", data, provenance, folder)


def export_in_bytes(
    name: str,
    tensors: Mapping[str, torch.Tensor],
    config: Mapping[str, Any],
    provenance: Provenance,
    folder: Path = WEIGHTS_DIR,
) -> ManifestEntry:
    """The same with matrices and filters in eight bits, a scale per row; the manifest loads them as floats again."""
    return export_model(name, pack(tensors), config, provenance, folder)


def export_file(name: str, file: str, data: bytes, provenance: Provenance, folder: Path = WEIGHTS_DIR) -> ManifestEntry:
    """Write a companion file (a tokenizer, a list of names) and list it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(data)
    entry = ManifestEntry(
        name=name,
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        task=provenance.task,
        version=provenance.version,
        command=provenance.command,
        data=provenance.data,
        scores=dict(provenance.scores),
    )
    manifest = _manifest_or_empty(folder)
    replace(manifest, entries={**manifest.entries, name: entry}).write()
    return entry


def record_evaluation(evaluation: Evaluation, folder: Path = WEIGHTS_DIR) -> ManifestEntry:
    """Write freshly measured scores beside the model's file, which stays as it is; scores measured otherwise stay too.

    Raises ModelError where the folder lists no such model.
    """
    manifest = Manifest.read(folder)
    entry = manifest.entry(evaluation.model)
    others = {name: found for name, found in entry.intervals.items() if name not in evaluation.scores}
    recorded = replace(
        entry,
        scores={**entry.scores, **evaluation.values},
        intervals={**others, **evaluation.intervals},
        goals=evaluation.goal_lines(),
    )
    replace(manifest, entries={**manifest.entries, entry.name: recorded}).write()
    return recorded


def _manifest_or_empty(folder: Path) -> Manifest:
    try:
        return Manifest.read(folder)
    except ModelError:
        return Manifest(folder, {})


def _narrow(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().cpu().half() if tensor.is_floating_point() else tensor.detach().cpu()
