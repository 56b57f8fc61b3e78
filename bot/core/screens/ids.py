"""Ids of the buttons, menus and forms of screens: `screen:what.argument`, and from a menu the chosen value."""

from __future__ import annotations

from typing import NamedTuple

from bot.core.panels import split_choice


class Part(NamedTuple):
    """What an id names. `what` says which thing of the screen, `argument` about what; both may be empty."""

    what: str
    argument: str
    value: str


def read_id(custom_id: str, value: str = "") -> Part:
    """Take an id apart, with the value that came beside it or, from a button that stands for a menu's entry, in it."""
    name, chosen = split_choice(custom_id)
    what, _, argument = name.partition(":")[2].partition(".")
    return Part(what, argument, value or chosen)
