"""A core over a real SQLite store and a scripted pool."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.values import Incoming, Person, Picture, Place, Working
from db import stores
from tests.bot.scripted_pool import ScriptedPool, draw_png

PLACE = Place("web", "room")
ANN = Person("web", "ann", "Ann")
BOB = Person("web", "bob", "Bob")


class Heard:
    """Progress that is written down."""

    def __init__(self) -> None:
        self.words: list[Working] = []

    async def working(self, notice: Working) -> None:
        self.words.append(notice)


async def _bytes() -> bytes:
    return draw_png()


def photo() -> Picture:
    return Picture("upload-1", _bytes)


def incoming(person: Person = ANN, **values: object) -> Incoming:
    return Incoming(person=person, place=PLACE, **values)  # type: ignore[arg-type]


@pytest.fixture
def pool() -> ScriptedPool:
    return ScriptedPool()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[stores.Database]:
    database = await stores.open_database(f"sqlite:///{tmp_path / 'memes.db'}")
    yield database
    await database.close()


@pytest.fixture
def core(pool: ScriptedPool, store: stores.Database) -> Core:
    return Core(pool, store, CoreParts(rate=Rate(burst=100)))


@pytest.fixture
def heard() -> Heard:
    return Heard()
