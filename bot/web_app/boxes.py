"""The page where a chat's templates are drawn: its door, which a ticket opens once, and what is done behind it.

Rights, names and limits are the core's business (`Core.desk`). Pictures of strangers are never served: what the page
shows was written by the renderer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.core.errors import Refusal
from bot.core.own_templates import Sketch
from bot.core.texts import say
from bot.web_app.boxes_page import BoxesPage
from bot.web_app.convert import read_form, read_json, read_name_id, read_word, to_person, to_sketch
from bot.web_app.guard import VISITOR, language_of
from bot.web_app.room import Room, WaitingMessage
from bot.web_app.shelf import PictureShelf
from bot.web_app.visits import COOKIE, ROOM, VISIT_S, Visit, Visits, path_of

PHOTO_BUDGET_BYTES: Final = 64 * 2**20
PICTURE_LIFE: Final = "private, max-age=3600"

VisitHandler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]


class Boxes:
    """Handlers of `/boxes/…`. Refusals are sentences in the language of the visit."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._desk = room.core.desk
        self._visits = Visits(room.options.secret)
        self._photos = PictureShelf(PHOTO_BUDGET_BYTES)
        self._page = BoxesPage(room.options)
        self._quiet = WaitingMessage(room)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        behind = "/boxes/at/{visit}"
        router.add_get("/boxes/{ticket}", self.door)
        router.add_post("/boxes/{ticket}", self.enter)
        router.add_get(behind, self.show)
        router.add_get(behind + "/templates/{name_id}", self._admitting(self.template))
        router.add_get(behind + "/templates/{name_id}/picture", self._admitting(self.picture))
        router.add_get(behind + "/photos/{name}", self._admitting(self.photo))
        for name, handler in {
            "photo": self.take_photo,
            "preview": self.preview,
            "save": self.save,
            "rename": self.rename,
            "remove": self.remove,
            "restore": self.restore,
        }.items():
            router.add_post(f"{behind}/{name}", self._admitting(handler))

    # --- the door -------------------------------------------------------------------------------------------------

    async def door(self, request: web.Request) -> web.StreamResponse:
        """Opens nothing yet: programs that follow links (previews, scanners) would use the ticket up."""
        return self._page.door(language_of(request), request.match_info["ticket"])

    async def enter(self, request: web.Request) -> web.StreamResponse:
        grant = await self._desk.open(request.match_info["ticket"])
        if grant is None:
            raise Refusal("boxes.used")
        visit, cookie = self._visits.begin(grant)
        response = web.json_response({"at": visit.path})
        response.set_cookie(
            COOKIE, cookie, max_age=VISIT_S, httponly=True, samesite="Strict", secure=request.secure, path=visit.path
        )
        return response

    async def show(self, request: web.Request) -> web.StreamResponse:
        try:
            visit = await self._admit(request)
        except Refusal as refusal:
            language = language_of(request)
            return self._page.closed(language, say(language, refusal.key, **refusal.values))
        choices = await self._desk.list(visit.grant, self._quiet)
        return self._page.desk(visit, choices)

    def _admitting(self, handler: VisitHandler) -> Handler:
        async def admit(request: web.Request) -> web.StreamResponse:
            language = language_of(request)
            try:
                visit = await self._admit(request)
                language = visit.grant.language
                return await handler(request, visit)
            except Refusal as refusal:
                status = 403 if refusal.key == "boxes.over" else 422
                return web.json_response({"notice": say(language, refusal.key, **refusal.values)}, status=status)

        return admit

    async def _admit(self, request: web.Request) -> Visit:
        """The visit that the browser proves, or, in the room's own chat, what its core lets a visitor do."""
        visit_id = request.match_info["visit"]
        if visit_id == ROOM:
            return await self._admit_from_room(request)
        visit = self._visits.read(visit_id, request.cookies.get(COOKIE))
        if visit is None:
            raise Refusal("boxes.over")
        return visit

    async def _admit_from_room(self, request: web.Request) -> Visit:
        visitor = request.get(VISITOR)
        if visitor is None:
            raise Refusal("boxes.room_first")
        return Visit(path_of(ROOM), await self._room.admit_to_desk(to_person(request, visitor)))

    # --- what is there --------------------------------------------------------------------------------------------

    async def template(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        own = await self._desk.get(visit.grant, request.match_info["name_id"], self._quiet)
        return web.json_response({"name": own.name, "boxes": [asdict(box) for box in own.boxes]})

    async def picture(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        own = await self._desk.get(visit.grant, request.match_info["name_id"], self._quiet)
        return _picture_response(own.picture, own.media_type)

    async def photo(self, request: web.Request, _: Visit) -> web.StreamResponse:
        stored = self._photos.shown(request.match_info["name"])
        if stored is None or stored.media_type is None:
            raise web.HTTPNotFound
        return _picture_response(stored.body, stored.media_type)

    # --- what is done ---------------------------------------------------------------------------------------------

    async def take_photo(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        """Keep a clean copy of an upload until it is saved; the upload itself is let go."""
        form = await read_form(request, self._room.options.max_upload_mb)
        if not form.photo:
            raise Refusal("picture.empty")
        upload = self._photos.upload(form.photo)
        try:
            copy = await self._desk.preview(visit.grant, Sketch(name="", picture=upload), (), None, self._quiet)
        finally:
            self._photos.drop(upload.ref)
        name = self._photos.put(copy.picture, copy.media_type)
        shown = {"photo": name, "url": f"{visit.path}/photos/{name}", "width": copy.width, "height": copy.height}
        return web.json_response(shown)

    async def preview(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        """The meme itself, for a sketch that need not have a name yet."""
        asked = await to_sketch(request, self._photos)
        drawn = await self._desk.preview(visit.grant, asked.sketch, asked.lines, asked.name_id, self._quiet)
        return web.Response(body=drawn.picture, content_type=drawn.media_type)

    async def save(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        asked = await to_sketch(request, self._photos)
        name_id = asked.name_id
        if name_id is None:
            name_id = await self._desk.add(visit.grant, asked.sketch, self._quiet)
        else:
            await self._desk.change(visit.grant, name_id, asked.sketch, self._quiet)
        return await self._named(visit, name_id)

    async def rename(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        data = await read_json(request)
        name_id, name = read_name_id(data), read_word(data, "name")
        own = await self._desk.get(visit.grant, name_id, self._quiet)
        await self._desk.change(visit.grant, name_id, Sketch(name=name, boxes=own.boxes), self._quiet)
        return await self._named(visit, name_id)

    async def remove(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        await self._desk.remove(visit.grant, read_name_id(await read_json(request)), self._quiet)
        return web.json_response({})

    async def restore(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        await self._desk.restore(visit.grant, read_name_id(await read_json(request)), self._quiet)
        return web.json_response({})

    async def _named(self, visit: Visit, name_id: str) -> web.Response:
        """A template's name as the core keeps it."""
        own = await self._desk.get(visit.grant, name_id, self._quiet)
        return web.json_response({"name_id": name_id, "name": own.name})


def _picture_response(body: bytes, media_type: str) -> web.Response:
    return web.Response(body=body, content_type=media_type, headers={"Cache-Control": PICTURE_LIFE})
