"""Brings templates from a source into a user's folder, from which the catalogue reads them.

Every picture is checked by decoding it before it counts. New files are written in a temporary folder and moved; the
catalogue file is replaced last and in one step, so that an import that breaks off leaves the folder as it was. The
same import done twice changes nothing the second time. Knows sources by their protocol only.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from inference.errors import ConfigurationError, InferenceError, InvalidImage
from inference.imaging import PictureFormat, decode_picture
from inference.templates.catalogue import Catalogue, Template, fold_name
from inference.templates.entries import CATALOGUE_NAME, PICTURES_NAME, read_entries, write_entries
from inference.templates.sources import Offer, Skipped, TemplateSource

_ENDINGS: Final = {PictureFormat.APNG: ".png", PictureFormat.JPEG: ".jpg"}
_MAX_NAME: Final = 60
_LIMIT_REACHED: Final = "The import reached its limit before this one."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """What one import may take: templates, bytes of pictures together, seconds of wall time.

    The picture that crosses `max_total_bytes` is still taken; it has at most MAX_PICTURE_BYTES.
    """

    max_templates: int = 500
    max_total_bytes: int = 512 * 1024 * 1024
    timeout_s: float = 900.0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Names of the templates that are new or changed, of those that already were there, and what was passed over."""

    imported: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]


OnProgress = Callable[[int, int, str], None]


def ignore_progress(done: int, total: int, title: str) -> None:
    """What to pass where nobody watches."""


async def import_templates(
    source: TemplateSource,
    folder: Path,
    limits: ImportLimits = ImportLimits(),
    on_progress: OnProgress = ignore_progress,
) -> ImportReport:
    """Fetch what `source` offers into `folder`, beside what is there; bad items are skipped and reported.

    Templates of other sources stay. `on_progress` hears (items done, items in all, title of the next).
    Raises SourceFailed where the source has no list, ConfigurationError where the folder cannot be used.
    """
    listing = await source.list_offers()
    try:
        kept = _open_folder(folder)
        with tempfile.TemporaryDirectory(prefix=".import-", dir=folder) as scratch:
            gathering = _Gathering(source, Path(scratch), limits, kept)
            gathering.skipped += listing.skipped
            await gathering.gather(listing.offers, on_progress)
            _publish(gathering.arranged(), folder, Path(scratch))
    except OSError as error:
        raise ConfigurationError(f"The template folder {folder} cannot be written: {error.strerror}.") from error
    return gathering.report()


@dataclass(slots=True)
class _Gathering:
    """One import under way: pictures that passed, in the scratch folder, and what became of the rest."""

    source: TemplateSource
    scratch: Path
    limits: ImportLimits
    kept: list[Template]
    found: dict[str, Template] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    total_bytes: int = 0

    async def gather(self, offers: tuple[Offer, ...], on_progress: OnProgress) -> None:
        taken = _taken_keys(template for template in self.kept if template.source != self.source.name)
        done = 0
        try:
            async with asyncio.timeout(self.limits.timeout_s):
                for done, offer in enumerate(offers[: self.limits.max_templates]):
                    on_progress(done, len(offers), offer.title)
                    await self._take(offer, taken)
                done = min(len(offers), self.limits.max_templates)
        except TimeoutError:
            pass
        self.skipped += [Skipped(offer.key, _LIMIT_REACHED) for offer in offers[done:]]
        on_progress(len(offers), len(offers), "")

    async def _take(self, offer: Offer, taken: set[str]) -> None:
        name = _choose_name(offer, self.source.name, taken)
        taken.add(fold_name(name))
        if self.total_bytes >= self.limits.max_total_bytes:
            self.skipped.append(Skipped(offer.key, _LIMIT_REACHED))
            return
        try:
            data = await self.source.fetch_picture(offer)
            file = await asyncio.to_thread(_check_and_write, data, name, self.scratch)
        except InferenceError as error:
            self.skipped.append(Skipped(offer.key, str(error)))
            return
        self.total_bytes += len(data)
        self.found[name] = _template_of(offer, name, file, self.source.name)

    def arranged(self) -> list[Template]:
        """What the catalogue will hold: those there before, renewed in place, then the new ones."""
        renewed = [self.found.get(template.name, template) for template in self.kept]
        known = {template.name for template in self.kept}
        return renewed + [template for name, template in self.found.items() if name not in known]

    def report(self) -> ImportReport:
        before = {template.name: _without_folder(template) for template in self.kept}
        same = [name for name, template in self.found.items() if before.get(name) == _without_folder(template)]
        new = [name for name in self.found if name not in same]
        return ImportReport(tuple(new), tuple(same), tuple(self.skipped))


def _open_folder(folder: Path) -> list[Template]:
    folder.mkdir(parents=True, exist_ok=True)
    return read_entries(folder) if (folder / CATALOGUE_NAME).exists() else []


def _check_and_write(data: bytes, name: str, scratch: Path) -> Path:
    kind = decode_picture(data, max_side=1024).format
    if kind.is_video:
        raise InvalidImage("Videos are no templates; please take a picture, or a GIF made from the video.")
    ending = _ENDINGS.get(kind, f".{kind.value}")
    path = scratch / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}{ending}"
    path.write_bytes(data)
    return path


def _publish(templates: list[Template], folder: Path, scratch: Path) -> None:
    """Move pictures in, then replace the catalogue in one step, then drop pictures that nothing names."""
    pictures = folder / PICTURES_NAME
    pictures.mkdir(exist_ok=True)
    for template in templates:
        if template.picture.parent == scratch:
            os.replace(template.picture, pictures / template.picture.name)  # noqa: PTH105 - atomic, said plainly
    write_entries(scratch / CATALOGUE_NAME, templates)
    os.replace(scratch / CATALOGUE_NAME, folder / CATALOGUE_NAME)  # noqa: PTH105 - as above
    named = {template.picture.name for template in templates}
    for path in pictures.iterdir():
        if path.name not in named:
            path.unlink()


def _template_of(offer: Offer, name: str, picture: Path, source: str) -> Template:
    given = dict(enumerate(offer.example))
    example = tuple(given.get(index, f"Line {index + 1}") for index in range(len(offer.boxes)))
    return Template(
        name=name,
        title=offer.title,
        aliases=tuple(dict.fromkeys(alias for alias in offer.aliases if fold_name(alias))),
        good_for=offer.good_for or f"Imported from {source}.",
        boxes=offer.boxes,
        like=(),
        example=example,
        picture=picture,
        source=source,
    )


def _taken_keys(templates: Iterable[Template]) -> set[str]:
    """Folded names that an import may not use: the bundled templates' names and aliases, and others' names."""
    keys = {fold_name(template.name) for template in templates}
    for template in Catalogue.load():
        keys |= {fold_name(name) for name in (template.name, template.title, *template.aliases)}
    return keys


def _choose_name(offer: Offer, source: str, taken: set[str]) -> str:
    """A kebab-case name that depends on the offer alone, unless it is taken: then on its key too."""
    digest = hashlib.sha256(offer.key.encode()).hexdigest()[:8]
    plain = _kebab(offer.title) or f"{source}-{digest}"
    for name in (plain, f"{plain}-{source}", f"{plain}-{digest}"):
        if fold_name(name) not in taken:
            return name
    return f"{plain}-{source}-{hashlib.sha256(offer.key.encode()).hexdigest()}"


def _kebab(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:_MAX_NAME].strip("-")


def _without_folder(template: Template) -> tuple[object, ...]:
    return (
        template.title,
        template.aliases,
        template.good_for,
        template.boxes,
        template.example,
        template.picture.name,
    )
