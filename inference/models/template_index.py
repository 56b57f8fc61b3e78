"""Says which known template a picture shows, or none: nearest neighbour over the backbone's template embeddings.

Holds names and numbers, no pictures. A template is added from one embedding, without training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch

from inference.contract import Neighbour, TemplateOutput
from inference.manifest import Manifest
from inference.models.backbone import PictureEmbedding

MODEL_NAME: Final = "template_index"
NEIGHBOURS: Final = 5
INT8_SCALE: Final = 127.0
CROWDING_SHARE: Final = 0.5
LEAD_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class KnownTemplate:
    """`features` are the backbone's features of the bare picture, float32 (D,)."""

    name: str
    aliases: tuple[str, ...]
    features: torch.Tensor


class TemplateIndex:
    """`rows` float32 (R, K) are unit embeddings of known pictures, `owners` int64 (R,) the template each belongs to.

    `crowding` float32 (T,) is how near photographs come to a template, beyond the mean of all templates; half of it is
    taken off a cosine (CSLS, Conneau et al. 2018, one side of it). A bare page would otherwise be near to everything.
    """

    def __init__(
        self,
        templates: Sequence[KnownTemplate],
        rows: torch.Tensor,
        owners: torch.Tensor,
        threshold: float,
        crowding: torch.Tensor | None = None,
    ) -> None:
        self._templates = list(templates)
        self._rows = torch.nn.functional.normalize(rows.float(), dim=1)
        self._owners = owners.long()
        self._by_name = {template.name: template for template in templates}
        self.threshold = threshold
        self._crowding = torch.zeros(len(self._templates)) if crowding is None else crowding.float()

    @classmethod
    def load(cls, manifest: Manifest) -> TemplateIndex:
        """Raises ModelError where the index is missing or altered."""
        loaded = manifest.load(MODEL_NAME)
        tensors, config = loaded.tensors, loaded.config
        known = zip(config["names"], config["aliases"], tensors["features"], strict=True)
        templates = [KnownTemplate(name, tuple(aliases), features) for name, aliases, features in known]
        rows, owners = tensors["rows"] / INT8_SCALE, tensors["owners"]
        return cls(templates, rows, owners, float(config["threshold"]), tensors["crowding"])

    def to_tensors(self) -> tuple[dict[str, torch.Tensor], Mapping[str, Any]]:
        """What `load` reads back: rows as int8 (cosines move by less than 0.01), and the configuration."""
        tensors = {
            "rows": (self._rows * INT8_SCALE).round().to(torch.int8),
            "owners": self._owners.to(torch.int32),
            "crowding": self._crowding,
            "features": torch.stack([template.features for template in self._templates]),
        }
        config = {
            "names": [template.name for template in self._templates],
            "aliases": [list(template.aliases) for template in self._templates],
            "threshold": self.threshold,
        }
        return tensors, config

    @property
    def crowding(self) -> torch.Tensor:
        """Float32 (T,), in the order of `names`."""
        return self._crowding

    @property
    def names(self) -> tuple[str, ...]:
        """Canonical names, in the order of the index."""
        return tuple(template.name for template in self._templates)

    def recognise(self, embedding: torch.Tensor) -> TemplateOutput:
        """`embedding` float32 (K,), unit length; `score` is the best cosine, corrected for crowding.

        A name is given when it plus half of its lead over the next template reaches the threshold: a photograph is
        often somewhat near to several templates, a disguised template is near to one.
        """
        scores, places = self._best_of_each(embedding).topk(min(NEIGHBOURS, len(self._templates)))
        pairs = zip(scores.tolist(), places.tolist(), strict=True)
        neighbours = tuple(Neighbour(self._templates[place].name, _to_unit(score)) for score, place in pairs)
        nearest = self._templates[int(places[0])]
        found = self._sureness(scores) >= self.threshold
        return TemplateOutput(
            name=nearest.name if found else None,
            aliases=nearest.aliases if found else (),
            score=neighbours[0].score,
            neighbours=neighbours,
        )

    def sureness(self, embedding: torch.Tensor) -> float:
        """What the threshold is compared with: the best corrected cosine plus half its lead over the next one."""
        return self._sureness(self._best_of_each(embedding).topk(min(2, len(self._templates))).values)

    def add(self, name: str, aliases: Sequence[str], embedding: PictureEmbedding) -> None:
        """Makes one more picture known; a name that is there already gains a second picture of itself."""
        if name not in self._by_name:
            template = KnownTemplate(name, tuple(aliases), embedding.features)
            self._by_name[name] = template
            self._templates.append(template)
            self._crowding = torch.cat([self._crowding, torch.zeros(1)])
        owner = self.names.index(name)
        self._rows = torch.cat([self._rows, torch.nn.functional.normalize(embedding.template[None].float(), dim=1)])
        self._owners = torch.cat([self._owners, torch.tensor([owner])])

    def features_of(self, name: str) -> torch.Tensor | None:
        """Float32 (D,) backbone features of the template's bare picture; None for an unknown name."""
        template = self._by_name.get(name)
        return None if template is None else template.features

    def cosines(self, embedding: torch.Tensor) -> torch.Tensor:
        """Float32 (T,): the best cosine of each template's pictures, as it is."""
        cosines = self._rows @ embedding.float()
        return torch.full((len(self._templates),), -1.0).scatter_reduce(0, self._owners, cosines, "amax")

    def _best_of_each(self, embedding: torch.Tensor) -> torch.Tensor:
        return self.cosines(embedding) - CROWDING_SHARE * self._crowding

    @staticmethod
    def _sureness(scores: torch.Tensor) -> float:
        lead = float(scores[0] - scores[1]) if len(scores) > 1 else 0.0
        return float(scores[0]) + LEAD_SHARE * lead


def _to_unit(cosine: float) -> float:
    return min(1.0, max(0.0, cosine))
