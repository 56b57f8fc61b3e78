"""What admins set counts at once, for everybody in the chat and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.chat_settings import ChatSettings, Strictness, Who, read_settings
from bot.core.commands import Feature
from bot.core.core import Core
from bot.core.emoji import DEFAULT_VALUES, read_emoji
from bot.core.panels import Form, Menu, Panel
from bot.core.values import Incoming, Meme, Notice, Place, Reacted
from inference.contract import CaptionRequest, FlagRequest
from tests.bot.conftest import Heard
from tests.bot.screens.conftest import ADMIN, GROUP, MEMBER, MODERATOR, Guest, fact
from tests.bot.scripted_pool import ScriptedPool


async def make(guest: Guest, **values: object) -> Meme | Notice:
    incoming = Incoming(person=guest.person, place=guest.place, text="monday", **values)  # type: ignore[arg-type]
    return await guest.core.make(incoming, Heard())


async def test_a_chat_speaks_the_language_it_set(admin: Guest, member: Guest) -> None:
    """Over each person's own, at once, and back again."""
    assert (await admin.panel("settings")).title == "Settings of this chat"
    assert (await admin.go("set:language", "ko")).title == "이 채팅의 설정"
    refused = await member.open("settings")
    assert isinstance(refused, Notice)
    assert refused.text == "이 채팅의 운영자만 할 수 있어요."
    assert await admin.core.language(MEMBER, GROUP) == "ko"
    assert await admin.core.language(MEMBER, Place("telegram", "-200")) == "en"
    await admin.go("set:language", "own")
    assert await admin.core.language(MEMBER, GROUP) == "en"


async def test_a_chat_gets_as_many_captions_as_it_set(admin: Guest, pool: ScriptedPool) -> None:
    """Unless somebody asks for another number."""
    assert fact(await admin.go("set:candidates", "7"), "Captions to choose from") == "7"
    await make(admin)
    await make(admin, n=2)
    await admin.go("set:candidates", "default")
    await make(admin)
    assert [request.n for request in pool.requests(CaptionRequest)] == [7, 2, 4]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("strictness", "age_restricted", "held_back_from", "refused_from"),
    [
        ("relaxed", False, 0.5, 0.8),
        ("normal", False, 0.4, 0.7),
        ("strict", False, 0.2, 0.5),
        ("relaxed", True, 0.65, 0.95),
        ("normal", True, 0.55, 0.85),
        ("strict", True, 0.35, 0.65),
    ],
)
async def test_strictness_moves_what_is_borne(
    admin: Guest, pool: ScriptedPool, strictness: str, age_restricted: bool, held_back_from: float, refused_from: float
) -> None:
    """Stricter chats hold back more, and every chat more outside age-restricted channels."""
    await admin.go("set:strictness", strictness)
    guest = replace(admin, place=replace(GROUP, age_restricted=age_restricted))
    meme = await make(guest)
    assert isinstance(meme, Meme)
    await guest.fill(f"edit:{meme.candidate_id}", "my own words")
    (caption,), (flag,) = pool.requests(CaptionRequest), pool.requests(FlagRequest)
    assert caption.hold_back_from == pytest.approx(held_back_from)  # type: ignore[attr-defined]
    assert flag.offensive_from == pytest.approx(refused_from)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (Who.EVERYONE, {"Ada", "Mo", "Mia"}),
        (Who.MODERATORS, {"Ada", "Mo"}),
        (Who.ADMINS, {"Ada"}),
        (Who.NOBODY, set()),
    ],
)
async def test_features_are_for_those_the_chat_names(screens: Core, who: Who, allowed: set[str]) -> None:
    """Who is not named reads who may, and does not see the command in the help."""
    await Guest(screens).go("set:who.meme", who.value)
    able, told = set(), set()
    for person in (ADMIN, MODERATOR, MEMBER):
        if isinstance(await make(Guest(screens, person)), Meme):
            able.add(person.name)
        if "meme" in {command.name for command in await screens.menu(person, GROUP)}:
            told.add(person.name)
    assert able == allowed
    assert told == allowed


