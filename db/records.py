"""The frozen values that stores hand out. They know no SQL; times are aware, in UTC; ids of platforms are strings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inference.contract import Box, Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCandidate:
    """One caption that was shown. `rank` counts from 0, best first; `asked_by` is None once its person was erased."""

    id: str
    request_id: str
    platform: str
    chat_id: str
    asked_by: str | None
    rank: int
    candidate: Candidate
    model: str
    created_at: datetime
    picture_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMeme:
    """The candidate that a posted message shows, with its lines as drawn (people may have edited them).

    `source_message_id` is the message that asked for it, where there was one.
    """

    id: str
    candidate_id: str
    platform: str
    chat_id: str
    message_id: str
    lines: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    channel_id: str = ""
    source_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people are for and against a candidate at this moment."""

    up: int
    down: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVote:
    """One person's current opinion of one candidate: 1 or -1."""

    candidate_id: str
    value: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Toggled:
    """What a pressed vote came to: the tally, and the person's vote (1, -1 or None) afterwards."""

    tally: Tally
    mine: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedMeme:
    """A candidate with its votes and the last message that shows it; empty ids where none does any more."""

    candidate: StoredCandidate
    tally: Tally
    channel_id: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEvent:
    """An event that still wants an answer, with what is needed to give it."""

    event_id: str
    note: Mapping[str, Any]
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTemplate:
    """A base picture of a chat's own, encoded, without metadata. No boxes: top and bottom. `removed` can be undone."""

    id: str
    platform: str
    chat_id: str
    name: str
    boxes: tuple[Box, ...]
    picture: bytes = field(repr=False)
    media_type: str
    added_by: str | None
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPhrase:
    """A phrase somebody gave a chat's survey."""

    id: str
    chat_id: str
    user_id: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """All that is stored of one person, oldest first: captions asked for, votes, emoji (message id, emoji), phrases."""

    platform: str
    user_id: str
    candidates: tuple[StoredCandidate, ...]
    votes: tuple[StoredVote, ...]
    reactions: tuple[tuple[str, str], ...] = ()
    phrases: tuple[SurveyPhrase, ...] = ()
    templates: tuple[str, ...] = ()
