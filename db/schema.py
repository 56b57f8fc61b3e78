"""The tables. Facts are kept apart by constraints; stores write with upserts, never by looking first.

A chat owns its candidates, templates and survey phrases, a candidate its memes and votes, a meme its reactions:
deleting the owner deletes them. Later kinds of fact (scans, reviews, impressions) are tables that point at these.
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
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
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
    Column("picture_ref", String),
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
    Column("channel_id", String, nullable=False, server_default=text("''")),
    Column("source_message_id", String),
    UniqueConstraint("platform", "chat_id", "message_id"),
    Index(None, "platform", "chat_id", "source_message_id"),
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

reactions: Final = Table(
    "reactions",
    metadata,
    Column("platform", String, primary_key=True),
    Column("chat_id", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("emoji", String, primary_key=True),
    _moment("created_at"),
    ForeignKeyConstraint(
        ["platform", "chat_id", "message_id"],
        ["memes.platform", "memes.chat_id", "memes.message_id"],
        ondelete="CASCADE",
    ),
    Index(None, "platform", "user_id"),
)

inbox: Final = Table(
    "inbox",
    metadata,
    Column("platform", String, primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("note", JSON_VALUE),
    _moment("opened_at"),
    Column("settled_at", UtcTime()),
    Column("closed_at", UtcTime()),
    Index(None, "platform", "closed_at"),
)

chat_templates: Final = Table(
    "chat_templates",
    metadata,
    Column("id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("key", String),
    Column("name", String, nullable=False),
    Column("boxes", JSON_VALUE, nullable=False),
    Column("picture", LargeBinary, nullable=False),
    Column("media_type", String, nullable=False),
    Column("added_by", String),
    _moment("created_at"),
    Column("removed_at", UtcTime()),
    UniqueConstraint("platform", "chat_id", "key"),
    ForeignKeyConstraint(["platform", "chat_id"], ["chats.platform", "chats.chat_id"], ondelete="CASCADE"),
)

survey_phrases: Final = Table(
    "survey_phrases",
    metadata,
    Column("id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("chat_id", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("text", String, nullable=False),
    _moment("created_at"),
    UniqueConstraint("platform", "chat_id", "user_id", "text"),
    ForeignKeyConstraint(["platform", "chat_id"], ["chats.platform", "chats.chat_id"], ondelete="CASCADE"),
    Index(None, "platform", "user_id"),
)

marks: Final = Table(
    "marks",
    metadata,
    Column("platform", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
    _moment("changed_at"),
)
