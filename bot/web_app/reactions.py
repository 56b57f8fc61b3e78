"""What people do to a meme in the room: press its buttons, send new words. Each handler hands over and shows."""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import Refusal
from bot.core.values import EditForm, Meme, Notice, Pressed, Removed, Votes
from bot.web_app.convert import to_edited, to_press
from bot.web_app.guard import require_visitor
from bot.web_app.history import Message
from bot.web_app.identity import Visitor
from bot.web_app.replies import form_body, working_body
from bot.web_app.room import PLACE, Room, WaitingMessage


class Reactions:
    """Handlers of `/api/press` and `/api/edit`; they answer `{}`, `{"form": …}`, or a refusal as `{"notice": …}`."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def press(self, request: web.Request) -> web.Response:
        visitor = require_visitor(request)
        message_id, press = await to_press(request, visitor)
        message = self._find(message_id)
        with WaitingMessage(self._room, message) as progress:
            reply = await self._room.core.press(press, progress)
        return await self._show(visitor, message, reply)

    async def edit(self, request: web.Request) -> web.Response:
        visitor = require_visitor(request)
        message_id, edited = await to_edited(request, visitor)
        message = self._find(message_id)
        with WaitingMessage(self._room, message) as progress:
            reply = await self._room.core.edit(edited, progress)
        return await self._show(visitor, message, reply)

    def _find(self, message_id: str) -> Message:
        message = self._room.history.get(message_id)
        if message is None:
            raise Refusal("meme.gone")
        return message

    async def _show(self, visitor: Visitor, message: Message, reply: Pressed) -> web.Response:
        room = self._room
        match reply:
            case Notice():
                return web.json_response({"notice": reply.text}, status=422)
            case EditForm():
                return web.json_response({"form": form_body(reply)})
            case Votes():
                room.show_votes(reply, visitor.id)
            case Removed():
                room.remove(message)
                await room.core.taken_down(PLACE, message.id)
            case Meme():
                await room.show_meme(message if reply.replaces else room.post(working_body()), reply, visitor.id)
        return web.json_response({})
