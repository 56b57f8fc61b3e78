"""The door of this package: open a database, get its stores.

database = await open_database("sqlite:///memesmith.db")
await database.votes.cast(candidate_id, "web", "ann", 1)
await database.close()
"""

from __future__ import annotations

import asyncio

from db.candidates import Candidates
from db.chat_templates import ChatTemplates
from db.chats import Chats
from db.engines import Engines, create_folder, is_sqlite, read_url
from db.inbox import Inbox
from db.marks import Marks
from db.memes import Memes
from db.migrations.upgrade import upgrade
from db.people import People
from db.reactions import Reactions
from db.survey import Survey
from db.votes import Votes

__all__ = ["Database", "open_database"]


class Database:
    """One store per kind of fact, over the same connections."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self.chats = Chats(engines)
        self.candidates = Candidates(engines)
        self.memes = Memes(engines)
        self.votes = Votes(engines)
        self.people = People(engines)
        self.reactions = Reactions(engines)
        self.inbox = Inbox(engines)
        self.chat_templates = ChatTemplates(engines)
        self.survey = Survey(engines)
        self.marks = Marks(engines)

    async def close(self) -> None:
        """Wait for running calls to end; afterwards the stores are of no use."""
        await self._engines.close()


async def open_database(url: str) -> Database:
    """Bring the database at `url` up to date and open it; several processes may do so at once.

    Raises StorageUnavailable where the address is wrong, the database cannot be reached, or its tables are newer than
    this program.
    """
    address = read_url(url)
    if is_sqlite(address):
        create_folder(address)
    await asyncio.to_thread(upgrade, address)
    return Database(Engines.connect(address))
