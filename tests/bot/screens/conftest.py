"""People and short ways to walk through the bot's screens."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.panels import Control, Form, Menu, Panel, join_choice
from bot.core.tickets import Tickets
from bot.core.values import (
    Asked,
    Filled,
    Notice,
    Opened,
    Person,
    Picture,
    Place,
    Press,
    Pressed,
    TemplateChoice,
)
from db import stores
from tests.bot.conftest import Heard
from tests.bot.scripted_pool import ScriptedPool

GROUP = Place("telegram", "-100", "topic-1")
ADMIN = Person("telegram", "1", "Ada", moderator=True, admin=True)
MODERATOR = Person("telegram", "2", "Mo", moderator=True)
MEMBER = Person("telegram", "3", "Mia")
KNOWN = tuple(
    TemplateChoice(name=f"known-{n}", title=f"Known {n}", hint="for choices", example=("one", "two")) for n in range(45)
)


@dataclass(frozen=True)
class Guest:
    """Somebody in the group who opens screens and presses what is on them."""

    core: Core
    person: Person = ADMIN
    place: Place = GROUP

    def speaking(self, language: str) -> Guest:
        return replace(self, person=replace(self.person, language=language))

    async def open(self, command: str, action: str = "", text: str = "", picture: Picture | None = None) -> Opened:
        asked = Asked(person=self.person, place=self.place, command=command, action=action, text=text, picture=picture)
        return await self.core.command(asked, Heard())

    async def panel(self, command: str, action: str = "", text: str = "", picture: Picture | None = None) -> Panel:
        opened = await self.open(command, action, text, picture)
        assert isinstance(opened, Panel), opened
        return opened

    async def press(self, custom_id: str, value: str = "") -> Pressed:
        press = Press(person=self.person, place=self.place, custom_id=custom_id, value=value)
        return await self.core.press(press, Heard())

    async def go(self, custom_id: str, value: str = "") -> Panel:
        pressed = await self.press(custom_id, value)
        assert isinstance(pressed, Panel), pressed
        return pressed

    async def refused(self, custom_id: str, value: str = "") -> str:
        pressed = await self.press(custom_id, value)
        assert isinstance(pressed, Notice), pressed
        assert pressed.refusal
        return pressed.text

    async def fill(self, form_id: str, *values: str) -> Pressed:
        return await self.core.fill(
            Filled(person=self.person, place=self.place, form_id=form_id, values=values), Heard()
        )


def ids_of(panel: Panel | Form) -> list[str]:
    """Every id that something on the panel can send, menus entry by entry."""
    if isinstance(panel, Form):
        return []
    return [
        custom_id
        for row in panel.rows
        for custom_id in (
            [join_choice(row, entry) for entry in row.entries]
            if isinstance(row, Menu)
            else [control.custom_id for control in row if not control.url]
        )
    ]


def controls_of(panel: Panel) -> list[Control]:
    return [control for row in panel.rows if not isinstance(row, Menu) for control in row]


def fact(panel: Panel, name: str) -> str:
    return dict(panel.facts)[name]


@pytest.fixture
def screens(pool: ScriptedPool, store: stores.Database) -> Core:
    """A core with many templates, links, and no limit in the way."""
    rate = Rate(burst=10_000)
    return Core(
        pool, store, CoreParts(rate=rate, chat_rate=rate, templates=KNOWN, tickets=Tickets(b"a secret of the test"))
    )


@pytest.fixture
def admin(screens: Core) -> Guest:
    return Guest(screens)


@pytest.fixture
def member(screens: Core) -> Guest:
    return Guest(screens, MEMBER)
