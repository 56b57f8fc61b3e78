"""What state a database is in, told without changing it: nothing is created, nothing migrated.

For whoever looks after a Memesmith. `open_database` does what is found missing here.
"""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.engines import create_sqlite_engine, is_sqlite, read_url
from db.errors import StorageUnavailable
from db.migrations.upgrade import alembic_config

CONNECT_S: Final = 3
PATIENCE_MS: Final = 2_000
MAY_CREATE: Final = text(
    "SELECT has_schema_privilege(current_schema(), 'CREATE') AND current_setting('transaction_read_only') = 'off'"
)


class Tables(enum.StrEnum):
    """MISSING and OLD are mended by the next start; NEWER needs a newer program."""

    MISSING = "missing"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """`where` is a file, or an address without its password."""

    where: str
    tables: Tables
    is_writable: bool


async def examine(url: str) -> DatabaseState:
    """Raises StorageUnavailable where the address is wrong or the database cannot be reached."""
    address = read_url(url)
    where = _name(address)
    try:
        tables, writable = (Tables.MISSING, True) if _is_to_be_made(address) else await _look(address)
    except (SQLAlchemyError, OSError) as error:
        raise StorageUnavailable(f"The database {where} cannot be opened.") from error
    return DatabaseState(where=where, tables=tables, is_writable=writable and _may_write_file(address))


def _name(address: URL) -> str:
    if is_sqlite(address):
        return str(Path(address.database or "").absolute())
    return address.set(drivername=address.get_backend_name()).render_as_string(hide_password=True)


def _is_to_be_made(address: URL) -> bool:
    return is_sqlite(address) and not Path(address.database or "").exists()


async def _look(address: URL) -> tuple[Tables, bool]:
    engine = _create_engine(address)
    try:
        async with engine.connect() as connection:
            tables = await connection.run_sync(_read_tables)
            return tables, is_sqlite(address) or bool(await connection.scalar(MAY_CREATE))
    finally:
        await engine.dispose()


def _create_engine(address: URL) -> AsyncEngine:
    if not is_sqlite(address):
        return create_async_engine(address, poolclass=NullPool, connect_args={"timeout": CONNECT_S})
    pragmas = (f"busy_timeout = {PATIENCE_MS}", "query_only = ON")
    return create_sqlite_engine(address, "BEGIN", pragmas, poolclass=NullPool)


def _read_tables(connection: Connection) -> Tables:
    script = ScriptDirectory.from_config(alembic_config(connection))
    stands_at = MigrationContext.configure(connection).get_current_revision()
    if stands_at is None:
        return Tables.MISSING
    if stands_at == script.get_current_head():
        return Tables.CURRENT
    try:
        script.get_revision(stands_at)
    except CommandError:
        return Tables.NEWER
    return Tables.OLD


def _may_write_file(address: URL) -> bool:
    """SQLite also writes beside its file; where the folder is not there yet, one above it has to let it be made."""
    if not is_sqlite(address):
        return True
    path = Path(address.database or "").absolute()
    folder = next(each for each in path.parents if each.exists())
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and (not path.exists() or os.access(path, os.W_OK))
