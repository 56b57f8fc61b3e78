"""Every sentence a person can read, by key and language. Knows nothing of who says them or when.

`say("en", "limit.wait", seconds=3)`. A key that a table lacks is a KeyError: a test holds the tables to the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.core.texts import (
    boxes_en,
    boxes_ko,
    chats_en,
    chats_ko,
    en,
    ko,
    telegram_en,
    telegram_ko,
    templates_ko,
)

DEFAULT_LANGUAGE: Final = "en"
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {**en.ENGLISH, **chats_en.ENGLISH, **boxes_en.ENGLISH, **telegram_en.ENGLISH},
    "ko": {**ko.KOREAN, **chats_ko.KOREAN, **boxes_ko.KOREAN, **telegram_ko.KOREAN},
}

TEMPLATES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {"ko": templates_ko.TEMPLATES}


def pick_language(wanted: str) -> str:
    """The table for a locale such as "ko-KR"; English where there is none."""
    code = wanted.replace("_", "-").split("-")[0].lower()
    return code if code in TABLES else DEFAULT_LANGUAGE


def say(language: str, key: str, **values: object) -> str:
    return TABLES[pick_language(language)][key].format(**values)


def section(language: str, prefix: str) -> dict[str, str]:
    """All sentences under `prefix.`, without the prefix: what a page needs at once."""
    table = TABLES[pick_language(language)]
    start = f"{prefix}."
    return {key.removeprefix(start): text for key, text in table.items() if key.startswith(start)}


def say_template(language: str, name: str) -> tuple[str, str] | None:
    """The title and the use of a bundled template, where a language has words of its own for them."""
    return TEMPLATES.get(pick_language(language), {}).get(name)
