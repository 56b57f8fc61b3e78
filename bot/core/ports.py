"""What the core needs of the world, said as protocols: stores, progress, sources. The pool is that of the contract.

The stores are those of `db`; the core never imports them and knows only the methods named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.core.values import Picture, Working
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


class MemeStore(Protocol):
    """Memes by the message that shows them; adding a known message again makes it show the new candidate."""

    async def add(
        self, candidate_id: str, platform: str, chat_id: str, message_id: str, lines: Sequence[str]
    ) -> object: ...

    async def find(self, platform: str, chat_id: str, message_id: str) -> StoredMeme | None: ...

    async def forget(self, platform: str, chat_id: str, message_id: str) -> object: ...


class Tally(Protocol):
    """How many people are for and against."""

    @property
    def up(self) -> int: ...
    @property
    def down(self) -> int: ...


class VoteStore(Protocol):
    """One vote per candidate and person; the last one counts."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a request was made from, so that it can be asked again."""

    picture: Picture | None = None
    text: str = ""
    template: str | None = None
    tone: str | None = None
    n: int = 4


class PictureSource(Protocol):
    """Remembers what requests were made from, as long as it can; never on disk."""

    def remember(self, request_id: str, source: Source) -> None: ...

    def recall(self, request_id: str) -> Source | None: ...


@runtime_checkable
class KnowsPlaces(Protocol):
    """A pool that can tell one job's place, as the one of this machine can; a remote one cannot."""

    def place_of(self, job_id: str) -> int | None:
        """How many jobs go before this one; None when it does not wait."""
        ...


class Progress(Protocol):
    """Where the core tells that an answer takes longer; may be called several times before the answer."""

    async def working(self, notice: Working) -> None: ...
