"""Chats with their settings, candidates, memes and votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.columns import JSON_VALUE, UtcTime, utc_now

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_chats()
    _create_candidates()
    _create_memes()
    _create_votes()


def _create_chats() -> None:
    op.create_table(
        "chats",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("settings", JSON_VALUE, nullable=False),
        sa.Column("created_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.Column("changed_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "chat_id", name=op.f("pk_chats")),
    )


def _create_candidates() -> None:
    op.create_table(
        "candidates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("lines", JSON_VALUE, nullable=False),
        sa.Column("template", sa.String(), nullable=True),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("tone", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("created_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform", "chat_id"],
            ["chats.platform", "chats.chat_id"],
            name=op.f("fk_candidates_platform_chat_id_chats"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("request_id", "rank", name=op.f("uq_candidates_request_id_rank")),
    )
    op.create_index(op.f("ix_candidates_platform_asked_by"), "candidates", ["platform", "asked_by"])
    op.create_index(op.f("ix_candidates_platform_chat_id"), "candidates", ["platform", "chat_id"])


def _create_memes() -> None:
    op.create_table(
        "memes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("lines", JSON_VALUE, nullable=False),
        sa.Column("created_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.Column("changed_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_memes_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memes")),
        sa.UniqueConstraint("platform", "chat_id", "message_id", name=op.f("uq_memes_platform_chat_id_message_id")),
    )
    op.create_index(op.f("ix_memes_candidate_id"), "memes", ["candidate_id"])


def _create_votes() -> None:
    op.create_table(
        "votes",
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.Column("changed_at", UtcTime(), server_default=utc_now(), nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_votes_up_or_down")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_votes_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("candidate_id", "platform", "user_id", name=op.f("pk_votes")),
    )
    op.create_index(op.f("ix_votes_platform_user_id"), "votes", ["platform", "user_id"])
