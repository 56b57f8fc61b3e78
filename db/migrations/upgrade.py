"""Brings a database to the newest migration. Blocking: call it in a thread. Knows no store.

All steps run in one transaction that holds the database's own lock, so a process that starts at the same time waits and
then finds nothing to do, and one that dies in the middle leaves the old tables.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, NullPool, func, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from db.engines import BUSY_TIMEOUT_S, create_sqlite_engine, is_sqlite
from db.errors import StorageUnavailable

ADVISORY_LOCK: Final = 0x6D656D65  # "meme"; any number no other program of the server uses

_one_at_a_time: Final = threading.Lock()  # Alembic keeps the running migration in a module


def upgrade(url: URL) -> None:
    """Raises StorageUnavailable where the database cannot be reached or is newer than this program."""
    try:
        with _one_at_a_time:
            asyncio.run(_upgrade(url))
    except CommandError as error:
        raise StorageUnavailable(
            "The database was written by a newer Memesmith; update the program, or use another database."
        ) from error
    except (SQLAlchemyError, OSError) as error:
        shown = url.render_as_string(hide_password=True)
        raise StorageUnavailable(
            f"The database {shown} cannot be opened; is it running, and is the address right?"
        ) from error


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for commands over an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "db:migrations")
    return config


async def _upgrade(url: URL) -> None:
    engine = _sqlite_engine(url) if is_sqlite(url) else create_async_engine(url, poolclass=NullPool)
    try:
        async with aclosing(await _connect(engine)) as connection, connection.begin():
            if not is_sqlite(url):
                await connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
            await connection.run_sync(_to_newest)
    finally:
        await engine.dispose()


def _to_newest(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise StorageUnavailable("The database holds rows whose owners are gone; restore a backup.")


def _sqlite_engine(url: URL) -> AsyncEngine:
    # Copying a table to change it must not delete, by cascade, the rows that point at the old one.
    pragmas = ("journal_mode = WAL", "foreign_keys = OFF")
    return create_sqlite_engine(url, "BEGIN IMMEDIATE", pragmas, poolclass=NullPool)


def _is_lock(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and "locked" in str(error)


# SQLite answers "locked" at once, without waiting, when two connections turn the write-ahead log on together.
@retry(
    retry=retry_if_exception(_is_lock),
    wait=wait_random(0.01, 0.1),
    stop=stop_after_delay(BUSY_TIMEOUT_S),
    reraise=True,
)
async def _connect(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()
