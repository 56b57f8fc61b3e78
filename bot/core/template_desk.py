"""The page where a chat's templates are drawn, as the core sees it: who is let in, and what they do there.

A ticket from a chat opens the page once; what follows carries the grant that the ticket named. Rights are those of the
person when the ticket was asked for, which is why tickets and the visits they open are short.
"""

from __future__ import annotations

from bot.core import own_templates
from bot.core.asking import Ask, Services
from bot.core.commands import Feature
from bot.core.finding import list_own
from bot.core.own_templates import OwnTemplate, Sketch
from bot.core.ports import Progress
from bot.core.tickets import Grant
from bot.core.values import Person, Place, TemplateChoice
from inference.contract import RenderOutput

TICKETS = "tickets"  # the inbox's name for numbers of tickets that were opened


class TemplateDesk:
    """Every method but `open` raises `Refusal` for what cannot be done; its key and values make the sentence."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def open(self, ticket: str) -> Grant | None:
        """The ticket's grant, the first time it is shown; None for a forged, old or used one."""
        read = self._services.tickets.read(ticket) if self._services.tickets else None
        if read is None:
            return None
        number, grant = read
        inbox = self._services.store.inbox
        if not await inbox.open(TICKETS, number, {}):
            return None
        await inbox.close(TICKETS, number)
        return grant

    async def admit(self, person: Person, place: Place, progress: Progress) -> Grant:
        """The grant of somebody who is in the chat already, as people of the room are; needs no ticket."""
        ask = await self._services.enter(person, place, progress)
        ask.require(Feature.TEMPLATES)
        return Grant(place.platform, place.chat_id, person.id, ask.language)

    async def list(self, grant: Grant, progress: Progress) -> tuple[TemplateChoice, ...]:
        return await list_own(self._services, await self._ask(grant, progress))

    async def get(self, grant: Grant, name_id: str, progress: Progress) -> OwnTemplate:
        return await own_templates.get_own(self._services, await self._ask(grant, progress), name_id)

    async def add(self, grant: Grant, sketch: Sketch, progress: Progress) -> str:
        """The new template's name "chat:…"."""
        return await own_templates.add_own(self._services, await self._ask(grant, progress), sketch)

    async def change(self, grant: Grant, name_id: str, sketch: Sketch, progress: Progress) -> None:
        """Give a template the sketch's name and boxes; its picture stays."""
        ask = await self._ask(grant, progress)
        await own_templates.rename_own(self._services, ask, name_id, sketch.name)
        await own_templates.place_boxes(self._services, ask, name_id, sketch.boxes)

    async def remove(self, grant: Grant, name_id: str, progress: Progress) -> None:
        await own_templates.remove_own(self._services, await self._ask(grant, progress), name_id)

    async def restore(self, grant: Grant, name_id: str, progress: Progress) -> None:
        await own_templates.restore_own(self._services, await self._ask(grant, progress), name_id)

    async def preview(
        self, grant: Grant, sketch: Sketch, lines: tuple[str, ...], name_id: str | None, progress: Progress
    ) -> RenderOutput:
        """A meme as it would look, with the sketch's picture or that of `name_id`."""
        ask = await self._ask(grant, progress)
        return await own_templates.preview_sketch(self._services, ask, sketch, lines, name_id)

    async def _ask(self, grant: Grant, progress: Progress) -> Ask:
        person = Person(grant.platform, grant.person_id, language=grant.language, moderator=True, admin=True)
        return await self._services.enter(person, Place(grant.platform, grant.chat_id), progress)
