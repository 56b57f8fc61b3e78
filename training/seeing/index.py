"""Builds the index of known templates: names, one embedding per picture, and how sure a find must be.

Needs the backbone in the weights folder. The threshold is set on half of the photographs, so that at most one in a
hundred is taken for a template, and measured on the other half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch

from inference.manifest import Manifest
from inference.models.backbone import VisionModel
from inference.models.template_index import MODEL_NAME, KnownTemplate, TemplateIndex
from training.datasets.captions import read_caption_boxes
from training.datasets.negatives import read_negatives
from training.datasets.templates import Template, colour_correlation, merge_templates, read_templates
from training.export import Provenance, export_model
from training.measures import share
from training.options import EvaluateOptions, Scores, TrainOptions
from training.seeing.embedding import embed_all
from training.seeing.index_scores import Query, make_queries, score_baselines, score_queries

VERSION: Final = "1"
COMMAND: Final = "memesmith train backbone --data DIR"
DATA: Final = ("Dank-Learning templates", "memegen", "ImgFlip575K", "new_meme_dataset_2", "Caltech-101 photographs")
FALSE_ACCEPTS: Final = 0.01
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

    def index(self, threshold: float, first_pictures_only: bool = False) -> TemplateIndex:
        firsts = [int((self.owners == owner).nonzero()[0]) for owner in range(len(self.templates))]
        kept = torch.tensor(firsts) if first_pictures_only else torch.arange(len(self.rows))
        known = [
            KnownTemplate(template.name, template.aliases, self.features[first])
            for template, first in zip(self.templates, firsts, strict=True)
        ]
        return TemplateIndex(known, self.rows[kept], self.owners[kept], threshold)


def build_index(options: TrainOptions) -> Scores:
    """Builds and exports the index, and returns its scores."""
    model = VisionModel.load(Manifest.read(options.out), options.device)
    embedded = embed_templates(model, read_templates(options.data).items)
    pairs = find_same(embedded)
    embedded = embedded.merged(pairs)
    photos = _photo_embeddings(model, options, limit=8 if options.quick else None)
    probe = embedded.index(threshold=1.0)
    threshold = choose_threshold([probe.sureness(photo) for photo in photos[::2]])
    scores = _score(model, embedded, threshold, options)
    index = embedded.index(threshold)
    scores["photos_false_accepts"] = _accepted_share(index, photos[1::2])
    scores |= {
        "threshold": threshold,
        "templates": float(len(embedded.templates)),
        "pictures": float(len(embedded.rows)),
    }
    provenance = Provenance(task="template", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, *index.to_tensors(), provenance, options.out)
    return scores


def evaluate_index(options: EvaluateOptions) -> Scores:
    """Measures the shipped index on new guises of the templates in `data` and on its photographs."""
    manifest = Manifest.read(options.weights)
    model, index = VisionModel.load(manifest, options.device), TemplateIndex.load(manifest)
    embedded = embed_templates(model, read_templates(options.data).items)
    templates = embedded.merged(find_same(embedded)).templates
    captions = read_caption_boxes(options.data, 2000, every=13).items
    queries = make_queries(templates, captions, options.seed, options.limit or QUERIES)
    embeddings = embed_all(model, [query.picture for query in queries], "queries")[1]
    scores = score_queries(index, queries, embeddings) | score_baselines(templates, queries)
    photos = embed_all(model, read_negatives(options.data, options.limit).items, "photographs")[1]
    scores["photos_false_accepts"] = _accepted_share(index, photos)
    return scores


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


def choose_threshold(photos: Sequence[float]) -> float:
    """The least sureness that at most `FALSE_ACCEPTS` of the photographs exceed."""
    return float(torch.tensor(photos).quantile(1 - FALSE_ACCEPTS, interpolation="higher")) + 1e-3


def _score(
    model: VisionModel, embedded: EmbeddedTemplates, threshold: float, options: TrainOptions
) -> dict[str, float]:
    captions = read_caption_boxes(options.data, 2000, every=13).items
    queries = make_queries(embedded.templates, captions, options.seed, 4 if options.quick else QUERIES)
    embeddings = embed_all(model, [query.picture for query in queries], "queries")[1]
    full, firsts = embedded.index(threshold), embedded.index(threshold, first_pictures_only=True)
    scores = _of_kinds(full, queries, embeddings, {"known", "new"})
    scores |= _of_kinds(firsts, queries, embeddings, {"other_source"})
    return scores | score_baselines(embedded.templates, queries)


def _of_kinds(
    index: TemplateIndex, queries: Sequence[Query], embeddings: torch.Tensor, kinds: set[str]
) -> dict[str, float]:
    chosen = [place for place, query in enumerate(queries) if query.kind in kinds]
    return score_queries(index, [queries[place] for place in chosen], embeddings[chosen])


def _photo_embeddings(model: VisionModel, options: TrainOptions, limit: int | None) -> torch.Tensor:
    return embed_all(model, read_negatives(options.data, limit).items, "photographs")[1]


def _accepted_share(index: TemplateIndex, embeddings: torch.Tensor) -> float:
    return share([index.recognise(one).name is not None for one in embeddings])
