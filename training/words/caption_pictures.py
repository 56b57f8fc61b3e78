"""The caption templates' pictures as embeddings, from the shipped template index. No picture file is read here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from torch import Tensor

from inference.errors import ModelError
from inference.manifest import Manifest
from inference.models.template_index import TemplateIndex

FEATURES: Final = 256


def template_features(weights: Path, names: Iterable[str]) -> dict[str, Tensor]:
    """Embedding (FEATURES,) by template name, without the templates that the index lacks; none without an index."""
    try:
        index = TemplateIndex.load(Manifest.read(weights))
    except ModelError:
        return {}
    found = {name: index.features_of(name) for name in names}
    return {name: features for name, features in found.items() if features is not None}
