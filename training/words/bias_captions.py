"""Captions to be judged in an audit: what the embedded captioner writes on every template, and about every group.

Drafts are judged as they are written: in use, those that the flag model holds back are never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from torch import Tensor

from inference.errors import ModelError
from inference.manifest import Manifest
from inference.models.captioner import Captioner, Condition
from inference.models.template_index import TemplateIndex
from inference.templates.catalogue import Catalogue, Template
from training.words.contrast_lines import read_material

PER_TEMPLATE: Final = 24
AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class WrittenCaptions:
    """Captions, a line per box, by the template's name and by the group that was asked for; either may be empty."""

    by_template: Mapping[str, tuple[str, ...]]
    by_group: Mapping[str, tuple[str, ...]]

    @classmethod
    def none(cls) -> WrittenCaptions:
        return cls({}, {})


def write_audit_captions(
    manifest: Manifest, per_template: int = PER_TEMPLATE, seed: int = 0, templates: Iterable[Template] | None = None
) -> WrittenCaptions:
    """Up to `per_template` drafts for each of `templates` (None: all), half as many for each English group.

    Nothing without a captioner in the weights. The same seed and weights give the same captions.
    """
    try:
        captioner = Captioner.load(manifest)
    except ModelError:
        return WrittenCaptions.none()
    looks = _looks(manifest)
    by_template = {
        template.name: _written(captioner, Condition(looks(template), boxes=len(template.boxes)), per_template, seed)
        for template in (Catalogue.load() if templates is None else templates)
    }
    half = max(1, per_template // 2)
    by_group = {
        group: _written(captioner, Condition(keywords=(words["groups"][0].lower(),)), half, seed)
        for group, words in read_material("en", "held_out").groups.items()
    }
    return WrittenCaptions(by_template, by_group)


def _looks(manifest: Manifest) -> _Looks:
    try:
        return _Looks(TemplateIndex.load(manifest))
    except ModelError:
        return _Looks(None)


@dataclass(frozen=True, slots=True)
class _Looks:
    index: TemplateIndex | None

    def __call__(self, template: Template) -> Tensor | None:
        """Features (D,) of the first known template that shares this one's joke, as captions are written with."""
        known = [] if self.index is None else [self.index.features_of(name) for name in template.like]
        return next((features for features in known if features is not None), None)


def _written(captioner: Captioner, condition: Condition, count: int, seed: int) -> tuple[str, ...]:
    """As the room asks: a few at a time, each time with another seed; those written twice count once."""
    rounds = -(-count // AT_ONCE)
    drafts = [draft for at in range(rounds) for draft in captioner.write(condition, AT_ONCE, seed * 1000 + at)]
    return tuple(dict.fromkeys("\n".join(draft.lines) for draft in drafts))[:count]
