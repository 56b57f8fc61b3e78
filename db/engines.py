"""Connections to one database: how an address is read, how SQLite is made safe, how errors become sentences.

SQLite gets one writing connection, so that writers of this process queue here in order instead of polling the file's
lock, and several reading ones. PostgreSQL gets one pool for both. A call once started ends, even when its caller gives
up: SQLAlchemy loses connections that are dropped in the middle. Knows no table.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.errors import StorageUnavailable

BUSY_TIMEOUT_S: Final = 30
READERS: Final = 4
POSTGRES_CONNECTIONS: Final = 10
DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

Upsert = sqlite.Insert | postgresql.Insert

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="Store")


def read_url(text: str) -> URL:
    """The address with its asynchronous driver; raises StorageUnavailable on one that cannot be served.

    `sslmode`, as hosts of PostgreSQL hand it out, becomes asyncpg's `ssl`.
    """
    try:
        url = make_url(text)
        url = url.set(drivername=DRIVERS[url.drivername])
    except (ArgumentError, KeyError) as error:
        raise StorageUnavailable(
            "DATABASE_URL must look like sqlite:///memesmith.db or postgresql://user:password@host/name."
        ) from error
    if is_sqlite(url) and url.database in {None, "", ":memory:"}:
        raise StorageUnavailable("DATABASE_URL must name a file for SQLite, such as sqlite:///memesmith.db.")
    if "sslmode" in url.query:
        mode = url.query["sslmode"]
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def create_sqlite_engine(url: URL, begin: str, pragmas: tuple[str, ...], **options: Any) -> AsyncEngine:
    """An engine whose transactions start with `begin` and whose connections start with `pragmas`."""
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late to lock for writing
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def create_folder(url: URL) -> None:
    """Make the folder of a SQLite file."""
    try:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailable(f"The folder of the database file {url.database} cannot be made.") from error


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn what drivers raise into StorageUnavailable; broken constraints pass, for the store knows their meaning."""
    try:
        yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, OSError) as error:
        raise StorageUnavailable("The database does not answer right now; nothing was changed.") from error


@dataclass(frozen=True, slots=True)
class Engines:
    """Where stores get their short transactions: one connection, one transaction per call."""

    reader: AsyncEngine
    writer: AsyncEngine
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    @classmethod
    def connect(cls, url: URL) -> Engines:
        """Connections are made when first used."""
        if not is_sqlite(url):
            engine = create_async_engine(url, pool_size=POSTGRES_CONNECTIONS, pool_pre_ping=True)
            return cls(engine, engine)
        safe = ("foreign_keys = ON", "synchronous = FULL")
        return cls(
            create_sqlite_engine(url, "BEGIN", ("query_only = ON",), pool_size=READERS, max_overflow=0),
            create_sqlite_engine(url, "BEGIN IMMEDIATE", safe, pool_size=1, max_overflow=0),
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        with errors_in_words():
            async with self.reader.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Committed when the block ends, rolled back when it raises."""
        with errors_in_words():
            async with self.writer.begin() as connection:
                yield connection

    def upsert(self, table: Table) -> Upsert:
        """An INSERT that can say what happens on a conflict."""
        return sqlite.insert(table) if self.writer.dialect.name == "sqlite" else postgresql.insert(table)

    async def finish(self, call: Coroutine[Any, Any, T]) -> T:
        """The call's result; a caller that is cancelled leaves at once, and the call goes on without it."""
        task = asyncio.create_task(call)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for running calls, then close the connections."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.writer.dispose()
        await self.reader.dispose()


class Store:
    """What all stores have: somewhere to read and write."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines


def uninterrupted(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Run a store's method to its end even when its caller is cancelled; what it wrote then stands."""

    @functools.wraps(method)
    async def run(store: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store._engines.finish(method(store, *args, **kwargs))

    return run
