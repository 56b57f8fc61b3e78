"""The frozen values that stores hand out. They know no SQL; times are aware, in UTC; ids of platforms are strings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inference.contract import Candidate


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMeme:
    """The candidate that a posted message shows, with its lines as drawn (people may have edited them)."""

    id: str
    candidate_id: str
    platform: str
    chat_id: str
    message_id: str
    lines: tuple[str, ...]
    created_at: datetime
    changed_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """All that is stored of one person: what they asked for, oldest first, and how they voted."""

    platform: str
    user_id: str
    candidates: tuple[StoredCandidate, ...]
    votes: tuple[StoredVote, ...]
