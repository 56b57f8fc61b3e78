"""Rules that hold on every screen, found by walking through all of them."""

from __future__ import annotations

import re

import pytest

from bot.core.commands import COMMANDS
from bot.core.panels import MAX_CHOICES, MAX_ID_BYTES, MAX_ROWS, Form, Menu, Panel
from bot.core.texts import say
from bot.core.values import Notice
from tests.bot.conftest import photo
from tests.bot.screens.conftest import Guest, controls_of, ids_of

OPENED = [command.name for command in COMMANDS if command.name not in {"meme", "genre", "check"}]
MOST_SCREENS = 400
OWN, HINT = "Our cat", "for choices"


async def walk(guest: Guest) -> list[Panel | Form]:
    """Open every command, press everything there is, and everything behind it, each id once."""
    seen: set[str] = set()
    found: list[Panel | Form] = []
    todo: list[Panel | Form] = []
    for name in OPENED:
        opened = await guest.open(name)
        assert not isinstance(opened, Notice), (name, opened)
        todo.append(opened)
    while todo and len(found) < MOST_SCREENS:
        screen = todo.pop()
        found.append(screen)
        for custom_id in ids_of(screen):
            if custom_id in seen or custom_id.startswith(("tpl:make", "set:language=")):
                continue
            seen.add(custom_id)
            name, _, value = custom_id.partition("=")
            answer = await guest.press(name, value)
            if isinstance(answer, Panel | Form):
                todo.append(answer)
            else:
                assert answer != Notice(say(guest.person.language, "meme.unknown_button")), custom_id
    return found


@pytest.fixture
async def populated(admin: Guest) -> Guest:
    """A chat with a template of its own, so that its screens are reached too."""
    await admin.panel("templates", "add", OWN, photo())
    return admin


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_every_screen_fits_every_platform(populated: Guest, language: str) -> None:
    """Ids, rows, menus and labels stay within what Discord and Telegram take, and every button is answered."""
    screens = await walk(populated.speaking(language))
    assert len(screens) > 60
    for screen in screens:
        assert 0 < len(screen.title) <= 60
        if isinstance(screen, Form):
            assert len(screen.form_id.encode()) <= MAX_ID_BYTES
            assert all(0 < len(field.label) <= 45 for field in screen.fields)
            continue
        assert len(screen.rows) <= MAX_ROWS
        assert all(len(custom_id.encode()) <= MAX_ID_BYTES for custom_id in ids_of(screen))
        assert all(0 < len(control.label) <= 40 for control in controls_of(screen))
        menus = [row for row in screen.rows if isinstance(row, Menu)]
        assert all(1 <= len(menu.entries) <= MAX_CHOICES for menu in menus)
        assert all(0 < len(entry.label) <= 100 for menu in menus for entry in menu.entries)
        assert len(set(ids_of(screen))) == len(ids_of(screen))
        assert len(screen.text) <= 1_000


async def test_a_korean_screen_has_no_english_sentence(populated: Guest) -> None:
    """Whoever reads Korean never meets two English words in a row, but for names of templates."""
    english = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
    for screen in await walk(populated.speaking("ko")):
        told = [screen.title]
        if isinstance(screen, Form):
            told += [screen.hint, *(field.label for field in screen.fields)]
        else:
            told += [screen.text, *(part for fact in screen.facts for part in fact)]
            told += [control.label for control in controls_of(screen)]
            told += [part for row in screen.rows if isinstance(row, Menu) for part in (row.label, *_entries(row))]
        assert [text for text in told if english.search(text.replace(OWN, "")) and text != HINT] == []


@pytest.mark.parametrize(
    "custom_id",
    ["set:", "set:nothing", "tpl:", "tpl:nothing.x", "top:yesterday", "priv:", "go:", "zzz:1", "", ":", "set:who.x"],
)
async def test_buttons_nobody_was_sent_are_refused(admin: Guest, custom_id: str) -> None:
    """Ids are user input: a made-up one gets a sentence."""
    assert await admin.refused(custom_id, "x")


async def test_an_unknown_command_is_told_so(member: Guest) -> None:
    """In the person's language."""
    opened = await member.speaking("ko").open("dance")
    assert isinstance(opened, Notice)
    assert opened.text == say("ko", "command.unknown")


def _entries(menu: Menu) -> list[str]:
    return [part for entry in menu.entries for part in (entry.label, entry.hint) if part]
