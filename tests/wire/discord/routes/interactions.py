"""Responses to interactions, and the messages that belong to them."""

from __future__ import annotations

import time

from aiohttp import web

from tests.wire.discord import refusals
from tests.wire.discord.backend import Backend
from tests.wire.discord.bodies import Body, read_body
from tests.wire.discord.command_rules import OPTIONS, check_choice_texts
from tests.wire.discord.component_rules import check_modal
from tests.wire.discord.findings import Breach
from tests.wire.discord.interaction import FOLLOW_UPS, RESPONSE_S, TAKES, Interaction, Response
from tests.wire.discord.model import EPHEMERAL, LOADING, Message
from tests.wire.discord.refusals import InvalidForm


class Interactions:
    """No token but that in the address is needed; no permission in the channel either."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        one = "/webhooks/{app}/{token}/messages/{message}"
        return [
            web.post("/interactions/{interaction}/{token}/callback", self.respond),
            web.post("/webhooks/{app}/{token}", self.follow_up),
            web.get(one, self.get),
            web.patch(one, self.edit),
            web.delete(one, self.delete),
        ]

    async def respond(self, request: web.Request) -> web.Response:
        interaction = self._backend.interactions.get(request.match_info["token"])
        if interaction is None or str(interaction.id) != request.match_info["interaction"]:
            raise refusals.unknown_interaction()
        after_s = time.monotonic() - interaction.asked_at
        body = await read_body(request, interaction.max_file_bytes)
        if interaction.response is not None:
            self._backend.findings.add(Breach.TWICE, interaction.describe())
            raise refusals.already_acknowledged()
        if self._backend.world.clock.now() - interaction.created_at > RESPONSE_S:
            self._backend.findings.add(Breach.LATE, f"{interaction.describe()} after {after_s:.2f} s")
            raise refusals.unknown_interaction()
        response = self._kind(interaction, body)
        await self._apply(interaction, response, body.of("data"))
        interaction.response, interaction.acknowledged_after_s = response, after_s
        self._backend.findings.acknowledged_after_s.append(after_s)
        self._backend.bell.ring()
        if request.query.get("with_response") in {"1", "true"}:
            return web.json_response(self._confirm(interaction))
        return web.Response(status=204)

    def _kind(self, interaction: Interaction, body: Body) -> Response:
        number = body.json.get("type")
        allowed = TAKES[interaction.kind]
        without_message = {Response.UPDATE, Response.DEFERRED_UPDATE} if interaction.message is None else set()
        if number not in allowed - without_message:
            self._backend.findings.add(Breach.WRONG_RESPONSE, f"type {number} to {interaction.describe()}")
            raise refusals.Refused(400, 50035, "Invalid Form Body")
        return Response(number)

    async def _apply(self, interaction: Interaction, response: Response, data: Body) -> None:
        match response:
            case Response.MESSAGE:
                await self._post_original(interaction, self._backend.drafts.write(data, interaction.channel))
            case Response.DEFERRED_MESSAGE:
                await self._defer(interaction, data)
            case Response.UPDATE | Response.DEFERRED_UPDATE:
                interaction.original = interaction.message
                if response is Response.UPDATE:
                    await self._rewrite(interaction, self._original(interaction), data)
            case Response.CHOICES:
                choices = data.json.get("choices", [])
                if len(choices) > OPTIONS:
                    raise InvalidForm("choices", f"must be {OPTIONS} or fewer in length")
                check_choice_texts(choices)
                interaction.choices = choices
            case Response.MODAL:
                check_modal(data.json)
                interaction.modal = data.json

    async def _defer(self, interaction: Interaction, data: Body) -> None:
        flags = int(data.json.get("flags") or 0)
        if flags & ~EPHEMERAL or set(data.json) - {"flags"}:
            self._backend.findings.add(Breach.DEFERRAL, str(data.json))
        world = self._backend.world
        message = Message(world.clock.new_id(), interaction.channel, world.bot, flags=LOADING | (flags & EPHEMERAL))
        await self._post_original(interaction, message)

    async def _post_original(self, interaction: Interaction, message: Message) -> None:
        interaction.original, interaction.ephemeral = message, message.ephemeral
        await self._post(interaction, message)

    async def _post(self, interaction: Interaction, message: Message) -> None:
        message.asker, message.interaction_id = interaction.user, interaction.id
        await self._backend.chat.post(message)
        interaction.show(message)

    async def _rewrite(self, interaction: Interaction, message: Message, body: Body) -> None:
        self._backend.drafts.rewrite(body, message)
        await self._backend.chat.edited(message)
        interaction.show(message)

    async def follow_up(self, request: web.Request) -> web.Response:
        """Straight after a deferral it fills the placeholder instead, whatever its flags say."""
        interaction = self._backend.webhook(request)
        body = await read_body(request, interaction.max_file_bytes)
        if interaction.original is not None and interaction.original.loading and not interaction.original.deleted:
            await self._rewrite(interaction, interaction.original, body)
            return self._message(interaction.original)
        if interaction.user_installed_only and len(interaction.follow_ups) >= FOLLOW_UPS:
            self._backend.findings.add(Breach.FOLLOW_UPS, interaction.describe())
            raise refusals.too_many_follow_ups()
        message = self._backend.drafts.write(body, interaction.channel)
        interaction.follow_ups.append(message)
        await self._post(interaction, message)
        return self._message(message)

    async def get(self, request: web.Request) -> web.Response:
        return self._message(self._find(request, self._backend.webhook(request)))

    async def edit(self, request: web.Request) -> web.Response:
        interaction = self._backend.webhook(request)
        message = self._find(request, interaction)
        await self._rewrite(interaction, message, await read_body(request, interaction.max_file_bytes))
        return self._message(message)

    async def delete(self, request: web.Request) -> web.Response:
        interaction = self._backend.webhook(request)
        message = self._find(request, interaction)
        interaction.removed.append(message)
        await self._backend.chat.delete(message)
        return web.Response(status=204)

    def _find(self, request: web.Request, interaction: Interaction) -> Message:
        if request.match_info["message"] == "@original":
            return self._original(interaction)
        mine = [*interaction.follow_ups, *([interaction.original] if interaction.original else [])]
        for message in mine:
            if str(message.id) == request.match_info["message"] and not message.deleted:
                return message
        raise refusals.unknown_message()

    def _original(self, interaction: Interaction) -> Message:
        if interaction.original is None or interaction.original.deleted:
            raise refusals.unknown_message()
        return interaction.original

    def _message(self, message: Message) -> web.Response:
        return web.json_response(self._backend.shape.message(message))

    def _confirm(self, interaction: Interaction) -> dict[str, object]:
        about = {"id": str(interaction.id), "type": interaction.kind}
        resource: dict[str, object] = {"type": interaction.response}
        if interaction.original is not None:
            about |= {"response_message_id": str(interaction.original.id)}
            about |= {"response_message_loading": interaction.original.loading}
            about |= {"response_message_ephemeral": interaction.original.ephemeral}
            resource["message"] = self._backend.shape.message(interaction.original)
        return {"interaction": about, "resource": resource}
