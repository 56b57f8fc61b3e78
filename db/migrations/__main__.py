"""Drafts the next migration from the difference between the tables in `db.schema` and the migrations so far.

python -m db.migrations "Adds scans"
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from db.engines import Engines, read_url
from db.migrations.upgrade import alembic_config, upgrade

VERSIONS = Path(__file__).parent / "versions"


def main(argv: list[str]) -> int:
    """Exit status 2 without a message for the migration."""
    if len(argv) != 1:
        sys.stderr.write("Say what the migration does: python -m db.migrations MESSAGE\n")
        return 2
    asyncio.run(_draft(argv[0]))
    return 0


async def _draft(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = read_url(f"sqlite:///{folder}/newest.db")
        await asyncio.to_thread(upgrade, url)
        engines = Engines.connect(url)
        try:
            async with engines.writer.connect() as connection:
                await connection.run_sync(_write, message)
        finally:
            await engines.close()


def _write(connection: Connection, message: str) -> None:
    number = 1 + sum(1 for path in VERSIONS.glob("v*.py"))
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    config = alembic_config(connection)
    config.set_main_option("file_template", f"v%%(rev)s_{slug}")
    command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
