"""The JSON form of a template, as `catalogue.json` holds it, checked field by field.

Knows JSON and text boxes; knows of pictures only their first bytes, and nothing of networks or rendering.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inference.boxes import Align, Anchor, Ink, TextBox
from inference.contract import Box
from inference.errors import ConfigurationError

CATALOGUE_NAME: Final = "catalogue.json"
PICTURES_NAME: Final = "pictures"
MAX_BOXES: Final = 12
NAME_PATTERN: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Fractions are written with four digits; a box may overshoot the edge by rounding only.
EDGE_SLACK: Final = 1e-6

_SIGNATURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A known base picture. `name` is kebab-case; `example` has one line per box, in the order of `boxes`.

    `like` names widely known caption templates with the same joke structure and the same boxes in the same
    order; the caption model, which learned from those, is told one of them. Imported templates have none.
    `source` says where the template comes from: `memesmith`, `folder`, `memegen` or `imgflip`.
    """

    name: str
    title: str
    aliases: tuple[str, ...]
    good_for: str
    boxes: tuple[TextBox, ...]
    like: tuple[str, ...]
    example: tuple[str, ...]
    picture: Path
    source: str = "memesmith"


def read_entries(folder: Path) -> list[Template]:
    """Read a folder's `catalogue.json`, in its order; ConfigurationError names the file and the template."""
    path = folder / CATALOGUE_NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"The template catalogue {path} cannot be read.") from error
    except ValueError as error:
        raise ConfigurationError(f"The template catalogue {path} is not valid JSON: {error}.") from error
    rows = document.get("templates") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise ConfigurationError(f'The template catalogue {path} must be an object with a list "templates".')
    return [template_from_json(row, folder) for row in rows]


def write_entries(path: Path, templates: Sequence[Template]) -> None:
    """Write a catalogue of the form that `read_entries` reads; pictures are named relative to `pictures/`."""
    rows = [template_to_json(template) for template in templates]
    text = json.dumps({"templates": rows}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def template_from_json(row: object, folder: Path) -> Template:
    """Check one entry and its picture file; raises ConfigurationError."""
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise ConfigurationError(f'A template in {folder} has no "name".')
    name = row["name"]
    if not NAME_PATTERN.fullmatch(name):
        raise ConfigurationError(f'The template name "{name}" must be lower-case words joined by hyphens.')
    try:
        template = Template(
            name=name,
            title=read_string(row, "title"),
            aliases=read_strings(row, "aliases"),
            good_for=read_string(row, "good_for"),
            boxes=boxes_from_json(row.get("boxes")),
            like=read_strings(row, "like"),
            example=read_strings(row, "example"),
            picture=_picture_path(folder, read_string(row, "picture")),
            source=read_string(row, "source") if "source" in row else "memesmith",
        )
    except ValueError as error:
        raise ConfigurationError(f'The template "{name}" in {folder} is broken: {error}.') from error
    _check_example(template)
    return template


def template_to_json(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "title": template.title,
        "aliases": list(template.aliases),
        "good_for": template.good_for,
        "like": list(template.like),
        "example": list(template.example),
        "picture": template.picture.name,
        "source": template.source,
        "boxes": [box_to_json(box) for box in template.boxes],
    }


def boxes_from_json(rows: object) -> tuple[TextBox, ...]:
    """Read text boxes, each inside the picture; raises ValueError with the reason."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_BOXES:
        raise ValueError(f'"boxes" must be a list of 1 to {MAX_BOXES} text boxes')
    return tuple(_box_from_json(row) for row in rows)


def box_to_json(text_box: TextBox) -> dict[str, Any]:
    box = text_box.box
    return {
        "x": box.x,
        "y": box.y,
        "w": box.w,
        "h": box.h,
        "align": text_box.align.value,
        "anchor": text_box.anchor.value,
        "ink": text_box.ink.value,
        "upper": text_box.upper,
    }


def looks_like_picture(head: bytes) -> bool:
    """Whether the first 16 bytes of a file are those of a PNG, JPEG, GIF, BMP or WebP."""
    return head.startswith(_SIGNATURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _box_from_json(row: object) -> TextBox:
    if not isinstance(row, dict):
        raise ValueError("a text box must be an object with x, y, w and h")  # noqa: TRY004 - one kind of error for broken data
    box = Box(*(_fraction(row, key) for key in ("x", "y", "w", "h")))
    if box.w <= 0 or box.h <= 0 or box.x + box.w > 1 + EDGE_SLACK or box.y + box.h > 1 + EDGE_SLACK:
        raise ValueError("a text box lies outside the picture or is empty")
    upper = row.get("upper", True)
    if not isinstance(upper, bool):
        raise ValueError('"upper" of a text box must be true or false')  # noqa: TRY004 - as above
    return TextBox(
        box=box,
        align=Align(row.get("align", Align.CENTER)),
        anchor=Anchor(row.get("anchor", Anchor.MIDDLE)),
        ink=Ink(row.get("ink", Ink.OUTLINED)),
        upper=upper,
    )


def _fraction(row: Mapping[str, Any], key: str) -> float:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f'"{key}" of a text box must be a fraction between 0 and 1')
    return float(value)


def read_string(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'"{key}" must be a text')
    return value


def read_strings(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError(f'"{key}" must be a list of texts')
    return tuple(value)


def _picture_path(folder: Path, file: str) -> Path:
    if Path(file).name != file:
        raise ValueError('"picture" must be the plain name of a file')
    path = folder / PICTURES_NAME / file
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError as error:
        raise ValueError(f"its picture {file} is missing") from error
    if not looks_like_picture(head):
        raise ValueError(f"its picture {file} is no PNG, JPEG, WebP, GIF or BMP")
    return path


def _check_example(template: Template) -> None:
    if len(template.example) != len(template.boxes):
        raise ConfigurationError(
            f'The template "{template.name}" has {len(template.boxes)} text boxes '
            f"but {len(template.example)} example lines."
        )
