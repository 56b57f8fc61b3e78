"""`/settings`: what a chat can set, on one screen with two more behind it. For the chat's admins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.core.asking import Ask, Services
from bot.core.chat_settings import MAX_CANDIDATES, Strictness, Who
from bot.core.commands import Feature
from bot.core.emoji import read_emoji
from bot.core.errors import Refusal
from bot.core.panels import MAX_CHOICES, Control, Entry, Field, Form, Menu, Panel, Style
from bot.core.screens.ids import Part, read_id
from bot.core.texts import TABLES, say
from bot.core.values import Asked, Filled, Opened, Press, Pressed

OWN_LANGUAGE: Final = "own"
DEFAULT_COUNT: Final = "default"
VALUES: Final = {"like": 1, "dislike": -1}
SHOWN_EMOJI: Final = 40


async def open_settings(services: Services, ask: Ask, _asked: Asked) -> Opened:
    ask.require_admin()
    return show_settings(services, ask)


async def press_settings(services: Services, ask: Ask, press: Press) -> Pressed:
    ask.require_admin()
    part = read_id(press.custom_id, press.value)
    answer = ANSWERS.get(part.what)
    if answer is not None:
        return await answer(services, ask, part)
    return show_settings(services, await _change(services, ask, _read_choice(ask, part.what, part.value)))


async def fill_settings(services: Services, ask: Ask, filled: Filled) -> Pressed:
    """The emoji that somebody typed into the form of "map"."""
    ask.require_admin()
    worth = VALUES.get(read_id(filled.form_id).argument)
    emoji = read_emoji(filled.values[0]) if filled.values else None
    if worth is None or emoji is None:
        raise Refusal("settings.no_emoji")
    if len(ask.chat.emoji) >= SHOWN_EMOJI and emoji not in ask.chat.emoji:
        raise Refusal("settings.many_emoji", most=SHOWN_EMOJI)
    return show_emoji(await _change(services, ask, {"emoji": {**ask.chat.emoji, emoji: worth}}))


def show_settings(services: Services, ask: Ask) -> Panel:
    """Everything a chat can set, and what it is set to."""
    language, chat = ask.language, ask.chat
    board = "settings.board_on" if chat.leaderboard else "settings.board_off"
    return Panel(
        title=say(language, "settings.title"),
        text=say(language, "settings.about"),
        facts=(
            (say(language, "settings.language"), _language_name(ask, chat.language)),
            (say(language, "settings.candidates"), str(chat.candidates or services.options.candidates)),
            (say(language, "settings.strictness"), say(language, f"strictness.{chat.strictness.value}")),
            (say(language, "settings.board"), say(language, "settings.on" if chat.leaderboard else "settings.off")),
        ),
        rows=(
            Menu("set:language", say(language, "settings.language"), _languages(ask)),
            Menu("set:candidates", say(language, "settings.candidates"), _counts(services, ask)),
            Menu("set:strictness", say(language, "settings.strictness"), _strictness(ask)),
            (
                Control("set:board", say(language, board), emoji="🏆", chosen=chat.leaderboard),
                Control("set:who", say(language, "settings.rights"), emoji="🔑"),
                Control("set:emoji", say(language, "settings.emoji"), emoji="😀"),
            ),
        ),
    )


def show_rights(ask: Ask) -> Panel:
    """Who may use what; choosing a feature opens `show_right`."""
    language = ask.language
    names = [(feature, say(language, f"feature.{feature.value}")) for feature in Feature]
    who = {feature: say(language, f"who.{ask.chat.who[feature].value}") for feature in Feature}
    return Panel(
        title=say(language, "settings.rights"),
        text=say(language, "settings.rights_about"),
        facts=tuple((name, who[feature]) for feature, name in names),
        rows=(
            Menu(
                "set:who",
                say(language, "settings.rights_choose"),
                tuple(Entry(feature.value, name, who[feature]) for feature, name in names),
            ),
            (_back(ask, "set:home"),),
        ),
    )


def show_right(ask: Ask, feature: Feature) -> Panel:
    language = ask.language
    present = ask.chat.who[feature]
    name = say(language, f"feature.{feature.value}")
    entries = tuple(Entry(who.value, say(language, f"who.{who.value}"), chosen=who is present) for who in Who)
    return Panel(
        title=name,
        text=say(language, "settings.right_about", feature=name),
        rows=(
            Menu(f"set:who.{feature.value}", say(language, "settings.right_choose"), entries),
            (_back(ask, "set:who"),),
        ),
    )


def show_emoji(ask: Ask) -> Panel:
    """Which emoji count for a meme and which against it."""
    language, table = ask.language, ask.chat.emoji
    listed = {worth: " ".join(emoji for emoji, value in table.items() if value == worth) or "—" for worth in (1, -1)}
    entries = tuple(Entry(emoji, emoji) for emoji in table)
    parts = [entries[start : start + MAX_CHOICES] for start in range(0, len(entries), MAX_CHOICES)]
    label = say(language, "settings.emoji_remove")
    remove = tuple(Menu(f"set:unmap.{number}", label, part) for number, part in enumerate(parts))
    return Panel(
        title=say(language, "settings.emoji"),
        text=say(language, "settings.emoji_about"),
        facts=((say(language, "button.up"), listed[1]), (say(language, "button.down"), listed[-1])),
        rows=(
            *remove,
            (
                Control("set:map.like", say(language, "settings.emoji_like"), emoji="👍"),
                Control("set:map.dislike", say(language, "settings.emoji_dislike"), emoji="👎"),
            ),
            (
                Control("set:remap", say(language, "settings.emoji_reset"), emoji="↩", style=Style.DANGER),
                _back(ask, "set:home"),
            ),
        ),
    )


def _ask_for_emoji(ask: Ask, which: str) -> Form:
    if which not in VALUES:
        raise Refusal("meme.unknown_button")
    language = ask.language
    return Form(
        form_id=f"set:map.{which}",
        title=say(language, f"settings.emoji_{which}"),
        hint=say(language, "settings.emoji_hint"),
        fields=(Field(say(language, "settings.emoji_field"), max_chars=60, required=True),),
    )


async def _press_home(services: Services, ask: Ask, _part: Part) -> Pressed:
    return show_settings(services, ask)


async def _press_who(services: Services, ask: Ask, part: Part) -> Pressed:
    """Without an argument a feature was chosen; with one, who may use that feature."""
    if part.argument:
        changes = {"who": _with_who(ask, part.argument, part.value)}
        return show_rights(await _change(services, ask, changes))
    return show_right(ask, _feature(part.value)) if part.value else show_rights(ask)


async def _press_emoji(_services: Services, ask: Ask, _part: Part) -> Pressed:
    return show_emoji(ask)


async def _press_map(_services: Services, ask: Ask, part: Part) -> Pressed:
    return _ask_for_emoji(ask, part.argument)


async def _press_unmap(services: Services, ask: Ask, part: Part) -> Pressed:
    left = {emoji: worth for emoji, worth in ask.chat.emoji.items() if emoji != part.value}
    return show_emoji(await _change(services, ask, {"emoji": left}))


async def _press_remap(services: Services, ask: Ask, _part: Part) -> Pressed:
    return show_emoji(await _change(services, ask, {"emoji": None}))


ANSWERS: Final[Mapping[str, Callable[[Services, Ask, Part], Awaitable[Pressed]]]] = {
    "home": _press_home,
    "who": _press_who,
    "emoji": _press_emoji,
    "map": _press_map,
    "unmap": _press_unmap,
    "remap": _press_remap,
}


async def _change(services: Services, ask: Ask, changes: dict[str, Any]) -> Ask:
    """Store changes and enter again, as a changed language counts at once."""
    await services.settings.change(ask.place, changes)
    return await services.enter(ask.person, ask.place, ask.progress)


def _read_choice(ask: Ask, what: str, value: str) -> dict[str, Any]:
    """The changes that a choice of the first screen means; a `Refusal` for one it never offered."""
    if what == "board":
        return {"leaderboard": not ask.chat.leaderboard}
    offered: dict[str, dict[str, Any]] = {
        "language": {OWN_LANGUAGE: None, **{code: code for code in TABLES}},
        "candidates": {DEFAULT_COUNT: None, **{str(n): n for n in range(1, MAX_CANDIDATES + 1)}},
        "strictness": {each.value: each.value for each in Strictness},
    }
    if value not in offered.get(what, {}):
        raise Refusal("meme.unknown_button")
    return {what: offered[what][value]}


def _with_who(ask: Ask, feature: str, value: str) -> dict[str, str]:
    if value not in set(Who):
        raise Refusal("meme.unknown_button")
    return {**{each.value: who.value for each, who in ask.chat.who.items()}, _feature(feature).value: value}


def _feature(name: str) -> Feature:
    try:
        return Feature(name)
    except ValueError as error:
        raise Refusal("meme.unknown_button") from error


def _languages(ask: Ask) -> tuple[Entry, ...]:
    chosen = ask.chat.language
    own = Entry(OWN_LANGUAGE, say(ask.language, "settings.language_own"), chosen=chosen is None)
    return (own, *(Entry(code, say(code, "settings.language_name"), chosen=code == chosen) for code in TABLES))


def _counts(services: Services, ask: Ask) -> tuple[Entry, ...]:
    chosen = ask.chat.candidates
    label = say(ask.language, "settings.candidates_default", count=services.options.candidates)
    default = Entry(DEFAULT_COUNT, label, chosen=chosen is None)
    return (default, *(Entry(str(n), str(n), chosen=n == chosen) for n in range(1, MAX_CANDIDATES + 1)))


def _strictness(ask: Ask) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            each.value,
            say(ask.language, f"strictness.{each.value}"),
            say(ask.language, f"strictness.{each.value}_hint"),
            chosen=each is ask.chat.strictness,
        )
        for each in Strictness
    )


def _language_name(ask: Ask, code: str | None) -> str:
    return say(code, "settings.language_name") if code else say(ask.language, "settings.language_own")


def _back(ask: Ask, custom_id: str) -> Control:
    return Control(custom_id, say(ask.language, "panel.back"), emoji="◀")
