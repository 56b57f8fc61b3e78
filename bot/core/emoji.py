"""Emoji as people put them on messages, and what they are worth as votes unless a chat says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MAX_EMOJI_CHARS: Final = 40

_VARIANTS: Final = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_CUSTOM: Final = re.compile(r"<a?:\w{1,32}:(\d{1,20})>")
_LIKED: Final = "👍 ❤ 🔥 👏 😁 😂 🤣 😆 😹 💀 🎉 🤩 😍 🥰 🏆 💯 🙌 ⭐"
_DISLIKED: Final = "👎 💩 🤮 😴 🥱 😐 😒 😡 🤬 💔 🙄"

DEFAULT_VALUES: Final[Mapping[str, int]] = {
    **dict.fromkeys(_LIKED.split(), 1),
    **dict.fromkeys(_DISLIKED.split(), -1),
}


def plain_emoji(text: str) -> str:
    """One emoji as it is stored and compared: without skin tone or style; "<:name:123>" becomes "custom:123"."""
    custom = _CUSTOM.fullmatch(text.strip())
    return f"custom:{custom[1]}" if custom else _VARIANTS.sub("", text.strip())


def read_emoji(text: str) -> str | None:
    """What a person typed where an emoji was asked for; None when it is none."""
    emoji = plain_emoji(text)
    if emoji.startswith("custom:"):
        return emoji
    is_symbol = (
        bool(emoji)
        and len(emoji) <= MAX_EMOJI_CHARS
        and not any((character.isalnum() and not character.isdigit()) or character.isspace() for character in emoji)
    )
    return emoji if is_symbol and any(ord(character) > 0x2000 for character in emoji) else None
