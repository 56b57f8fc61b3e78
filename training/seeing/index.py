"""Builds the index of known templates: names, one embedding per picture, and how sure a find must be.

Needs the backbone in the weights folder. The threshold is set on a third of the photographs, so that about one in a
hundred is taken for a template, and measured on a third that nothing was learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from PIL import Image

from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.template_index import MODEL_NAME, KnownTemplate, TemplateIndex
from training.datasets.captions import read_caption_boxes
from training.datasets.negatives import FITTED, LEARNED, MEASURED, read_negatives
from training.datasets.objects import read_objects
from training.datasets.templates import Template, colour_correlation, merge_templates, read_templates
from training.export import Provenance, export_model, record_evaluation
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation, Goal
from training.report.intervals import share_score
from training.seeing.embedding import embed_all
from training.seeing.index_scores import (
    OTHER_SOURCE,
    Query,
    as_scores,
    hits_of_features,
    hits_of_index,
    hits_of_pixels,
    make_queries,
)

VERSION: Final = "2"
COMMAND: Final = "memesmith train backbone --data DIR"
DATA: Final = ("Dank-Learning templates", "memegen", "ImgFlip575K", "new_meme_dataset_2", "Caltech-101 photographs")
FALSE_ACCEPTS: Final = 0.012
NEAREST: Final = 10
CROWD: Final = 1500
SAME_COSINE: Final = 0.9
SAME_COLOURS: Final = 0.6
QUERIES: Final = 700


@dataclass(frozen=True, slots=True)
class EmbeddedTemplates:
    """All pictures of `templates` embedded: `features` (R, D), `rows` (R, K), `owners` int64 (R,)."""

    templates: Sequence[Template]
    features: torch.Tensor
    rows: torch.Tensor
    owners: torch.Tensor

    def merged(self, pairs: Sequence[tuple[int, int]]) -> EmbeddedTemplates:
        """The same pictures under fewer templates."""
        order = [picture.path for template in self.templates for picture in template.pictures]
        row_of = {path: row for row, path in enumerate(order)}
        templates = merge_templates(self.templates, pairs)
        owned = [(owner, picture) for owner, template in enumerate(templates) for picture in template.pictures]
        rows = torch.tensor([row_of[picture.path] for _, picture in owned])
        owners = torch.tensor([owner for owner, _ in owned])
        return EmbeddedTemplates(templates, self.features[rows], self.rows[rows], owners)

    def index(
        self, threshold: float, first_pictures_only: bool = False, crowding: torch.Tensor | None = None
    ) -> TemplateIndex:
        firsts = [int((self.owners == owner).nonzero()[0]) for owner in range(len(self.templates))]
        kept = torch.tensor(firsts) if first_pictures_only else torch.arange(len(self.rows))
        known = [
            KnownTemplate(template.name, template.aliases, self.features[first])
            for template, first in zip(self.templates, firsts, strict=True)
        ]
        return TemplateIndex(known, self.rows[kept], self.owners[kept], threshold, crowding)


def build_index(options: TrainOptions) -> Scores:
    """Builds and exports the index, and returns its scores."""
    model = VisionModel.load(Manifest.read(options.out), options.device)
    embedded = embed_templates(model, read_templates(options.data).items)
    embedded = embedded.merged(find_same(embedded))
    photos = _photo_embeddings(model, options.data, limit=8 if options.quick else None)
    seen = torch.cat([photos[LEARNED], _object_embeddings(model, options)])
    crowding = measure_crowding(embedded.index(threshold=1.0), seen)
    probe = embedded.index(threshold=1.0, crowding=crowding)
    threshold = choose_threshold([probe.sureness(photo) for photo in photos[FITTED]])
    index = embedded.index(threshold, crowding=crowding)
    counts = {
        "threshold": threshold,
        "templates": float(len(embedded.templates)),
        "pictures": float(len(embedded.rows)),
    }
    provenance = Provenance(task="template", version=VERSION, command=COMMAND, data=DATA, scores=counts)
    export_model(MODEL_NAME, *index.to_tensors(), provenance, options.out)
    queries = _queries(embedded.templates, options.data, options.seed, 4 if options.quick else QUERIES)
    evaluation = judge_index(model, index, embedded, queries, photos[MEASURED])
    record_evaluation(evaluation, options.out)
    return {**counts, **evaluation.values}


def evaluate_index(options: EvaluateOptions) -> Evaluation:
    """Measures the shipped index on new guises of the templates in `data`, and on photographs not used to fit it."""
    manifest = Manifest.read(options.weights)
    model, index = VisionModel.load(manifest, options.device), TemplateIndex.load(manifest)
    embedded = embed_templates(model, read_templates(options.data).items)
    embedded = embedded.merged(find_same(embedded))
    queries = _queries(embedded.templates, options.data, options.seed, options.limit or QUERIES)
    photos = _photo_embeddings(model, options.data, options.limit)
    return judge_index(model, index, embedded, queries, photos[MEASURED])


def judge_index(
    model: VisionModel,
    index: TemplateIndex,
    embedded: EmbeddedTemplates,
    queries: Sequence[Query],
    photos: torch.Tensor,
) -> Evaluation:
    """Ours beside the baselines; pictures of another source are asked of an index that lacks them."""
    features, embeddings = embed_all(model, [query.picture for query in queries], "queries")
    own = [place for place, query in enumerate(queries) if query.kind != OTHER_SOURCE]
    other = [place for place, query in enumerate(queries) if query.kind == OTHER_SOURCE]
    firsts = embedded.index(index.threshold, first_pictures_only=True, crowding=index.crowding)
    hits = hits_of_index(index, [queries[place] for place in own], embeddings[own])
    hits |= hits_of_index(firsts, [queries[place] for place in other], embeddings[other])
    accepted = [index.recognise(photo).name is not None for photo in photos]
    by_colours, by_hashes = hits_of_pixels(embedded.templates, queries)
    return Evaluation(
        model=MODEL_NAME,
        scores={**as_scores(hits), "photos_false_accepts": share_score(accepted)},
        baselines={
            "16 x 16 colours": as_scores(by_colours),
            "difference hash": as_scores(by_hashes),
            "features": as_scores(hits_of_features(index, queries, features)),
        },
        goals=(Goal(score="known_top1", at_least=0.95), Goal(score="photos_false_accepts", at_most=0.02)),
    )


def embed_templates(model: VisionModel, templates: Sequence[Template]) -> EmbeddedTemplates:
    """Every picture of every template, as it is."""
    pairs = [(owner, picture) for owner, template in enumerate(templates) for picture in template.pictures]
    features, rows = embed_all(model, [picture.open() for _, picture in pairs], "templates")
    return EmbeddedTemplates(templates, features, rows, torch.tensor([owner for owner, _ in pairs]))


def find_same(embedded: EmbeddedTemplates) -> list[tuple[int, int]]:
    """Pairs of templates whose first pictures embed alike and also look alike, all over and in the middle.

    The middle is asked apart, because many different faces stand before the same pattern.
    """
    firsts = [int((embedded.owners == owner).nonzero()[0]) for owner in range(len(embedded.templates))]
    rows = embedded.rows[firsts]
    near = (rows @ rows.T > SAME_COSINE).triu(diagonal=1).nonzero().tolist()
    pictures = [template.pictures[0] for template in embedded.templates]
    return [
        (left, right)
        for left, right in near
        if colour_correlation(pictures[left], pictures[right]) > SAME_COLOURS
        and colour_correlation(pictures[left], pictures[right], border=4) > SAME_COLOURS
    ]


def measure_crowding(index: TemplateIndex, seen: torch.Tensor) -> torch.Tensor:
    """Float32 (T,): the mean of each template's `NEAREST` greatest cosines to what is no template, `seen` (N, K)."""
    cosines = torch.stack([index.cosines(one) for one in seen])
    near = cosines.topk(min(NEAREST, len(seen)), dim=0).values.mean(dim=0)
    return near - near.mean()


def choose_threshold(photos: Sequence[float]) -> float:
    """The least sureness that at most `FALSE_ACCEPTS` of the photographs exceed."""
    return float(torch.tensor(photos).quantile(1 - FALSE_ACCEPTS, interpolation="higher")) + 1e-3


def _queries(templates: Sequence[Template], data: Path, seed: int, limit: int) -> list[Query]:
    return make_queries(templates, read_caption_boxes(data, 2000, every=13).items, seed, limit)


def _object_embeddings(model: VisionModel, options: TrainOptions) -> torch.Tensor:
    pixels = read_objects(options.data, "train", limit=16 if options.quick else CROWD).pixels
    return embed_all(model, [Image.fromarray(one) for one in pixels], "objects")[1]


def _photo_embeddings(model: VisionModel, data: Path, limit: int | None) -> torch.Tensor:
    return embed_all(model, read_negatives(data, limit).items, "photographs")[1]
