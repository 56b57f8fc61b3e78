"""The application's commands: read, replaced as a set, changed one by one."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.wire.discord import refusals
from tests.wire.discord.backend import Backend
from tests.wire.discord.command_rules import check_commands

Json = dict[str, Any]


class Commands:
    """Global commands; `backend.command_syncs` counts replacements of the whole set."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        base = "/applications/{app}/commands"
        return [
            web.get(base, self.list),
            web.put(base, self.replace),
            web.post(base, self.add),
            web.get(base + "/{command}", self.get),
            web.patch(base + "/{command}", self.edit),
            web.delete(base + "/{command}", self.delete),
            web.get("/applications/{app}/guilds/{guild}/commands", self.list_of_guild),
        ]

    async def list(self, request: web.Request) -> web.Response:
        return web.json_response(list(self._backend.world.commands.values()))

    async def list_of_guild(self, request: web.Request) -> web.Response:
        self._backend.world.guild(request.match_info["guild"])
        return web.json_response([])

    async def get(self, request: web.Request) -> web.Response:
        return web.json_response(self._find(request))

    async def replace(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        check_commands(wanted)
        self._backend.command_syncs += 1
        known = {(each["type"], each["name"]): each["id"] for each in self._backend.world.commands.values()}
        commands = [self._complete(each, known.get((each.get("type", 1), each["name"]))) for each in wanted]
        self._backend.world.commands = {int(each["id"]): each for each in commands}
        self._backend.bell.ring()
        return web.json_response(commands)

    async def add(self, request: web.Request) -> web.Response:
        command = self._complete(await request.json())
        check_commands([*self._backend.world.commands.values(), command])
        self._backend.world.commands[int(command["id"])] = command
        return web.json_response(command, status=201)

    async def edit(self, request: web.Request) -> web.Response:
        command = self._find(request) | await request.json()
        others = [each for each in self._backend.world.commands.values() if each["id"] != command["id"]]
        check_commands([*others, command])
        self._backend.world.commands[int(command["id"])] = command
        return web.json_response(command)

    async def delete(self, request: web.Request) -> web.Response:
        del self._backend.world.commands[int(self._find(request)["id"])]
        return web.Response(status=204)

    def _find(self, request: web.Request) -> Json:
        number = request.match_info["command"]
        command = self._backend.world.commands.get(int(number)) if number.isdigit() else None
        if command is None:
            raise refusals.unknown_command()
        return command

    def _complete(self, command: Json, command_id: str | None = None) -> Json:
        clock = self._backend.world.clock
        defaults = {
            "type": 1,
            "description": "",
            "default_member_permissions": None,
            "nsfw": False,
            "dm_permission": True,
        }
        ids = {"id": command_id or str(clock.new_id()), "version": str(clock.new_id())}
        return {**defaults, **command, **ids, "application_id": str(self._backend.world.bot.id)}
