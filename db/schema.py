"""The tables. Facts are kept apart by constraints; stores write with upserts, never by looking first.

A chat owns its candidates, a candidate its memes and votes: deleting the owner deletes them. Later kinds of fact
(scans, reviews, impressions) are tables that point at these.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from db.columns import JSON_VALUE, UtcTime, utc_now

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _moment(name: str) -> Column[object]:
    return Column(name, UtcTime(), nullable=False, server_default=utc_now())


chats: Final = Table(
    "chats",
    metadata,
    Column("platform", String, primary_key=True),
    Column("chat_id", String, primary_key=True),
    Column("settings", JSON_VALUE, nullable=False),
    _moment("created_at"),
    _moment("changed_at"),
)

candidates: Final = Table(
    "candidates",
    metadata,
    Column("id", String, primary_key=True),
    Column("request_id", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("platform", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("asked_by", String),
    Column("model", String, nullable=False),
    Column("lines", JSON_VALUE, nullable=False),
    Column("template", String),
    Column("layout", String, nullable=False),
    Column("tone", String, nullable=False),
    Column("score", Float, nullable=False),
    _moment("created_at"),
    UniqueConstraint("request_id", "rank"),
    ForeignKeyConstraint(["platform", "chat_id"], ["chats.platform", "chats.chat_id"], ondelete="CASCADE"),
    Index(None, "platform", "chat_id"),
    Index(None, "platform", "asked_by"),
)

memes: Final = Table(
    "memes",
    metadata,
    Column("id", String, primary_key=True),
    Column("candidate_id", ForeignKey("candidates.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("platform", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("lines", JSON_VALUE, nullable=False),
    _moment("created_at"),
    _moment("changed_at"),
    UniqueConstraint("platform", "chat_id", "message_id"),
)

votes: Final = Table(
    "votes",
    metadata,
    Column("candidate_id", ForeignKey("candidates.id", ondelete="CASCADE"), primary_key=True),
    Column("platform", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("value", SmallInteger, nullable=False),
    _moment("created_at"),
    _moment("changed_at"),
    CheckConstraint("value IN (-1, 1)", name="up_or_down"),
    Index(None, "platform", "user_id"),
)
