"""Opening a database: addresses, migrations, and what people read when it does not work."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, inspect

from db.engines import Engines, read_url
from db.errors import StorageUnavailable
from db.schema import metadata
from db.stores import open_database

pytest_plugins = ["tests.contracts.databases"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("sqlite:///a/b.db", "sqlite+aiosqlite:///a/b.db", id="plain SQLite"),
        pytest.param("postgres://u:p@h/n", "postgresql+asyncpg://u:p@h/n", id="the short name hosts give"),
        pytest.param("postgresql://h/n?sslmode=require", "postgresql+asyncpg://h/n?ssl=require", id="sslmode"),
        pytest.param("postgresql+asyncpg://h/n", "postgresql+asyncpg://h/n", id="with its driver"),
    ],
)
def test_an_address_gets_its_driver(text: str, expected: str) -> None:
    """People write addresses as their host gives them."""
    assert read_url(text).render_as_string(hide_password=False) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("memesmith.db", id="a bare file name"),
        pytest.param("mysql://h/n", id="another database"),
        pytest.param("sqlite://", id="SQLite in memory"),
        pytest.param("sqlite:///:memory:", id="SQLite in memory by name"),
    ],
)
async def test_an_address_that_cannot_be_served_is_refused_with_a_sentence(text: str) -> None:
    """The sentence names the setting and shows how it should look."""
    with pytest.raises(StorageUnavailable, match=r"DATABASE_URL .*sqlite:///memesmith\.db"):
        await open_database(text)


def schema_of(connection: Connection) -> dict[str, Any]:
    """All that the database knows of its tables, in a form that can be compared."""
    seen = inspect(connection)
    return {
        table: {
            "columns": [{**column, "type": str(column["type"])} for column in seen.get_columns(table)],
            "key": seen.get_pk_constraint(table),
            "foreign": sorted(seen.get_foreign_keys(table), key=lambda key: str(key["name"])),
            "unique": seen.get_unique_constraints(table),
            "checks": seen.get_check_constraints(table),
            "indexes": sorted(seen.get_indexes(table), key=lambda index: str(index["name"])),
        }
        for table in sorted(metadata.tables)
    }


async def test_migrations_build_the_tables_of_the_schema(database_url: str) -> None:
    """Tables, columns, defaults, keys, checks and indexes are the same by migration and by the schema."""
    await (await open_database(database_url)).close()
    engines = Engines.connect(read_url(database_url))
    async with engines.writer.begin() as connection:
        migrated = await connection.run_sync(schema_of)
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
        everything = MetaData()
        await connection.run_sync(everything.reflect)
        await connection.run_sync(everything.drop_all)
        await connection.run_sync(metadata.create_all)
        created = await connection.run_sync(schema_of)
    await engines.close()
    assert differences == []
    assert migrated == created


async def test_opening_again_keeps_what_is_stored(database_url: str) -> None:
    """A restart runs no migration twice and loses nothing."""
    first = await open_database(database_url)
    await first.chats.change_settings("web", "room", {"tone": "joy"})
    await first.close()
    second = await open_database(database_url)
    assert await second.chats.settings("web", "room") == {"tone": "joy"}
    await second.close()


async def test_a_database_of_a_newer_program_is_refused(database_url: str) -> None:
    """An older program never writes into tables it does not know."""
    await (await open_database(database_url)).close()
    engines = Engines.connect(read_url(database_url))
    async with engines.writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await engines.close()
    with pytest.raises(StorageUnavailable, match="newer Memesmith"):
        await open_database(database_url)


async def test_an_sqlite_file_is_made_with_its_folder_and_opened_safely(tmp_path: Path) -> None:
    """The file survives crashes by its write-ahead log, keeps foreign keys, and readers cannot write."""
    database = await open_database(f"sqlite:///{tmp_path}/new/folder/memes.db")
    engines = Engines.connect(read_url(f"sqlite:///{tmp_path}/new/folder/memes.db"))
    async with engines.writer.begin() as connection:
        pragmas = ["journal_mode", "foreign_keys", "synchronous", "busy_timeout"]
        values = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in pragmas]
    async with engines.reader.begin() as connection:
        read_only = (await connection.exec_driver_sql("PRAGMA query_only")).scalar()
    await engines.close()
    await database.close()
    assert values == ["wal", 1, 2, 30_000]
    assert read_only == 1


async def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """A person who names the wrong file reads which one, and the file stays as it is."""
    file = tmp_path / "holiday.jpg"
    file.write_bytes(b"\xff\xd8\xff" * 2000)
    with pytest.raises(StorageUnavailable, match=r"holiday\.jpg cannot be opened"):
        await open_database(f"sqlite:///{file}")
    assert file.read_bytes() == b"\xff\xd8\xff" * 2000


async def test_an_unreachable_server_is_named_without_its_password() -> None:
    """The sentence can be shown and logged."""
    with pytest.raises(StorageUnavailable) as caught:
        await open_database("postgresql://ann:secret@127.0.0.1:1/memes")
    assert "127.0.0.1:1/memes" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_database_that_fails_later_says_so(tmp_path: Path) -> None:
    """A call on a database whose tables vanished raises the package's own error, not the driver's."""
    database = await open_database(f"sqlite:///{tmp_path}/memes.db")
    with sqlite3.connect(tmp_path / "memes.db") as connection:
        connection.execute("DROP TABLE votes")
    connection.close()
    with pytest.raises(StorageUnavailable, match="does not answer"):
        await database.votes.tally("any")
    await database.close()
