"""How fast votes are stored, durably: `python -m tests.bench.stores`.

Baseline: the same upsert and count, one transaction each, by the bare driver on one connection. Ours is asked twice:
one vote after the other, and 20 people at once. PostgreSQL is the server that the tests start.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL

from db.stores import Database, open_database
from inference.contract import Candidate, Layout
from tests.contracts.databases import find_server, fresh_database

VOTES = 1000
PEOPLE = 20
UPSERT = (
    "INSERT INTO votes (candidate_id, platform, user_id, value) VALUES ({0}, 'web', {1}, 1) "
    "ON CONFLICT (candidate_id, platform, user_id) DO UPDATE SET value = 1, changed_at = {2}"
)
SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
COUNT = "SELECT count(CASE WHEN value = 1 THEN 1 END) FROM votes WHERE candidate_id = {0}"

Vote = Callable[[int], Awaitable[object]]


async def add_candidate(database: Database, request_id: str) -> str:
    caption = Candidate(lines=("one",), template=None, layout=Layout.TOP_BOTTOM, tone="joy", score=0.0)
    (candidate_id,) = await database.candidates.add(
        platform="web", chat_id="bench", asked_by=None, request_id=request_id, model="m", candidates=[caption]
    )
    return candidate_id


async def votes_per_second(vote: Vote, at_once: int) -> float:
    async def voter(person: int) -> None:
        for _ in range(VOTES // at_once):
            await vote(person)

    start = time.perf_counter()
    await asyncio.gather(*(voter(person) for person in range(at_once)))
    return VOTES / (time.perf_counter() - start)


async def measure_ours(database: Database) -> tuple[float, float]:
    candidate_id = await add_candidate(database, "ours")

    async def vote(person: int) -> None:
        await database.votes.cast(candidate_id, "web", f"user-{person}", 1)

    return await votes_per_second(vote, 1), await votes_per_second(vote, PEOPLE)


async def measure_bare_sqlite(file: Path, candidate_id: str) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")

    async def vote(person: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(UPSERT.format("?", "?", SQLITE_NOW), (candidate_id, f"user-{person}"))
        connection.execute(COUNT.format("?"), (candidate_id,)).fetchone()
        connection.execute("COMMIT")

    try:
        return await votes_per_second(vote, 1)
    finally:
        connection.close()


async def measure_bare_postgres(url: str, candidate_id: str) -> float:
    connection = await asyncpg.connect(url)

    async def vote(person: int) -> None:
        async with connection.transaction():
            await connection.execute(UPSERT.format("$1", "$2", "now()"), candidate_id, f"user-{person}")
            await connection.fetchval(COUNT.format("$1"), candidate_id)

    try:
        return await votes_per_second(vote, 1)
    finally:
        await connection.close()


async def measure_sqlite() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "memes.db"
        database = await open_database(f"sqlite:///{file}")
        bare = await measure_bare_sqlite(file, await add_candidate(database, "bare"))
        ours = await measure_ours(database)
        await database.close()
    return bare, *ours


async def measure_postgres(server: URL) -> tuple[float, float, float]:
    async with fresh_database(server) as url:
        database = await open_database(url)
        bare = await measure_bare_postgres(url, await add_candidate(database, "bare"))
        ours = await measure_ours(database)
        await database.close()
    return bare, *ours


def main() -> None:
    table = Table("database", "bare driver, votes/s", "one by one", f"{PEOPLE} at once", title="Durable votes")
    with ExitStack() as stack:
        rows = {"SQLite": asyncio.run(measure_sqlite())}
        server = find_server(stack)
        if server is not None:
            rows["PostgreSQL"] = asyncio.run(measure_postgres(server))
    for name, (bare, single, many) in rows.items():
        table.add_row(name, f"{bare:.0f}", *(f"{rate:.0f} ({rate / bare:.2f}x)" for rate in (single, many)))
    Console().print(table)


if __name__ == "__main__":
    main()
