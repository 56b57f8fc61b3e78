"""Buttons under a meme. Their ids, `action:candidate_id`, have 64 bytes at most: they fit everywhere, and last."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

MAX_CUSTOM_ID_BYTES: Final = 64


class Action(enum.StrEnum):
    """What a button under a meme does."""

    UP = "up"
    DOWN = "down"
    NEXT = "next"
    EDIT = "edit"
    DELETE = "delete"


VOTING: Final = frozenset({Action.UP, Action.DOWN})
EMOJI: Final = {Action.UP: "👍", Action.DOWN: "👎", Action.NEXT: "🔁", Action.EDIT: "✏️", Action.DELETE: "🗑"}


@dataclass(frozen=True, slots=True)
class Button:
    """A button to show. `only_for` names the one person it is meant for; the core checks that again on a press."""

    custom_id: str
    action: Action
    emoji: str
    label: str
    only_for: str | None = None


def encode_press(action: Action, candidate_id: str) -> str:
    """Raises ValueError for a candidate id that is too long to travel in a button."""
    custom_id = f"{action.value}:{candidate_id}"
    if len(custom_id.encode()) > MAX_CUSTOM_ID_BYTES:
        raise ValueError(f"button id has more than {MAX_CUSTOM_ID_BYTES} bytes")
    return custom_id


def decode_press(custom_id: str) -> tuple[Action, str] | None:
    """None for an id this version never sent: buttons are user input like everything else."""
    name, _, candidate_id = custom_id.partition(":")
    if not candidate_id or len(custom_id.encode()) > MAX_CUSTOM_ID_BYTES:
        return None
    try:
        return Action(name), candidate_id
    except ValueError:
        return None
