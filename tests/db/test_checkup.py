"""Looking at a database without changing it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.checkup import Tables, examine
from db.engines import Engines, read_url
from db.errors import StorageUnavailable
from db.stores import open_database

pytest_plugins = ["tests.contracts.databases"]


@asynccontextmanager
async def changing(url: str) -> AsyncIterator[AsyncConnection]:
    engines = Engines.connect(read_url(url))
    async with engines.writing() as connection:
        yield connection
    await engines.close()


async def stand_at(url: str, revision: str) -> None:
    """Pretend that the tables are those of another version."""
    async with changing(url) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})


async def test_an_empty_database_stays_empty(database_url: str) -> None:
    """What is not there yet is told, and not made."""
    state = await examine(database_url)
    assert (state.tables, state.is_writable) == (Tables.MISSING, True)
    if database_url.startswith("sqlite"):
        assert not Path(database_url.removeprefix("sqlite:///")).exists()
    else:
        async with changing(database_url) as connection:
            assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        pytest.param(None, Tables.CURRENT, id="of this version"),
        pytest.param("0001", Tables.OLD, id="of an older one"),
        pytest.param("9999", Tables.NEWER, id="of a newer one"),
    ],
)
async def test_the_version_of_the_tables_is_known(database_url: str, revision: str | None, expected: Tables) -> None:
    """Only an older database is mended by a start; a newer one needs a newer program."""
    await (await open_database(database_url)).close()
    if revision:
        await stand_at(database_url, revision)
    assert (await examine(database_url)).tables is expected
    assert (await examine(database_url)).tables is expected, "looking changed it"


async def test_a_running_program_is_not_disturbed(database_url: str) -> None:
    """While somebody writes, the look succeeds, and the writer does not notice."""
    database = await open_database(database_url)
    async with changing(database_url) as connection:
        await connection.execute(text("DELETE FROM votes"))
        assert (await examine(database_url)).tables is Tables.CURRENT
    await database.close()


async def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    """A folder that cannot be made below something that is no folder."""
    (tmp_path / "file").touch()
    assert not (await examine(f"sqlite:///{tmp_path}/file/x/memes.db")).is_writable
    assert (await examine(f"sqlite:///{tmp_path}/new/x/memes.db")).is_writable


async def test_a_right_that_is_missing_is_told(database_url: str) -> None:
    """A database that is only to be read cannot be brought up to date."""
    if database_url.startswith("sqlite"):
        pytest.skip("files have rights of their own")
    name = make_url(database_url).database
    async with changing(database_url) as connection:
        await connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    assert not (await examine(database_url)).is_writable


async def test_what_cannot_be_opened_is_named_without_its_password(database_url: str, tmp_path: Path) -> None:
    """The sentence helps, and can be shown to anybody."""
    if database_url.startswith("sqlite"):
        wrong = tmp_path / "memes.db"
        wrong.write_text("this is no database, and longer than the header of one would be, by far and away" * 20)
        url = f"sqlite:///{wrong}"
    else:
        wrong_name = make_url(database_url).set(database="nowhere", password="hush")  # noqa: S106 - opens nothing
        url = wrong_name.render_as_string(hide_password=False)
    with pytest.raises(StorageUnavailable, match=r"cannot be opened") as refused:
        await examine(url)
    assert "hush" not in str(refused.value)


async def test_where_it_is_names_no_password(tmp_path: Path) -> None:
    """A file by its whole path, as people look for it."""
    state = await examine(f"sqlite:///{tmp_path}/memes.db")
    assert state.where == f"{tmp_path}/memes.db"
