"""Measures template recognition on disguised templates and on photographs, beside the two baselines it must beat.

The baselines answer the same queries: nearest 16 x 16 colours, nearest 64-bit difference hash, and nearest features of
the backbone, which know pictures but were never taught templates.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from PIL import Image

from inference.models.template_index import TemplateIndex
from training.datasets.pictures import colour_grid, difference_hash
from training.datasets.templates import Template
from training.drawing.augment import disguise
from training.report.evaluation import Score
from training.report.intervals import share_score
from training.seeing.views import Captions

OTHER_SOURCE: Final = "other_source"
Hits = dict[str, list[bool]]


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
            choices.append((OTHER_SOURCE, other[0]))
        queries += [(kind, picture, template.name) for kind, picture in choices]
    taken = [row for kind in ("known", "new", OTHER_SOURCE) for row in [r for r in queries if r[0] == kind][:limit]]
    return [Query(disguise(picture.open(), captions, rng), name, kind) for kind, picture, name in taken]


def hits_of_index(index: TemplateIndex, queries: Sequence[Query], embeddings: torch.Tensor) -> Hits:
    """Per kind: `top1`, whether the nearest name is right, and `accepted`, whether it is also above the threshold."""
    hits: Hits = {}
    for query, embedding in zip(queries, embeddings, strict=True):
        answer = index.recognise(embedding)
        hits.setdefault(f"{query.kind}_top1", []).append(query.template == answer.neighbours[0].name)
        hits.setdefault(f"{query.kind}_accepted", []).append(query.template == answer.name)
    return hits


def hits_of_features(index: TemplateIndex, queries: Sequence[Query], features: torch.Tensor) -> Hits:
    """Top-1 of the nearest picture by the backbone's features (Q, D), which were never taught templates."""
    known = torch.stack([_unit(index.features_of(name)) for name in index.names])
    places = (torch.nn.functional.normalize(features, dim=1) @ known.T).argmax(dim=1).tolist()
    hits: Hits = {}
    for query, place in zip(queries, places, strict=True):
        hits.setdefault(f"{query.kind}_top1", []).append(index.names[place] == query.template)
    return hits


def hits_of_pixels(templates: Sequence[Template], queries: Sequence[Query]) -> tuple[Hits, Hits]:
    """Top-1 of the nearest 16 x 16 colours and of the nearest difference hash, over each template's first picture."""
    pictures = [(template.name, template.pictures[0]) for template in templates]
    colours = np.stack([picture.thumbnail.ravel() for _, picture in pictures])
    hashes = np.array([difference_hash(picture.open()) for _, picture in pictures], dtype=np.uint64)
    by_colours: Hits = {}
    by_hashes: Hits = {}
    for query in queries:
        colour = colour_grid(query.picture).ravel()
        near = int(((colours - colour) ** 2).sum(axis=1).argmin())
        alike = int(np.bitwise_count(hashes ^ difference_hash(query.picture)).argmin())
        by_colours.setdefault(f"{query.kind}_top1", []).append(pictures[near][0] == query.template)
        by_hashes.setdefault(f"{query.kind}_top1", []).append(pictures[alike][0] == query.template)
    return by_colours, by_hashes


def as_scores(hits: Hits) -> dict[str, Score]:
    return {name: share_score(found) for name, found in hits.items()}


def _unit(features: torch.Tensor | None) -> torch.Tensor:
    assert features is not None  # noqa: S101 - every name of an index has features
    return torch.nn.functional.normalize(features, dim=0)
