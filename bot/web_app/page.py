"""The page itself, its pictures and its template previews. Knows HTML; the sentences come from `bot.core.texts`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import jinja2
from aiohttp import web

from bot.core.drawing import CHAT_PREFIX
from bot.core.errors import PictureGone, Refusal
from bot.core.texts import say, section
from bot.core.tickets import Grant
from bot.core.values import Person, TemplateChoice
from bot.web_app.commands import set_cookie
from bot.web_app.convert import to_person
from bot.web_app.guard import VISITOR, language_of
from bot.web_app.identity import Visitor, new_visitor
from bot.web_app.room import PLACE, Room, WaitingMessage
from inference.contract import TONES

FOLDER: Final = Path(__file__).parent
FOREVER: Final = "private, max-age=31536000, immutable"
MEDIA_TYPES: Final = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"RIFF": "image/webp", b"GIF8": "image/gif"}


class Page:
    """Handlers of `/`, `/pictures/…` and `/previews/…`."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._quiet = WaitingMessage(room)
        self._choices = {choice.name: choice for choice in room.core.templates}
        self._template = load_page("room.html")

    async def index(self, request: web.Request) -> web.Response:
        """Every browser leaves with a cookie that says who it is."""
        visitor = request.get(VISITOR) or new_visitor()
        language = language_of(request)
        person = to_person(request, visitor)
        html = self._template.render(
            language=language, text=section(language, "room"), settings=await self._describe(visitor, person)
        )
        response = web.Response(text=html, content_type="text/html")
        set_cookie(response, visitor, self._room.options.secret, secure=request.secure)
        return response

    async def picture(self, request: web.Request) -> web.Response:
        stored = self._room.shelf.shown(request.match_info["name"])
        if stored is None:
            raise web.HTTPNotFound
        return web.Response(body=stored.body, content_type=stored.media_type or "", headers={"Cache-Control": FOREVER})

    async def preview(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name.startswith(CHAT_PREFIX):
            return await self._preview_own(request, name)
        choice = self._choices.get(name)
        if choice is None or choice.preview is None:
            raise web.HTTPNotFound
        try:
            body = await choice.preview.load()
        except PictureGone as error:
            raise web.HTTPNotFound from error
        media_type = next((name for start, name in MEDIA_TYPES.items() if body.startswith(start)), None)
        if media_type is None:
            raise web.HTTPNotFound
        return web.Response(body=body, content_type=media_type, headers={"Cache-Control": "private, max-age=3600"})

    async def _preview_own(self, request: web.Request, name: str) -> web.Response:
        """The picture of one of the room's own templates."""
        try:
            own = await self._room.core.desk.get(_reader(to_person(request, request[VISITOR])), name, self._quiet)
        except (KeyError, Refusal) as error:
            raise web.HTTPNotFound from error
        headers = {"Cache-Control": "private, max-age=3600"}
        return web.Response(body=own.picture, content_type=own.media_type, headers=headers)

    async def _describe(self, visitor: Visitor, person: Person) -> dict[str, Any]:
        """What the page's script starts with."""
        language = person.language
        options = self._room.options
        own = await self._room.core.desk.list(_reader(person), self._quiet)
        return {
            "you": {"id": visitor.id, "name": visitor.name},
            "max_upload_mb": options.max_upload_mb,
            "max_messages": options.max_messages,
            "too_large": say(language, "picture.too_large", mb=options.max_upload_mb),
            "text": section(language, "room"),
            "tones": [{"name": tone, "label": say(language, f"tone.{tone}")} for tone in TONES],
            "templates": [_describe_choice(choice) for choice in (*own, *self._room.core.templates_in(language))],
            "may_draw": await self._may_draw(person),
        }

    async def _may_draw(self, person: Person) -> bool:
        try:
            await self._room.admit_to_desk(person)
        except Refusal:
            return False
        return True


def _reader(person: Person) -> Grant:
    """Enough to see the room's own templates; changing them takes `Room.admit_to_desk`."""
    return Grant(PLACE.platform, PLACE.chat_id, person.id, person.language)


def load_page(name: str) -> jinja2.Template:
    """A page of `templates/`; whatever is put into it is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(name)


def _describe_choice(choice: TemplateChoice) -> dict[str, Any]:
    return {
        "name": choice.name,
        "title": choice.title,
        "hint": choice.hint,
        "words": " ".join((choice.title, choice.name, *choice.aliases)).lower(),
        "preview": f"/previews/{choice.name}" if choice.preview or choice.name.startswith(CHAT_PREFIX) else None,
    }
