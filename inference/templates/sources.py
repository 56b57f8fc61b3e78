"""Where templates can be imported from: one interface, and the first source behind it, a folder of pictures.

A source says what it offers and hands out the bytes of one picture; it stores nothing and checks no picture.
`inference.templates.web_sources` has the ones that need a network.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from inference.boxes import Anchor, TextBox
from inference.contract import Box
from inference.errors import InferenceError
from inference.templates.entries import (
    CATALOGUE_NAME,
    MAX_BOXES,
    Template,
    boxes_from_json,
    read_entries,
    read_string,
    read_strings,
)

PICTURE_ENDINGS: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})
MAX_PICTURE_BYTES: Final = 20 * 1024 * 1024


class SourceFailed(InferenceError):
    """A source could not be read, or would not hand out one of its pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A template that a source has. `key` is the source's own id, `picture` a path or a URL."""

    key: str
    title: str
    boxes: tuple[TextBox, ...]
    picture: str
    aliases: tuple[str, ...] = ()
    good_for: str = ""
    example: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that was passed over, and a sentence that says why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source offers, in its order, and the entries that could not be understood."""

    offers: tuple[Offer, ...]
    skipped: tuple[Skipped, ...] = ()


class TemplateSource(Protocol):
    """A place with templates; `name` is stored with each one that is imported."""

    @property
    def name(self) -> str: ...

    async def list_offers(self) -> Listing:
        """Raises SourceFailed where there is no list to be had."""
        ...

    async def fetch_picture(self, offer: Offer) -> bytes:
        """Unchecked bytes of at most MAX_PICTURE_BYTES; raises SourceFailed."""
        ...


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of pictures, each with an optional `NAME.json` beside it, or a folder with a catalogue.

    The JSON is an object with any of `title`, `aliases`, `good_for`, `example` and `boxes` (as in `catalogue.json`);
    without boxes the text goes along the top and the bottom.
    """

    folder: Path
    name: str = "folder"

    async def list_offers(self) -> Listing:
        return await asyncio.to_thread(self._list)

    async def fetch_picture(self, offer: Offer) -> bytes:
        return await asyncio.to_thread(_read_bounded, Path(offer.picture))

    def _list(self) -> Listing:
        if not self.folder.is_dir():
            raise SourceFailed(f"There is no folder {self.folder}.")
        if (self.folder / CATALOGUE_NAME).exists():
            return Listing(tuple(_offer_of(template) for template in read_entries(self.folder)))
        offers: list[Offer] = []
        skipped: list[Skipped] = []
        for path in sorted(self.folder.iterdir()):
            if path.suffix.lower() not in PICTURE_ENDINGS:
                continue
            try:
                offers.append(_read_offer(path))
            except ValueError as error:
                skipped.append(Skipped(path.name, f"{path.stem}.json is broken: {error}."))
        return Listing(tuple(offers), tuple(skipped))


def spread_boxes(count: int) -> tuple[TextBox, ...]:
    """Boxes for a picture of which only the number of lines is known (1 to MAX_BOXES).

    One goes to the bottom, two to top and bottom, more become rows of equal height. Raises ValueError.
    """
    if not 1 <= count <= MAX_BOXES:
        raise ValueError(f"{count} text boxes; 1 to {MAX_BOXES} can be placed")
    top = TextBox(box=Box(0.03, 0.02, 0.94, 0.24), anchor=Anchor.TOP)
    bottom = TextBox(box=Box(0.03, 0.74, 0.94, 0.24), anchor=Anchor.BOTTOM)
    if count <= 2:
        return (top, bottom)[2 - count :]
    height = 1 / count
    return tuple(TextBox(box=Box(0.03, row * height + 0.05 * height, 0.94, 0.9 * height)) for row in range(count))


def title_from(text: str) -> str:
    """A title for a file name or an id: its words, the first letter of each in capitals."""
    return " ".join(word[:1].upper() + word[1:] for word in text.replace("_", " ").replace("-", " ").split())


def _read_offer(picture: Path) -> Offer:
    row = _read_sidecar(picture.with_suffix(".json"))
    boxes = boxes_from_json(row["boxes"]) if "boxes" in row else spread_boxes(2)
    return Offer(
        key=picture.name,
        title=read_string(row, "title") if "title" in row else title_from(picture.stem),
        boxes=boxes,
        picture=str(picture),
        aliases=read_strings(row, "aliases"),
        good_for=read_string(row, "good_for") if "good_for" in row else "",
        example=read_strings(row, "example"),
    )


def _read_sidecar(path: Path) -> Mapping[str, Any]:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError("it cannot be read") from error
    if not isinstance(row, dict):
        raise ValueError("it must be an object")  # noqa: TRY004 - one kind of error for broken data
    return row


def _offer_of(template: Template) -> Offer:
    return Offer(
        key=template.name,
        title=template.title,
        boxes=template.boxes,
        picture=str(template.picture),
        aliases=template.aliases,
        good_for=template.good_for,
        example=template.example,
    )


def _read_bounded(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise SourceFailed(f"{path.name} cannot be read.") from error
    if len(data) > MAX_PICTURE_BYTES:
        raise SourceFailed(f"{path.name} is larger than {MAX_PICTURE_BYTES // 2**20} MB.")
    return data
