"""What the core needs of the world beside its stores, said as protocols. The pool is that of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.core.values import Picture, Working


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a request was made from, so that it can be asked again."""

    picture: Picture | None = None
    text: str = ""
    template: str | None = None
    tone: str | None = None
    n: int = 4


class PictureFinder(Protocol):
    """A front end whose platform keeps files: it finds a picture again by the reference it once gave."""

    def find_picture(self, ref: str) -> Picture | None:
        """None for a reference that it never gave; whether the file is still there shows when it is loaded."""
        ...


class TemplateSearch(Protocol):
    """Finds known templates by what was typed so far."""

    def __call__(self, typed: str, /) -> Sequence[str]:
        """Names, best first; all of them for an empty text."""
        ...


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
