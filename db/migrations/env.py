"""What Alembic runs for each command: our tables over the connection that `db.migrations.upgrade` hands in."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, DefaultClause

from db.columns import UtcTime, utc_now
from db.schema import metadata


def spell_our_types(_kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """How a drafted migration names what `db.columns` defines; False leaves the spelling to Alembic."""
    match item:
        case UtcTime():
            return "UtcTime()"
        case JSON():
            return "JSON_VALUE"
        case DefaultClause(arg=utc_now()):
            return "utc_now()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table only by copying it
    render_item=spell_our_types,
)
with context.begin_transaction():
    context.run_migrations()
