"""Browser requests as values of the core, once, here. All of it is checked for type and size, not for sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.core.drawing import CHAT_PREFIX
from bot.core.errors import Refusal
from bot.core.own_templates import Sketch
from bot.core.values import Filled, Incoming, Person, Picture, Press
from bot.web_app.guard import language_of
from bot.web_app.identity import Visitor
from bot.web_app.room import PLACE, Room
from bot.web_app.shelf import PictureShelf
from inference.contract import TONES, Box

CHUNK_BYTES: Final = 2**16
MAX_FIELD_BYTES: Final = 8 * 1024
MAX_JSON_BYTES: Final = 16 * 1024
MAX_PARTS: Final = 8
MAX_LINES: Final = 12
MAX_WORD_CHARS: Final = 500


@dataclass(slots=True)
class Form:
    """A multipart form as it is read; a file field without a name counts as no photo."""

    fields: dict[str, str] = field(default_factory=dict)
    photo: bytes | None = None


@dataclass(frozen=True, slots=True)
class SketchAsked:
    """A sketch, the stored template it changes (None for a new one), and the lines to see in it."""

    name_id: str | None
    sketch: Sketch
    lines: tuple[str, ...]


def to_person(request: web.Request, visitor: Visitor) -> Person:
    return Person("web", visitor.id, visitor.name, language_of(request))


async def to_incoming(request: web.Request, visitor: Visitor, room: Room) -> tuple[str, Incoming]:
    """The verb ("meme", "genre", "check") and what it is about; raises Refusal."""
    form = await read_form(request, room.options.max_upload_mb)
    verb = form.fields.get("verb", "")
    if verb not in {"meme", "genre", "check"}:
        raise Refusal("room.bad_request")
    template, tone = form.fields.get("template"), form.fields.get("tone")
    picture: Picture | None = room.shelf.upload(form.photo) if form.photo else None
    return verb, Incoming(
        person=to_person(request, visitor),
        place=PLACE,
        picture=picture,
        text=form.fields.get("prompt", ""),
        template=template if template and is_template(template, room) else None,
        tone=tone if tone in TONES else None,
    )


def is_template(name: str, room: Room) -> bool:
    """Whether a name is that of a known template, or looks like one of the room's own; the core knows which it has."""
    return name.startswith(CHAT_PREFIX) or any(choice.name == name for choice in room.core.templates)


async def to_press(request: web.Request, visitor: Visitor) -> tuple[str, Press]:
    """The message's id and the press; raises Refusal."""
    data = await read_json(request)
    message_id, custom_id = data.get("message"), data.get("button")
    if not isinstance(message_id, str) or not isinstance(custom_id, str):
        raise Refusal("room.bad_request")
    return message_id, Press(person=to_person(request, visitor), place=PLACE, custom_id=custom_id)


async def to_filled(request: web.Request, visitor: Visitor) -> tuple[str, Filled]:
    """The message's id and the form with its values; raises Refusal."""
    data = await read_json(request)
    message_id, form_id, lines = data.get("message"), data.get("form"), data.get("lines")
    if not (isinstance(message_id, str) and isinstance(form_id, str) and isinstance(lines, list)):
        raise Refusal("room.bad_request")
    if len(lines) > MAX_LINES or not all(isinstance(line, str) for line in lines):
        raise Refusal("room.bad_request")
    person = to_person(request, visitor)
    return message_id, Filled(person=person, place=PLACE, form_id=form_id, values=tuple(lines))


async def to_sketch(request: web.Request, photos: PictureShelf) -> SketchAsked:
    """A template as the page has drawn it, with a photo of the shelf or a stored template's picture; raises Refusal."""
    data = await read_json(request)
    boxes, lines, photo = data.get("boxes"), data.get("lines", []), data.get("photo")
    if not (isinstance(boxes, list) and isinstance(lines, list) and all(isinstance(line, str) for line in lines)):
        raise Refusal("room.bad_request")
    picture = photos.picture(photo) if isinstance(photo, str) else None
    sketch = Sketch(name=read_word(data, "name"), picture=picture, boxes=tuple(to_box(box) for box in boxes))
    stored = data.get("name_id")
    return SketchAsked(read_name_id(data) if stored is not None else None, sketch, tuple(lines[:MAX_LINES]))


def to_box(data: object) -> Box:
    """A box from an object of four numbers; raises Refusal. Whether it lies in the picture is the core's question."""
    sides = [data.get(side) for side in ("x", "y", "w", "h")] if isinstance(data, dict) else []
    numbers = [float(side) for side in sides if isinstance(side, int | float) and not isinstance(side, bool)]
    if len(numbers) != 4:
        raise Refusal("templates.bad_box")
    return Box(*numbers)


def read_name_id(data: Mapping[str, Any]) -> str:
    return read_word(data, "name_id")


def read_word(data: Mapping[str, Any], name: str) -> str:
    """A short text of a JSON object; raises Refusal."""
    word = data.get(name)
    if not isinstance(word, str) or len(word) > MAX_WORD_CHARS:
        raise Refusal("room.bad_request")
    return word


async def read_json(request: web.Request) -> Mapping[str, Any]:
    """A small JSON object, or a Refusal."""
    if (request.content_length or 0) > MAX_JSON_BYTES:
        raise Refusal("room.bad_request")
    try:
        data = await request.json()
    except ValueError as error:
        raise Refusal("room.bad_request") from error
    if not isinstance(data, dict):
        raise Refusal("room.bad_request")
    return data


async def read_form(request: web.Request, max_upload_mb: int) -> Form:
    """Read a multipart form part by part and stop where it grows too large; raises Refusal."""
    form = Form()
    if not request.content_type.startswith("multipart/"):
        raise Refusal("room.bad_request")
    try:
        reader = await request.multipart()
        for _ in range(MAX_PARTS):
            part = await reader.next()
            if part is None:
                return form
            if isinstance(part, BodyPartReader):
                await _read_part(part, form, max_upload_mb)
    except (ValueError, HttpProcessingError) as error:
        raise Refusal("room.bad_request") from error
    raise Refusal("room.bad_request")


async def _read_part(part: BodyPartReader, form: Form, max_upload_mb: int) -> None:
    if part.name == "photo":
        form.photo = await _read_up_to(part, max_upload_mb * 2**20)
        if form.photo is None:
            raise Refusal("picture.too_large", mb=max_upload_mb)
        if part.filename and not form.photo:
            raise Refusal("picture.empty")
    elif part.name:
        value = await _read_up_to(part, MAX_FIELD_BYTES)
        if value is None:
            raise Refusal("room.bad_request")
        form.fields[part.name] = value.decode(errors="replace")


async def _read_up_to(part: BodyPartReader, limit_bytes: int) -> bytes | None:
    body = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        body += chunk
        if len(body) > limit_bytes:
            return None
    return bytes(body)
