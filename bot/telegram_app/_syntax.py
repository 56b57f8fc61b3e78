"""What people type: commands with words behind them, and options as `name:value` among the words, in any language.

/meme monday again template:"two doors" tone:joy n:5
/밈 없이도: /meme 월요일 템플릿:두개의문 분위기:joy 개수:3
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telegram import Message, MessageEntity

from bot.core.texts import TABLES, say
from inference.contract import TONES

AVATAR_WORDS: Final = frozenset({"avatar", "프사", "아바타"})
_OPTION: Final = re.compile(r"""(?<!\S)(\w{1,16}):\s?("[^"]{1,80}"|“[^”]{1,80}”|\S{1,80})""")
_SPACES: Final = re.compile(r"[ \t]+")
_NAMES: Final = {
    "template": ("template", "t", "템플릿", "틀"),
    "tone": ("tone", "mood", "톤", "분위기"),
    "count": ("n", "count", "candidates", "개수", "수"),
}
_OPTIONS: Final = {word: name for name, words in _NAMES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Typed:
    """A command and what stands behind it; `command` empty for words without one."""

    command: str
    rest: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a meme is asked for in words. `avatar`: on somebody's profile photo."""

    prompt: str = ""
    template: str | None = None
    tone: str | None = None
    count: int | None = None
    avatar: bool = False


def read_command(message: Message, bot_name: str) -> Typed | None:
    """The command a text or caption begins with; None without one, or with one for another bot."""
    text = message.text or message.caption or ""
    for entity in message.entities or message.caption_entities:
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            name, _, bot = text[1 : entity.length].partition("@")
            if bot and bot.casefold() != bot_name.casefold():
                return None
            return Typed(name.lower(), text[entity.length :].strip())
    return None


def read_mention(message: Message, bot_name: str) -> str | None:
    """What stands around a mention of the bot; None where it is not mentioned."""
    text = message.text or message.caption or ""
    pattern = re.compile(rf"(?<![\w@])@{re.escape(bot_name)}\b", re.IGNORECASE)
    return _SPACES.sub(" ", pattern.sub(" ", text)).strip() if pattern.search(text) else None


def read_wish(text: str) -> Wish:
    """Take the options out of the words. What is no option of ours stays where it is."""
    values: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        name, value = _OPTIONS.get(match[1].lower()), match[2].strip('"“”')
        if name is None or not _is_value(name, value):
            return match[0]
        values[name] = value
        return ""

    prompt = _SPACES.sub(" ", _OPTION.sub(take, text)).strip()
    first, _, after = prompt.partition(" ")
    avatar = first.casefold() in AVATAR_WORDS
    return Wish(
        prompt=after.strip() if avatar else prompt,
        template=values.get("template"),
        tone=_read_tone(values["tone"]) if "tone" in values else None,
        count=int(values["count"]) if "count" in values else None,
        avatar=avatar,
    )


def _is_value(name: str, value: str) -> bool:
    if name == "count":
        return value.isdecimal() and len(value) < 4
    return name != "tone" or _read_tone(value) is not None


def _read_tone(word: str) -> str | None:
    """A tone by its name, or by what it is called in one of our languages."""
    wanted = word.casefold()
    for tone in TONES:
        if wanted == tone or any(wanted == say(language, f"tone.{tone}").casefold() for language in TABLES):
            return tone
    return None
