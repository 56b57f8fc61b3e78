"""Measures template recognition on disguised templates and on photographs, beside the two baselines it must beat.

The baselines answer the same queries: nearest 16 x 16 colours, and nearest 64-bit difference hash.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from inference.models.template_index import TemplateIndex
from training.datasets.pictures import colour_grid, difference_hash
from training.datasets.templates import Template
from training.drawing.augment import disguise
from training.measures import share
from training.seeing.views import Captions


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


def score_queries(index: TemplateIndex, queries: Sequence[Query], embeddings: torch.Tensor) -> dict[str, float]:
    """Per kind: `top1` of the nearest name, and `accepted`, the share that is right and above the threshold."""
    scores: dict[str, float] = {}
    answers = [index.recognise(embedding) for embedding in embeddings]
    for kind in sorted({query.kind for query in queries}):
        pairs = [pair for pair in zip(queries, answers, strict=True) if pair[0].kind == kind]
        scores[f"{kind}_top1"] = share([query.template == answer.neighbours[0].name for query, answer in pairs])
        scores[f"{kind}_accepted"] = share([query.template == answer.name for query, answer in pairs])
        scores[f"{kind}_queries"] = float(len(pairs))
    return scores


def score_baselines(templates: Sequence[Template], queries: Sequence[Query]) -> dict[str, float]:
    """Top-1 of the nearest 16 x 16 colours and the nearest difference hash, over each template's first picture."""
    pictures = [(template.name, template.pictures[0]) for template in templates]
    colours = np.stack([picture.thumbnail.ravel() for _, picture in pictures])
    hashes = np.array([difference_hash(picture.open()) for _, picture in pictures], dtype=np.uint64)
    right: dict[str, list[bool]] = {}
    for query in queries:
        colour = colour_grid(query.picture).ravel()
        by_colour = int(((colours - colour) ** 2).sum(axis=1).argmin())
        by_hash = int(np.bitwise_count(hashes ^ difference_hash(query.picture)).argmin())
        right.setdefault(f"{query.kind}_colour16_top1", []).append(pictures[by_colour][0] == query.template)
        right.setdefault(f"{query.kind}_dhash_top1", []).append(pictures[by_hash][0] == query.template)
    return {name: share(values) for name, values in right.items()}
