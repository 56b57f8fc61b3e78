"""What Discord and Telegram need: an inbox, emoji on memes, a chat's own templates, its survey, and marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import JSON_VALUE, UtcTime, utc_now

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _extend_candidates_and_memes()
    _create_inbox_and_marks()
    _create_chat_templates()
    _create_survey_phrases()
    _create_reactions()


def _extend_candidates_and_memes() -> None:
    with op.batch_alter_table("candidates") as candidates:
        candidates.add_column(sa.Column("picture_ref", sa.String(), nullable=True))
    with op.batch_alter_table("memes") as memes:
        memes.add_column(sa.Column("channel_id", sa.String(), server_default=sa.text("''"), nullable=False))
        memes.add_column(sa.Column("source_message_id", sa.String(), nullable=True))
    op.create_index(
        op.f("ix_memes_platform_chat_id_source_message_id"), "memes", ["platform", "chat_id", "source_message_id"]
    )


def _create_inbox_and_marks() -> None:
    op.create_table(
        "inbox",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("note", JSON_VALUE, nullable=True),
        sa.Column("opened_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.Column("settled_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_platform_closed_at"), "inbox", ["platform", "closed_at"])
    op.create_table(
        "marks",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "name", name=op.f("pk_marks")),
    )


def _create_chat_templates() -> None:
    op.create_table(
        "chat_templates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("boxes", JSON_VALUE, nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=True),
        sa.Column("created_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.Column("removed_at", UtcTime(), nullable=True),
        _of_a_chat("chat_templates"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_templates")),
        sa.UniqueConstraint("platform", "chat_id", "key", name=op.f("uq_chat_templates_platform_chat_id_key")),
    )


def _create_survey_phrases() -> None:
    op.create_table(
        "survey_phrases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), server_default=utc_now(), nullable=False),
        _of_a_chat("survey_phrases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_phrases")),
        sa.UniqueConstraint(
            "platform", "chat_id", "user_id", "text", name=op.f("uq_survey_phrases_platform_chat_id_user_id_text")
        ),
    )
    op.create_index(op.f("ix_survey_phrases_platform_user_id"), "survey_phrases", ["platform", "user_id"])


def _create_reactions() -> None:
    op.create_table(
        "reactions",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("emoji", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform", "chat_id", "message_id"],
            ["memes.platform", "memes.chat_id", "memes.message_id"],
            name=op.f("fk_reactions_platform_chat_id_message_id_memes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("platform", "chat_id", "message_id", "user_id", "emoji", name=op.f("pk_reactions")),
    )
    op.create_index(op.f("ix_reactions_platform_user_id"), "reactions", ["platform", "user_id"])


def _of_a_chat(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["platform", "chat_id"],
        ["chats.platform", "chats.chat_id"],
        name=op.f(f"fk_{table}_platform_chat_id_chats"),
        ondelete="CASCADE",
    )
