"""Measures template recognition on disguised templates and on photographs, beside the two baselines it must beat.

The baselines answer the same queries: nearest 16 x 16 colours, and nearest 64-bit difference hash.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from rich.progress import track

from inference.models.backbone import VisionModel
from inference.models.template_index import TemplateIndex
from training.augment import disguise
from training.datasets.templates import Template
from training.views import Captions

CHUNK: Final = 32


@dataclass(frozen=True, slots=True)
class Query:
    """A disguised picture and the template it was made from; `kind` names the test it belongs to."""

    picture: Image.Image
    template: str
    kind: str


def make_queries(templates: Sequence[Template], captions: Captions, seed: int, limit: int) -> list[Query]:
    """One guise per template: of those trained on, of those never shown, and of second pictures from another source.

    The guises differ from those of the training by their seed; at most `limit` of each kind.
    """
    rng = random.Random(f"queries/{seed}")
    queries = []
    for template in rng.sample(list(templates), len(templates)):
        first = template.pictures[0]
        other = [one for one in template.pictures if one.source != first.source]
        held_out = template.is_held_out
        choices = [("new" if held_out else "known", first)]
        if other and not held_out:
            choices.append(("other_source", other[0]))
        queries += [(kind, picture, template.name) for kind, picture in choices]
    taken = [row for kind in ("known", "new", "other_source") for row in [r for r in queries if r[0] == kind][:limit]]
    return [Query(disguise(picture.open(), captions, rng), name, kind) for kind, picture, name in taken]


def embed_all(model: VisionModel, pictures: Sequence[Image.Image], told: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (N, D) and template embeddings (N, K) of the pictures, in order."""
    chunks = [pictures[start : start + CHUNK] for start in range(0, len(pictures), CHUNK)]
    found = [one for chunk in track(chunks, told) for one in model.embed(chunk)]
    return torch.stack([one.features for one in found]), torch.stack([one.template for one in found])


def score_queries(index: TemplateIndex, queries: Sequence[Query], embeddings: torch.Tensor) -> dict[str, float]:
    """Per kind: `top1` of the nearest name, and `accepted`, the share that is right and above the threshold."""
    scores: dict[str, float] = {}
    answers = [index.recognise(embedding) for embedding in embeddings]
    for kind in sorted({query.kind for query in queries}):
        pairs = [pair for pair in zip(queries, answers, strict=True) if pair[0].kind == kind]
        scores[f"{kind}_top1"] = _share([query.template == answer.neighbours[0].name for query, answer in pairs])
        scores[f"{kind}_accepted"] = _share([query.template == answer.name for query, answer in pairs])
        scores[f"{kind}_queries"] = float(len(pairs))
    return scores


def score_baselines(templates: Sequence[Template], queries: Sequence[Query]) -> dict[str, float]:
    """Top-1 of the nearest 16 x 16 colours and the nearest difference hash, over each template's first picture."""
    pictures = [(template.name, template.pictures[0]) for template in templates]
    colours = np.stack([picture.thumbnail.ravel() for _, picture in pictures])
    hashes = np.array([difference_hash(picture.open()) for _, picture in pictures], dtype=np.uint64)
    right: dict[str, list[bool]] = {}
    for query in queries:
        colour = _thumbnail(query.picture)
        by_colour = int(((colours - colour) ** 2).sum(axis=1).argmin())
        by_hash = int(np.bitwise_count(hashes ^ difference_hash(query.picture)).argmin())
        right.setdefault(f"{query.kind}_colour16_top1", []).append(pictures[by_colour][0] == query.template)
        right.setdefault(f"{query.kind}_dhash_top1", []).append(pictures[by_hash][0] == query.template)
    return {name: _share(values) for name, values in right.items()}


def difference_hash(picture: Image.Image) -> np.uint64:
    """64 bits: whether each cell of a 9 x 8 grey grid is brighter than its left neighbour."""
    grey = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return np.uint64(int.from_bytes(np.packbits(bits).tobytes(), "big"))


def _thumbnail(picture: Image.Image) -> NDArray[np.float32]:
    small = picture.convert("RGB").resize((16, 16), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32).ravel() / np.float32(255)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / max(1, len(values))
