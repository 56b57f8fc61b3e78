"""What people typed, as it can be shown inside a sentence of ours. Knows no language."""

from __future__ import annotations

import unicodedata
from typing import Final

JOINER: Final = "\u200d"  # holds emoji together
UNSEEN: Final = frozenset({"Cc", "Cf"})


def plain_line(text: str) -> str:
    """One line without control and direction characters, which would reach beyond the words themselves."""
    shown = (
        each if each.isspace() or unicodedata.category(each) not in UNSEEN or each == JOINER else "" for each in text
    )
    return " ".join("".join(shown).split())
