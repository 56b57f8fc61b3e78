"""The bot itself, its application, people, guilds, and where the gateway is."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from tests.wire.discord import refusals
from tests.wire.discord.backend import Backend

MAX_GUILDS: Final = 200


class People:
    """What the bot may look up."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._world = backend.world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/gateway", self.gateway),
            web.get("/gateway/bot", self.gateway),
            web.get("/users/@me", self.me),
            web.post("/users/@me/channels", self.open_dm),
            web.get("/users/@me/guilds", self.guilds_of_mine),
            web.get("/users/{user}", self.user),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/applications/@me", self.application),
            web.get("/guilds/{guild}", self.guild),
            web.get("/guilds/{guild}/channels", self.channels),
            web.get("/guilds/{guild}/members/{user}", self.member),
        ]

    async def gateway(self, request: web.Request) -> web.Response:
        url = self._backend.shape.base.replace("http", "ws", 1) + "/gateway"
        limit = {"total": 1000, "remaining": 1000 - self._backend.gateway.identified, "reset_after": 3_600_000}
        limit["max_concurrency"] = 1
        shards = self._backend.gateway.options.shards
        return web.json_response({"url": url, "shards": shards, "session_start_limit": limit})

    async def me(self, request: web.Request) -> web.Response:
        return web.json_response(self._backend.shape.user(self._world.bot))

    async def guilds_of_mine(self, request: web.Request) -> web.Response:
        """Oldest first, 200 a page at most."""
        limit, after = int(request.query.get("limit", MAX_GUILDS)), int(request.query.get("after", 0))
        if not 1 <= limit <= MAX_GUILDS:
            raise refusals.InvalidForm("limit", f"int value should be between 1 and {MAX_GUILDS}")
        mine = sorted((each for each in self._world.guilds.values() if each.has_bot), key=lambda each: each.id)
        page = [each for each in mine if each.id > after][:limit]
        return web.json_response([self._backend.shape.guild_of_mine(each) for each in page])

    async def user(self, request: web.Request) -> web.Response:
        return web.json_response(self._backend.shape.user(self._world.user(request.match_info["user"])))

    async def open_dm(self, request: web.Request) -> web.Response:
        person = self._world.user(str((await request.json())["recipient_id"]))
        return web.json_response(self._backend.shape.channel(self._world.open_dm(person, self._world.bot)))

    async def application(self, request: web.Request) -> web.Response:
        about = {
            "id": str(self._world.bot.id),
            "name": self._world.bot.name,
            "description": "",
            "summary": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "team": None,
            "owner": self._backend.shape.user(self._world.owner),
            "flags": self._backend.gateway.options.flags,
            "integration_types_config": {"0": {}},
            "interactions_endpoint_url": None,
            **self._world.portal,
        }
        return web.json_response(about)

    async def guild(self, request: web.Request) -> web.Response:
        return web.json_response(self._backend.shape.guild(self._world.guild(request.match_info["guild"])))

    async def channels(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild"])
        return web.json_response([self._backend.shape.channel(each) for each in guild.channels])

    async def member(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild"])
        user = self._world.user(request.match_info["user"])
        if user.id not in guild.members:
            raise refusals.unknown_member()
        return web.json_response(self._backend.shape.member(guild, user))
