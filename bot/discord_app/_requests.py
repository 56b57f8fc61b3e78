"""One thing asked of the bot, from whatever event, in a form that outlives the process: JSON in the inbox and back."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from bot.core.values import Asked, Filled, Incoming, Person, Picture, Place, PlaceKind, Press
from bot.discord_app._files import Files

Value = Incoming | Asked | Press | Filled


class Call(enum.StrEnum):
    """Which method of the core answers."""

    MAKE = "make"
    GENRE = "genre"
    CHECK = "check"
    COMMAND = "command"
    PRESS = "press"
    FILL = "fill"


VALUES: Final[Mapping[Call, type[Value]]] = {
    Call.MAKE: Incoming,
    Call.GENRE: Incoming,
    Call.CHECK: Incoming,
    Call.COMMAND: Asked,
    Call.PRESS: Press,
    Call.FILL: Filled,
}
SLOW: Final = frozenset({Call.MAKE, Call.GENRE, Call.CHECK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`more` are further pictures of the same message, each to be looked at as well. `private`: for the asker alone.

    `source_id` is the message that asked, where it was one; `button_id` the message whose button was pressed.
    """

    call: Call
    value: Value
    more: tuple[Picture, ...] = ()
    private: bool = False
    source_id: str | None = None
    button_id: str | None = None

    @property
    def person(self) -> Person:
        return self.value.person

    @property
    def place(self) -> Place:
        return self.value.place

    def write_note(self) -> dict[str, Any]:
        """What `read_note` reads; pictures by reference."""
        plain = {each.name: getattr(self.value, each.name) for each in fields(self.value)}
        picture = plain.pop("picture", None)
        return {
            "call": self.call.value,
            "value": {**plain, "person": asdict(self.person), "place": asdict(self.place)},
            "pictures": [each.ref for each in (picture, *self.more) if each is not None],
            "private": self.private,
            "source_id": self.source_id,
            "button_id": self.button_id,
        }


def read_note(note: Mapping[str, Any], files: Files) -> Request | None:
    """None for a note that this version did not write."""
    try:
        call = Call(note["call"])
        value = dict(note["value"])
        value["person"] = Person(**value["person"])
        place = value["place"]
        value["place"] = Place(**{**place, "kind": PlaceKind(place["kind"])})
        if "values" in value:
            value["values"] = tuple(value["values"])
        pictures = [found for ref in note["pictures"] if (found := files.find_picture(ref))]
        if pictures:
            value["picture"] = pictures[0]
        return Request(
            call=call,
            value=VALUES[call](**value),
            more=tuple(pictures[1:]),
            private=bool(note["private"]),
            source_id=note["source_id"],
            button_id=note["button_id"],
        )
    except (KeyError, TypeError, ValueError):
        return None
