"""The values that cross the wall between a front end and the core: what happened, and what to show for it.

Front ends build the first kind in their `convert.py` and carry the second kind out in their `replies.py`. Nothing here
knows a platform: ids are strings, pictures are opaque references, sentences are already in the reader's language.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.core.actions import Button
from bot.core.panels import Control, Form, Panel
from inference.contract import Verdict

# --- what happened ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts. `id` is unique on its platform; `language` is a code such as "en" or "ko".

    `moderator` may remove what others posted, `admin` may change settings; both are true of this one chat only. `bot`
    marks another program, whose reactions and presses never count.
    """

    platform: str
    id: str
    name: str = ""
    language: str = "en"
    moderator: bool = False
    admin: bool = False
    bot: bool = False

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.id}"


class PlaceKind(enum.StrEnum):
    """With whom something said there is shared."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Place:
    """The chat where something happens.

    `chat_id` is what settings, templates and the leaderboard belong to: a Discord server, a Telegram chat, or a private
    conversation. `channel_id` is the part of it where messages stand (a channel or thread, a topic); empty where a chat
    has no parts. `age_restricted` says that the platform lets only adults in.
    """

    platform: str
    chat_id: str
    channel_id: str = ""
    kind: PlaceKind = PlaceKind.GROUP
    age_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be fetched when needed; `load` raises PictureGone or PictureTooLarge of `bot.core.errors`.

    `ref` is what the front end's platform calls the file; it is never a free URL. With `lasting`, the front end's
    `find_picture` turns it into the picture again, even after a restart; the core then keeps the reference.
    """

    ref: str
    load: Callable[[], Awaitable[bytes]] = field(repr=False, compare=False)
    lasting: bool = False


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
class Asked:
    """Somebody used a command that is neither a meme, a genre nor a check: its name as in `bot.core.commands`.

    `action` is the subcommand, where the command has some ("add" of "templates"); `text` whatever was typed behind it.
    """

    person: Person
    place: Place
    command: str
    action: str = ""
    text: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button was pressed, or an entry of a menu chosen. `custom_id` is what the button or menu was sent with.

    `value` is the chosen entry of a menu. `picture` is the source picture where the front end knows it; the core then
    need not remember it. `event_id` names the platform's event: the same one counts once, however often it comes.
    `message_id` is the message whose button it was, where the platform does not vouch for it: ids are user input, so a
    button acts on a message that shows what it names, and on no other.
    """

    person: Person
    place: Place
    custom_id: str
    value: str = ""
    picture: Picture | None = None
    event_id: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Somebody sent a `Form` back, one value per field, in order. Fewer values count as empty ones."""

    person: Person
    place: Place
    form_id: str
    values: tuple[str, ...]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """What a person's emoji on a message changed to: those put on and those taken off by this event.

    Emoji are plain characters, or the platform's id for one of its own, such as "custom:123".
    """

    person: Person
    place: Place
    message_id: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """All emoji that stand on a message at this moment, by person id, as the platform lists them; bots left out."""

    place: Place
    message_id: str
    emoji: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """A base picture that people can pick by name; `hint` says what it is good for.

    `name` is what `Incoming.template` takes; the chat's own templates have names that begin with "chat:".
    """

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    hint: str = ""
    example: tuple[str, ...] = ()
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
class Removed:
    """Take the message whose button was pressed out of the chat."""

    candidate_id: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for the person who acted. `refusal` tells it from a confirmation."""

    text: str
    refusal: bool = True


Opened = Panel | Form | Notice
Pressed = Meme | Votes | Form | Panel | Removed | Notice


@dataclass(frozen=True, slots=True)
class Working:
    """It takes more than a moment. `place` in line is 1 for the next one; `waiting` counts all jobs in line.

    `cancel` is the button that ends the wait; only who asked, and moderators, may press it.
    """

    text: str
    place: int | None = None
    waiting: int | None = None
    cancel: Control | None = None
