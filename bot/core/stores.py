"""What the core needs of its stores, said as protocols: the stores of `db` follow them, unimported.

Every call is one short transaction, durable when it returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.chat_stores import (
    ChatStore,
    ChatTemplateStore,
    Inbox,
    Marks,
    ReactionStore,
    SurveyPhrase,
    SurveyStore,
)
from inference.contract import Candidate


class StoredCandidate(Protocol):
    """A candidate that was proposed, with who asked and which models wrote it."""

    @property
    def id(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def chat_id(self) -> str: ...
    @property
    def asked_by(self) -> str | None: ...
    @property
    def rank(self) -> int: ...
    @property
    def candidate(self) -> Candidate: ...
    @property
    def model(self) -> str: ...
    @property
    def picture_ref(self) -> str | None: ...


class CandidateStore(Protocol):
    """The captions that were proposed."""

    async def add(  # noqa: PLR0913 - each is one column
        self,
        *,
        platform: str,
        chat_id: str,
        asked_by: str | None,
        request_id: str,
        model: str,
        candidates: Sequence[Candidate],
        picture_ref: str | None = None,
    ) -> tuple[str, ...]:
        """Ids in the order given; ranks count from 0."""
        ...

    async def get(self, candidate_id: str) -> StoredCandidate | None: ...

    async def of_request(self, request_id: str) -> Sequence[StoredCandidate]:
        """By rank."""
        ...


class StoredMeme(Protocol):
    """Which candidate a posted message shows."""

    @property
    def candidate_id(self) -> str: ...
    @property
    def chat_id(self) -> str: ...
    @property
    def channel_id(self) -> str: ...
    @property
    def message_id(self) -> str: ...


class MemeStore(Protocol):
    """Memes by the message that shows them; adding a known message again makes it show the new candidate."""

    async def add(  # noqa: PLR0913 - each is one column
        self,
        candidate_id: str,
        platform: str,
        chat_id: str,
        message_id: str,
        lines: Sequence[str],
        *,
        channel_id: str = "",
        source_message_id: str | None = None,
    ) -> object: ...

    async def find(self, platform: str, chat_id: str, message_id: str) -> StoredMeme | None: ...

    async def forget(self, platform: str, chat_id: str, message_id: str) -> object: ...

    async def of_source(self, platform: str, chat_id: str, source_message_id: str) -> StoredMeme | None: ...

    async def recent(self, platform: str, limit: int) -> Sequence[StoredMeme]:
        """Newest first."""
        ...


class Tally(Protocol):
    """How many people are for and against."""

    @property
    def up(self) -> int: ...
    @property
    def down(self) -> int: ...


class Toggled(Protocol):
    """What a pressed vote came to."""

    @property
    def tally(self) -> Tally: ...
    @property
    def mine(self) -> int | None: ...


class RankedMeme(Protocol):
    """A candidate with its votes and the message that shows it; empty ids where none does."""

    @property
    def candidate(self) -> StoredCandidate: ...
    @property
    def tally(self) -> Tally: ...
    @property
    def channel_id(self) -> str: ...
    @property
    def message_id(self) -> str: ...


class VoteStore(Protocol):
    """One vote per candidate and person; the last one counts."""

    async def toggle(
        self, candidate_id: str, platform: str, user_id: str, value: int, event_id: str | None = None
    ) -> Toggled:
        """Cast a vote or take the same one back; an event that was counted before changes nothing."""
        ...

    async def best(self, platform: str, chat_id: str, since: datetime, limit: int) -> Sequence[RankedMeme]: ...

    async def cast(self, candidate_id: str, platform: str, user_id: str, value: int) -> Tally: ...

    async def withdraw(self, candidate_id: str, platform: str, user_id: str) -> Tally: ...

    async def tally(self, candidate_id: str) -> Tally: ...

    async def of(self, candidate_id: str, platform: str, user_id: str) -> int | None: ...


class StoredVote(Protocol):
    """One person's opinion of one candidate."""

    @property
    def candidate_id(self) -> str: ...
    @property
    def value(self) -> int: ...


class PersonRecord(Protocol):
    """All that is stored of one person."""

    @property
    def candidates(self) -> Sequence[StoredCandidate]: ...
    @property
    def votes(self) -> Sequence[StoredVote]: ...
    @property
    def reactions(self) -> Sequence[tuple[str, str]]:
        """Pairs of message id and emoji."""
        ...

    @property
    def phrases(self) -> Sequence[SurveyPhrase]: ...
    @property
    def templates(self) -> Sequence[str]:
        """Names of those they gave a chat."""
        ...


class PeopleStore(Protocol):
    """What is stored of a person, to show and to erase."""

    async def export(self, platform: str, user_id: str) -> PersonRecord: ...

    async def erase(self, platform: str, user_id: str) -> object: ...


class Store(Protocol):
    """Everything that is remembered across restarts."""

    @property
    def candidates(self) -> CandidateStore: ...
    @property
    def memes(self) -> MemeStore: ...
    @property
    def votes(self) -> VoteStore: ...
    @property
    def people(self) -> PeopleStore: ...
    @property
    def reactions(self) -> ReactionStore: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def chats(self) -> ChatStore: ...
    @property
    def chat_templates(self) -> ChatTemplateStore: ...
    @property
    def survey(self) -> SurveyStore: ...