@pytest.mark.parametrize(
    "custom_id", ["set:language", "set:board", "set:who.meme", "set:emoji", "set:unmap", "set:remap"]
)
async def test_only_admins_change_settings(member: Guest, custom_id: str) -> None:
    """Buttons of an old panel, or made-up ones, do not help others."""
    assert await member.refused(custom_id, "ko") == "Only the admins of this chat may do that."
    assert await Guest(member.core, MODERATOR).refused(custom_id, "ko")
    assert isinstance(await member.fill("set:map.like", "🥒"), Notice)


async def test_emoji_can_be_given_a_meaning(admin: Guest, screens: Core) -> None:
    """Added, removed, reset; a custom emoji counts by its id."""
    meme = await make(admin)
    assert isinstance(meme, Meme)
    await screens.posted(meme, GROUP, "7")

    async def vote_with(emoji: str) -> int:
        reacted = Reacted(person=MEMBER, place=GROUP, message_id="7", added=(emoji,))
        votes = await screens.react(reacted)
        await screens.react(replace(reacted, added=(), removed=(emoji,)))
        assert votes is not None
        return votes.up - votes.down

    assert isinstance(await admin.press("set:map.dislike"), Form)
    assert isinstance(await admin.fill("set:map.dislike", " 🥒 "), Panel)
    assert isinstance(await admin.fill("set:map.like", "<:blob:123>"), Panel)
    await admin.go("set:unmap", "👍")
    assert [await vote_with(emoji) for emoji in ("🥒", "custom:123", "👍", "👎")] == [-1, 1, 0, -1]
    await admin.go("set:remap")
    assert [await vote_with(emoji) for emoji in ("🥒", "👍")] == [0, 1]


async def test_every_emoji_can_be_removed(admin: Guest) -> None:
    """However many there are: one press each, until none is left."""
    screen = await admin.go("set:emoji")
    offered = [row for row in screen.rows if isinstance(row, Menu)]
    assert {entry.value for menu in offered for entry in menu.entries} == set(DEFAULT_VALUES)
    for menu in offered:
        for entry in menu.entries:
            screen = await admin.go(menu.custom_id, entry.value)
    assert [row for row in screen.rows if isinstance(row, Menu)] == []


@pytest.mark.parametrize("typed", ["", "hello", "👍 👍", "a👍", "12", "x" * 70])
async def test_what_is_no_emoji_is_refused(admin: Guest, typed: str) -> None:
    """Letters, several, nothing."""
    answer = await admin.fill("set:map.like", typed)
    assert isinstance(answer, Notice)
    assert "emoji" in answer.text


@pytest.mark.parametrize(
    ("typed", "read"), [("👍🏿", "👍"), ("❤️", "❤"), ("<a:x:9>", "custom:9"), ("👨‍👩‍👧", "👨‍👩‍👧"), ("7️⃣", "7⃣")]
)
def test_emoji_are_compared_without_tone_and_style(typed: str, read: str) -> None:
    """One emoji has one form in the table."""
    assert read_emoji(typed) == read


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"language": "tlh", "candidates": 99, "strictness": "very", "who": "me", "emoji": 3, "leaderboard": None},
        {"candidates": True, "who": {"meme": "aliens", "zzz": "everyone"}, "emoji": None},
    ],
)
def test_whatever_is_stored_gives_usable_settings(stored: dict[str, object]) -> None:
    """What cannot be read counts as not set."""
    assert read_settings(stored) == ChatSettings()


def test_by_default_templates_are_the_admins() -> None:
    """And everything else is everyone's; the common emoji have their meaning."""
    settings = read_settings({})
    assert {feature for feature, who in settings.who.items() if who is not Who.EVERYONE} == {Feature.TEMPLATES}
    assert (settings.strictness, settings.emoji) == (Strictness.NORMAL, DEFAULT_VALUES)
    assert (DEFAULT_VALUES["👍"], DEFAULT_VALUES["👎"]) == (1, -1)
