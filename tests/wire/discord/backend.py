"""The parts of the wire that its routes work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from tests.wire.discord import refusals
from tests.wire.discord.bell import Bell
from tests.wire.discord.bodies import Drafts
from tests.wire.discord.chat import Chat
from tests.wire.discord.findings import Findings
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.interaction import TOKEN_S, Interaction
from tests.wire.discord.limits import Limits
from tests.wire.discord.model import Channel, Message
from tests.wire.discord.shape import Shape
from tests.wire.discord.world import World


@dataclass
class Backend:
    """Everything behind the addresses; `interactions` by token, open and closed."""

    world: World
    token: str
    findings: Findings = field(default_factory=Findings)
    bell: Bell = field(default_factory=Bell)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    command_syncs: int = 0
    downloads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shape = Shape(self.world)
        self.gateway = Gateway(self.shape, self.findings, self.bell, self.token)
        self.chat = Chat(self.shape, self.gateway, self.bell)
        self.limits = Limits(self.findings)
        self.drafts = Drafts(self.world, self.findings)

    @property
    def intents(self) -> int:
        """What REST lets the bot read: content only where the portal granted it."""
        return (1 << 15) if "message_content" in self.gateway.options.granted else 0

    def channel(self, request: web.Request) -> Channel:
        return self.world.channel(request.match_info["channel"])

    def message(self, request: web.Request) -> Message:
        return self.world.message(self.channel(request), request.match_info["message"])

    def is_live(self, interaction: Interaction) -> bool:
        return self.world.clock.now() - interaction.created_at <= TOKEN_S

    def webhook(self, request: web.Request) -> Interaction:
        """The interaction whose token is in the address; it must have been responded to, and not be too old."""
        interaction = self.interactions.get(request.match_info["token"])
        if interaction is None or request.match_info["app"] != str(self.world.bot.id):
            raise refusals.unknown_webhook()
        if not self.is_live(interaction):
            raise refusals.invalid_webhook_token()
        if interaction.response is None:
            raise refusals.unknown_webhook()
        return interaction
