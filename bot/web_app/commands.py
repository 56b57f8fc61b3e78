"""What people ask the room for: a meme, a genre, a check; their name and data. Each handler hands over and shows."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from bot.core.texts import say
from bot.core.values import Checked, Genres, Incoming, Meme, Notice
from bot.web_app.convert import read_json, to_incoming, to_person
from bot.web_app.guard import language_of, require_visitor
from bot.web_app.identity import COOKIE, COOKIE_MAX_AGE_S, Visitor, clean_name, sign_visitor
from bot.web_app.replies import ask_body, checked_body, genres_body, picture_part, working_body
from bot.web_app.room import PLACE, Room, WaitingMessage
from inference.contract import RenderOutput

QUICK_REFUSAL_S: Final = 0.05

Reply = Meme | Genres | Checked | Notice


class Commands:
    """Handlers of `/api/ask`, `/api/name`, `/api/me` and `/api/erase`."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def ask(self, request: web.Request) -> web.Response:
        """Show question and answer to everybody; a refusal goes to the asker alone and leaves nothing behind."""
        visitor = require_visitor(request)
        verb, incoming = await to_incoming(request, visitor, self._room)
        waiting = WaitingMessage(self._room)
        answer = asyncio.ensure_future(self._answer(verb, incoming, waiting))
        await asyncio.wait({answer}, timeout=QUICK_REFUSAL_S)
        if answer.done() and isinstance(quick := answer.result()[0], Notice):
            return self._refuse(quick, incoming)
        question = self._room.post(ask_body(visitor, verb, incoming.text.strip(), incoming.picture is not None))
        waiting.message = self._room.post(working_body())
        try:
            reply, copy = await answer
        except BaseException:
            self._room.remove(question)
            self._room.remove(waiting.message)
            raise
        if isinstance(reply, Notice):
            self._room.remove(question)
            self._room.remove(waiting.message)
            return self._refuse(reply, incoming)
        if incoming.picture is not None:
            self._room.keep_upload(waiting.message, incoming.picture, again=isinstance(reply, Meme))
        await self._show(waiting, reply, copy, visitor)
        return web.json_response({"message": waiting.message.id})

    async def rename(self, request: web.Request) -> web.Response:
        visitor = require_visitor(request)
        name = clean_name((await read_json(request)).get("name"))
        language = language_of(request)
        if name is None:
            return web.json_response({"notice": say(language, "room.name_bad")}, status=400)
        response = web.json_response({"name": name, "notice": say(language, "room.name_saved", name=name)})
        set_cookie(response, Visitor(visitor.id, name), self._room.options.secret, secure=request.secure)
        return response

    async def show_stored(self, request: web.Request) -> web.Response:
        visitor = require_visitor(request)
        return web.json_response(await self._room.core.stored_about(to_person(request, visitor)))

    async def erase(self, request: web.Request) -> web.Response:
        """Erase what the database holds; what the visitor asked for in the room goes with it."""
        visitor = require_visitor(request)
        notice = await self._room.core.erase(to_person(request, visitor), PLACE)
        await self._room.forget_visitor(visitor.id)
        return web.json_response({"notice": notice.text})

    def _refuse(self, notice: Notice, incoming: Incoming) -> web.Response:
        if incoming.picture is not None:
            self._room.shelf.drop(incoming.picture.ref)
        return web.json_response({"notice": notice.text}, status=422)

    async def _answer(
        self, verb: str, incoming: Incoming, waiting: WaitingMessage
    ) -> tuple[Reply, RenderOutput | None]:
        """The reply and, for what is only looked at, a copy of the picture that is safe to show."""
        core = self._room.core
        if verb == "meme":
            return await core.make(incoming, waiting), None
        look = core.genre if verb == "genre" else core.check
        reply = await look(incoming, waiting)
        return reply, None if isinstance(reply, Notice) else await core.copy_of(incoming, waiting)

    async def _show(
        self, waiting: WaitingMessage, reply: Meme | Genres | Checked, copy: RenderOutput | None, visitor: Visitor
    ) -> None:
        message, room = waiting.shown, self._room
        if isinstance(reply, Meme):
            await room.show_meme(message, reply, visitor.id)
            return
        body = {**(checked_body(reply) if isinstance(reply, Checked) else genres_body(reply)), "asked_by": visitor.id}
        if copy is not None:
            body["picture"] = picture_part(copy, room.keep_picture(message, copy.picture, copy.media_type))
        room.replace(message, body)


def set_cookie(response: web.Response, visitor: Visitor, secret: bytes, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE,
        sign_visitor(visitor, secret),
        max_age=COOKIE_MAX_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=secure,
        path="/",
    )
