"""Text with a few styles, cut to what Telegram takes, and written as HTML in which nothing can be mistaken for markup.

Names, captions, text read from pictures: whatever people or models wrote can neither mention anybody nor become a
command to tap on. Lengths are counted as Telegram counts them, in UTF-16 code units after the markup is gone.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from bot.core.commands import BY_NAME

MAX_TEXT: Final = 4096
MAX_CAPTION: Final = 1024
MAX_ALERT: Final = 200
JOINER: Final = "\u2060"
"""Invisible and without width: parts a sign from what follows, so that Telegram makes nothing of the two."""

_MENTION: Final = re.compile(r"@(?=\w|$)")
_COMMAND: Final = re.compile(r"(?<![\w/])/(?=\w|$)")
_OTHER_COMMAND: Final = re.compile(rf"(?<![\w/])/(?=\w)(?!(?:{'|'.join(BY_NAME)})\b)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in one style: an HTML tag with its attributes, or none."""

    text: str
    tag: str = ""

    def html(self) -> str:
        words = html.escape(self.text, quote=False)
        return f"<{self.tag}>{words}</{self.tag.split()[0]}>" if self.tag and self.text else words


class Rich:
    """Text that is put together piece by piece; the methods return it, to be chained."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    def add(self, text: str, tag: str = "") -> Rich:
        """Sentences of the core, in which the bot's own /commands stay alive."""
        words = _OTHER_COMMAND.sub(f"/{JOINER}", _MENTION.sub(f"@{JOINER}", text))
        self._pieces.append(Piece(words, tag))
        return self

    def quote(self, text: str, tag: str = "") -> Rich:
        """Words of people, pictures and models."""
        return self.add(_COMMAND.sub(f"/{JOINER}", text), tag)

    def link(self, text: str, address: str) -> Rich:
        self._pieces.append(Piece(text, f'a href="{html.escape(address)}"'))
        return self

    def line(self, count: int = 1) -> Rich:
        """A line break, except at the very beginning."""
        return self.add("\n" * count) if self._pieces else self

    def html(self, limit: int = MAX_TEXT) -> str:
        """As HTML of at most `limit` units; what is cut off ends in an ellipsis."""
        left, written = limit, []
        for piece in self._pieces:
            size = count_units(piece.text)
            if size > left:
                written.append(Piece(cut(piece.text, left), piece.tag).html())
                break
            written.append(piece.html())
            left -= size
        return "".join(written).strip("\n")

    def plain(self, limit: int) -> str:
        return cut("".join(piece.text for piece in self._pieces).strip(), limit)


def count_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis in `limit` units; no character is cut in two."""
    if count_units(text) <= limit:
        return text
    if limit <= 0:
        return ""
    return text.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"
