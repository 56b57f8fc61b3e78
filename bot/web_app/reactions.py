"""What people do to a meme in the room: press its buttons, send new words. Each handler hands over and shows.

A request names a message and a candidate. Only a message that really shows the candidate is changed or removed: what a
browser claims may be out of date, or made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.core.actions import decode_press
from bot.core.errors import Refusal
from bot.core.panels import Form, Panel
from bot.core.values import Meme, Notice, Pressed, Removed, Votes
from bot.web_app.convert import to_filled, to_press
from bot.web_app.guard import require_visitor
from bot.web_app.history import Message
from bot.web_app.replies import form_body, working_body
from bot.web_app.room import PLACE, Room, WaitingMessage


@dataclass(frozen=True, slots=True)
class Target:
    """The message somebody acted on, and the candidate they saw in it."""

    visitor_id: str
    message: Message
    candidate_id: str

    @property
    def is_shown(self) -> bool:
        return self.message.body.get("candidate") == self.candidate_id


class Reactions:
    """Handlers of `/api/press` and `/api/edit`; they answer `{}`, `{"form": …}`, or a refusal as `{"notice": …}`."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def press(self, request: web.Request) -> web.Response:
        visitor = require_visitor(request)
        message_id, press = await to_press(request, visitor)
        decoded = decode_press(press.custom_id)
        target = Target(visitor.id, self._find(message_id), decoded[1] if decoded else "")
        with WaitingMessage(self._room, target.message) as progress:
            reply = await self._room.core.press(press, progress)
        return await self._show(target, reply)

    async def edit(self, request: web.Request) -> web.Response:
        visitor = require_visitor(request)
        message_id, filled = await to_filled(request, visitor)
        decoded = decode_press(filled.form_id)
        target = Target(visitor.id, self._find(message_id), decoded[1] if decoded else "")
        with WaitingMessage(self._room, target.message) as progress:
            reply = await self._room.core.fill(filled, progress)
        return await self._show(target, reply)

    def _find(self, message_id: str) -> Message:
        message = self._room.history.get(message_id)
        if message is None:
            raise Refusal("meme.gone")
        return message

    async def _show(self, target: Target, reply: Pressed) -> web.Response:
        room, message = self._room, target.message
        match reply:
            case Notice():
                return web.json_response({"notice": reply.text}, status=422)
            case Form():
                return web.json_response({"form": form_body(reply)})
            case Panel():
                raise Refusal("meme.unknown_button")
            case Votes():
                room.show_votes(reply, target.visitor_id)
            case Removed():
                if not target.is_shown:
                    raise Refusal("meme.gone")
                room.remove(message)
                await room.core.taken_down(PLACE, message.id)
            case Meme():
                in_place = reply.replaces and target.is_shown
                await room.show_meme(message if in_place else room.post(working_body()), reply, target.visitor_id)
        return web.json_response({})
