"""The values that cross the wall between a front end and the core: what happened, and what to show for it.

Front ends build the first kind in their `convert.py` and carry the second kind out in their `replies.py`. Nothing here
knows a platform: ids are strings, pictures are opaque references, sentences are already in the reader's language.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.core.actions import Button
from inference.contract import Verdict

# --- what happened ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts. `id` is unique on its platform; `language` is a code such as "en" or "ko"."""

    platform: str
    id: str
    name: str = ""
    language: str = "en"
    moderator: bool = False

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """The chat where something happens."""

    platform: str
    chat_id: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be fetched when needed; `load` raises PictureGone or PictureTooLarge of `bot.core.errors`.

    `ref` is what the front end's platform calls the file; it is never a free URL.
    """

    ref: str
    load: Callable[[], Awaitable[bytes]] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Somebody asks for a meme, a genre or a check. `n` is the number of candidates; None leaves it to the chat."""

    person: Person
    place: Place
    picture: Picture | None = None
    text: str = ""
    template: str | None = None
    tone: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button was pressed. `custom_id` is what the button was sent with.

    `picture` is the source picture where the front end knows it; the core then need not remember it.
    """

    person: Person
    place: Place
    custom_id: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Somebody sent new lines for the candidate of an `EditForm`."""

    person: Person
    place: Place
    candidate_id: str
    lines: tuple[str, ...]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """An emoji was put on a message of the bot's, or taken off. `value` is +1 or -1."""

    person: Person
    place: Place
    message_id: str
    value: int
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """A base picture that people can pick by name; `hint` says what it is good for."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    hint: str = ""
    preview: Picture | None = None


# --- what to show -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Votes:
    """How many people are for and against a candidate; `mine` (+1, -1 or None) is the presser's own vote."""

    candidate_id: str
    up: int = 0
    down: int = 0
    mine: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meme:
    """A finished meme to post. After posting it the front end tells `Core.posted`.

    `replaces` says that it takes the place of the message whose button was pressed; otherwise it is a new message.
    """

    candidate_id: str
    lines: tuple[str, ...]
    template: str | None
    picture: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    alt_text: str
    asked_by: str
    votes: Votes
    buttons: tuple[Button, ...]
    note: str = ""
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One labelled score, 0..1; `chosen` when it is above its threshold."""

    key: str
    label: str
    score: float
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Genres:
    """The genre scores of a picture, best first, with a sentence that sums them up."""

    headline: str
    bars: tuple[Bar, ...]
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text that was judged; `weight` (0..1) is 0 for words that carried nothing."""

    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A flag, or, with `verdict` None, the plain statement that nothing is known. `score` is None then, too."""

    verdict: Verdict | None
    headline: str
    explanation: str
    score: float | None = None
    bars: tuple[Bar, ...] = ()
    spans: tuple[Span, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditForm:
    """Ask the presser for new lines, one field each, filled with the present ones."""

    candidate_id: str
    lines: tuple[str, ...]
    max_chars: int


@dataclass(frozen=True, slots=True)
class Removed:
    """Take the message whose button was pressed out of the chat."""

    candidate_id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for the person who acted. `refusal` tells it from a confirmation."""

    text: str
    refusal: bool = True


Pressed = Meme | Votes | EditForm | Removed | Notice


@dataclass(frozen=True, slots=True)
class Working:
    """It takes more than a moment. `place` in line is 1 for the next one; `waiting` counts all jobs in line."""

    text: str
    place: int | None = None
    waiting: int | None = None
