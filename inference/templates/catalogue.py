"""The templates there are: the bundled ones and a user's own, found by any name a person would type.

Loads without Pillow, torch or a network. Knows nothing of rendering or of where imported templates come from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.errors import ConfigurationError
from inference.templates.entries import CATALOGUE_NAME, Template, read_entries

BUNDLED_DIR: Final = Path(__file__).parent

__all__ = ["BUNDLED_DIR", "Catalogue", "Template", "fold_name", "read_picture"]


def fold_name(text: str) -> str:
    """Reduce a name to what counts when comparing: its letters and digits, of any script, in lower case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All templates in order (bundled first), and the folded names and aliases that lead to them."""

    templates: tuple[Template, ...]
    _by_key: Mapping[str, Template]

    @classmethod
    def load(cls, extra: Path | None = None) -> Catalogue:
        """Read the bundled templates and, where `extra` holds a catalogue, the user's own.

        Raises ConfigurationError for broken JSON, boxes or pictures, and for two templates of one name.
        """
        templates = read_entries(BUNDLED_DIR)
        if extra is not None and (extra / CATALOGUE_NAME).exists():
            templates += read_entries(extra)
        return cls.of(templates)

    @classmethod
    def of(cls, templates: Sequence[Template]) -> Catalogue:
        """Index templates; of two claims to an alias the first wins, and a name beats an alias."""
        by_key: dict[str, Template] = {}
        for template in templates:
            key = fold_name(template.name)
            if key in by_key:
                raise ConfigurationError(f'There are two templates called "{template.name}"; rename one.')
            by_key[key] = template
        for template in templates:
            for alias in (template.title, *template.aliases):
                by_key.setdefault(fold_name(alias), template)
        return cls(tuple(templates), by_key)

    def get(self, name_or_alias: str) -> Template | None:
        """Find by name, title or alias, whatever its case, spaces and hyphens."""
        key = fold_name(name_or_alias)
        return self._by_key.get(key) if key else None

    def search(self, text: str) -> list[Template]:
        """Templates whose name, title, alias or use matches what was typed so far, best first.

        A name that begins with the text goes before one that contains it, and both before a match in
        `good_for`. An empty text finds all.
        """
        key = fold_name(text)
        ranked = [(_rank(template, key), template) for template in self.templates]
        found = [pair for pair in ranked if pair[0] is not None]
        return [template for _, template in sorted(found, key=lambda pair: pair[0] or 0)]

    def __iter__(self) -> Iterator[Template]:
        return iter(self.templates)

    def __len__(self) -> int:
        return len(self.templates)


def read_picture(template: Template) -> bytes:
    """The encoded base picture; raises ConfigurationError where the file is gone."""
    try:
        return template.picture.read_bytes()
    except OSError as error:
        raise ConfigurationError(f'The picture of the template "{template.name}" is missing.') from error


def _rank(template: Template, key: str) -> int | None:
    names = [fold_name(name) for name in (template.name, template.title, *template.aliases)]
    if key in names:
        return 0
    if any(name.startswith(key) for name in names):
        return 1
    if any(key in name for name in names):
        return 2
    return 3 if key in fold_name(template.good_for) else None
