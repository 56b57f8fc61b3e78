"""Screens of the bot that are no meme: settings, help, lists, forms. Every front end draws them its own way.

A panel is a title, plain text (never markup: front ends escape it), facts, a list, and rows of buttons or menus.
Pressing a button sends its `custom_id` back to the core, choosing from a menu the menu's `custom_id` and the entry's
`value`; the answer is another panel that takes this one's place, a form, or a notice. Where a platform has no menus,
each entry is a button whose id is `join_choice(menu, entry)`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

MAX_ID_BYTES: Final = 64
MAX_CHOICES: Final = 25
MAX_ROWS: Final = 5
CHOICE_MARK: Final = "="


class Style(enum.StrEnum):
    """How a button speaks: an ordinary one, the one most people want, one that takes something away."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Control:
    """A button. With `url` it opens that address and sends nothing; `chosen` says that it names the present state."""

    custom_id: str
    label: str
    emoji: str = ""
    style: Style = Style.PLAIN
    chosen: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a menu; `hint` is a second, smaller line."""

    value: str
    label: str
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to choose one entry from; `label` says what is chosen."""

    custom_id: str
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a panel's list. With `message_id` it tells of a message of this chat, to be linked where possible."""

    text: str
    channel_id: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture that goes with a panel; `alt_text` for those who cannot see it."""

    picture: bytes = field(repr=False)
    media_type: str
    alt_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A screen. `facts` are pairs of a name and a value; `rows` come from top to bottom, at most `MAX_ROWS`.

    `private` asks the front end to show it to the asker alone, where the platform can.
    """

    title: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    items: tuple[Item, ...] = ()
    rows: tuple[tuple[Control, ...] | Menu, ...] = ()
    shot: Shot | None = None
    private: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, filled with `value` at first; `max_chars` and `required` are checked again on return."""

    label: str
    value: str = ""
    max_chars: int = 200
    required: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Ask the person for values: a modal, or a message to reply to with one value per line. `hint` explains."""

    form_id: str
    title: str
    fields: tuple[Field, ...]
    hint: str = ""


def join_choice(menu: Menu, entry: Entry) -> str:
    """The id of a button that stands for one entry of a menu; `split_choice` takes it apart."""
    return f"{menu.custom_id}{CHOICE_MARK}{entry.value}"


def split_choice(custom_id: str) -> tuple[str, str]:
    """The id of the menu or button, and the chosen value ("" for a button of its own)."""
    name, _, value = custom_id.partition(CHOICE_MARK)
    return name, value
