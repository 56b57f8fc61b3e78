"""Templates of a chat's own: added, renamed, given boxes, removed and brought back by those whom the chat lets.

A picture is kept as the renderer writes it, without metadata. Names are compared by their letters and digits alone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from bot.core.asking import Ask, Services
from bot.core.commands import Feature
from bot.core.drawing import CHAT_PREFIX, TOP_AND_BOTTOM, copy_picture, find_template
from bot.core.errors import Refusal
from bot.core.values import Picture
from bot.core.words import plain_line
from inference.contract import Box, Layout, RenderOutput, RenderRequest

MAX_TEMPLATES: Final = 100  # removed ones included, as they can be brought back
MAX_NAME_CHARS: Final = 60
MAX_BOXES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A template as somebody wants it. `picture` None keeps the one that is there; no boxes means top and bottom."""

    name: str
    picture: Picture | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTemplate:
    """A template of a chat's own as it is now; `name_id` is "chat:…", what `Incoming.template` takes."""

    name_id: str
    name: str
    boxes: tuple[Box, ...]
    picture: bytes = field(repr=False)
    media_type: str
    removed: bool = False


async def get_own(services: Services, ask: Ask, name_id: str) -> OwnTemplate:
    """Raises a `Refusal` for one that the chat does not have."""
    found = await find_template(services, ask, name_id)
    return OwnTemplate(
        name_id=name_id,
        name=found.name,
        boxes=found.boxes or TOP_AND_BOTTOM,
        picture=found.picture,
        media_type=found.media_type,
        removed=found.removed,
    )


async def add_own(services: Services, ask: Ask, sketch: Sketch) -> str:
    """The new template's name "chat:…"; a `Refusal` says what is wrong with the sketch."""
    ask.require(Feature.TEMPLATES)
    services.admit(ask)
    name, key = _read_name(sketch.name)
    if sketch.picture is None:
        raise Refusal("templates.needs_picture")
    _check_boxes(sketch.boxes)
    place, templates = ask.place, services.store.chat_templates
    if await templates.count(place.platform, place.chat_id) >= MAX_TEMPLATES:
        raise Refusal("templates.many", most=MAX_TEMPLATES)
    drawn = await copy_picture(services, ask, sketch.picture)
    new_id = await templates.add(
        place.platform,
        place.chat_id,
        key=key,
        name=name,
        boxes=sketch.boxes,
        picture=drawn.picture,
        media_type=drawn.media_type,
        added_by=ask.person.id,
    )
    if new_id is None:
        raise Refusal("templates.taken", name=name)
    return f"{CHAT_PREFIX}{new_id}"


async def rename_own(services: Services, ask: Ask, name_id: str, new_name: str) -> None:
    ask.require(Feature.TEMPLATES)
    found = await find_template(services, ask, name_id)
    name, key = _read_name(new_name)
    place = ask.place
    if not await services.store.chat_templates.rename(place.platform, place.chat_id, found.id, name, key):
        raise Refusal("templates.taken", name=name)


async def place_boxes(services: Services, ask: Ask, name_id: str, boxes: tuple[Box, ...]) -> None:
    """No boxes puts the lines at top and bottom."""
    ask.require(Feature.TEMPLATES)
    found = await find_template(services, ask, name_id)
    _check_boxes(boxes)
    await services.store.chat_templates.place_boxes(ask.place.platform, ask.place.chat_id, found.id, boxes)


async def remove_own(services: Services, ask: Ask, name_id: str) -> None:
    """It leaves the lists; memes made with it can still be re-rolled, and `restore_own` undoes it."""
    ask.require(Feature.TEMPLATES)
    found = await find_template(services, ask, name_id)
    await services.store.chat_templates.remove(ask.place.platform, ask.place.chat_id, found.id)


async def restore_own(services: Services, ask: Ask, name_id: str) -> None:
    ask.require(Feature.TEMPLATES)
    found = await find_template(services, ask, name_id)
    key = fold(found.name)
    if not await services.store.chat_templates.restore(ask.place.platform, ask.place.chat_id, found.id, key):
        raise Refusal("templates.taken", name=found.name)


async def preview_sketch(
    services: Services, ask: Ask, sketch: Sketch, lines: tuple[str, ...], name_id: str | None = None
) -> RenderOutput:
    """The sketch with lines in its boxes, as a meme would look; the picture of `name_id` where it brings none."""
    _check_boxes(sketch.boxes)
    if sketch.picture is not None:
        image = await services.read(sketch.picture)
    elif name_id is not None:
        image = (await find_template(services, ask, name_id)).picture
    else:
        raise Refusal("templates.needs_picture")
    boxes = sketch.boxes or TOP_AND_BOTTOM
    request = RenderRequest(
        lines=lines[: len(boxes)], image=image, layout=Layout.TEMPLATE, boxes=boxes, title=sketch.name[:MAX_NAME_CHARS]
    )
    result = await services.ask(request, ask)
    if not isinstance(result.output, RenderOutput):
        raise Refusal("failure.model_error")
    return result.output


def fold(name: str) -> str:
    """What counts of a name when names are compared: its letters and digits, of any script, in lower case."""
    return "".join(each for each in unicodedata.normalize("NFKC", name).casefold() if each.isalnum())


def _read_name(text: str) -> tuple[str, str]:
    name = plain_line(text)
    key = fold(name)
    if not key:
        raise Refusal("templates.no_name")
    if len(name) > MAX_NAME_CHARS:
        raise Refusal("templates.long_name", most=MAX_NAME_CHARS)
    return name, key


def _check_boxes(boxes: tuple[Box, ...]) -> None:
    if len(boxes) > MAX_BOXES:
        raise Refusal("templates.many_boxes", most=MAX_BOXES)
    for box in boxes:
        inside = 0 <= box.x <= 1 and 0 <= box.y <= 1 and box.x + box.w <= 1.001 and box.y + box.h <= 1.001
        if not (inside and box.w >= 0.02 and box.h >= 0.02):
            raise Refusal("templates.bad_box")
