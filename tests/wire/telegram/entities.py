"""Formatted text: what is bold or a link or a command, in the units of the Bot API (UTF-16 code units)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.wire.telegram.faults import wrong_request

COMMAND: Final = re.compile(r"(?<![\w/@<>])/([A-Za-z0-9_]{1,32})(@\w{3,32})?(?!\w)")
MENTION: Final = re.compile(r"(?<![\w@])@(\w{4,32})")
URL: Final = re.compile(r"https?://[^\s<>\"]+")
SHIELDED: Final = frozenset({"code", "pre"})


@dataclass(frozen=True)
class Entity:
    """A stretch of text with a meaning; `offset` and `length` count UTF-16 code units."""

    type: str
    offset: int
    length: int
    details: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return {"type": self.type, "offset": self.offset, "length": self.length, **self.details}

    def of(self, text: str) -> str:
        """The words it covers."""
        units = text.encode("utf-16-le")
        return units[self.offset * 2 : (self.offset + self.length) * 2].decode("utf-16-le")


def count_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def find_entities(text: str, given: Sequence[Entity] = ()) -> tuple[Entity, ...]:
    """The given entities and those Telegram finds by itself: commands, mentions, addresses; none inside code."""
    shielded = [range(each.offset, each.offset + each.length) for each in given if each.type in SHIELDED]
    found = [*given]
    for kind, pattern in (("bot_command", COMMAND), ("mention", MENTION), ("url", URL)):
        for match in pattern.finditer(text):
            start = count_units(text[: match.start()])
            if not any(start in stretch for stretch in shielded):
                found.append(Entity(kind, start, count_units(match.group())))
    return tuple(sorted(found, key=lambda entity: entity.offset))


def read_entities(text: str, written: str) -> tuple[Entity, ...]:
    """Entities sent beside the text, as JSON."""
    length = count_units(text)
    entities = []
    for item in json.loads(written):
        details = {key: value for key, value in item.items() if key not in {"type", "offset", "length"}}
        entity = Entity(item["type"], item["offset"], item["length"], details)
        if entity.offset < 0 or entity.length < 1 or entity.offset + entity.length > length:
            raise wrong_request("ENTITY_BOUNDS_INVALID")
        entities.append(entity)
    return tuple(entities)


@dataclass
class Written:
    """Text as it grows while markup is read, with the entities that are still open."""

    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    open: list[tuple[str, str, int, dict[str, Any]]] = field(default_factory=list)

    def start(self, mark: str, kind: str, **details: Any) -> None:
        self.open.append((mark, kind, count_units(self.text), details))

    def end(self, **details: Any) -> None:
        _, kind, offset, known = self.open.pop()
        length = count_units(self.text) - offset
        if length:
            self.entities.append(Entity(kind, offset, length, {**known, **details}))

    def result(self) -> tuple[str, tuple[Entity, ...]]:
        return self.text, tuple(self.entities)


def cannot_parse(reason: str) -> Exception:
    return wrong_request(f"can't parse entities: {reason}")


def stretches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Plain text and matches in turn."""
    position = 0
    for match in pattern.finditer(text):
        yield text[position : match.start()], match
        position = match.end()
    yield text[position:], None
