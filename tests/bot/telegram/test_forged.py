"""What somebody with a client of their own making may not do: callback data and start links are free text."""

from __future__ import annotations

import pytest

from bot.core.actions import Action, encode_press
from db import stores
from tests.bot.telegram.conftest import make
from tests.wire.telegram import Chat, Message, TelegramWire, User

pytestmark = pytest.mark.usefixtures("bot")


def candidate_of(meme: Message) -> str:
    return (meme.button("👍").data or "").partition(":")[2]


@pytest.mark.parametrize("action", [Action.NEXT, Action.EDIT, Action.DELETE])
async def test_ones_own_meme_is_no_key_to_anothers_message(
    wire: TelegramWire, ann: User, bob: User, group: Chat, action: Action
) -> None:
    """The data names Bob's meme, the message is Ann's: it stays as it is, and Bob reads why."""
    anns, bobs = await make(wire, ann, group, "hers"), await make(wire, bob, group, "his")
    before = anns.content
    pressed = await wire.press(bob, anns, encode_press(action, candidate_of(bobs)), forged=True)
    assert "changed meanwhile" in await pressed.answered()
    assert (anns.content, anns.deleted) == (before, False)


@pytest.mark.parametrize("data", ["priv:home", "go:help", "top:week", "tpl:list", "set:home"])
async def test_a_screen_does_not_take_the_place_of_a_meme(
    wire: TelegramWire, ann: User, bob: User, group: Chat, data: str
) -> None:
    """However the button came under it."""
    meme = await make(wire, ann, group)
    before = meme.content
    await (await wire.press(bob, meme, data, forged=True)).answered()
    assert (meme.content, meme.deleted) == (before, False)


async def test_a_settings_panel_cannot_be_deleted_as_a_meme(
    wire: TelegramWire, ann: User, bob: User, group: Chat
) -> None:
    """A meme of one's own removes no message but its own."""
    await wire.say(ann, group, "/settings")
    panel = await group.next_message()
    bobs = await make(wire, bob, group)
    await (await wire.press(bob, panel, encode_press(Action.DELETE, candidate_of(bobs)), forged=True)).answered()
    assert not panel.deleted


async def test_nobody_is_at_home_in_anothers_private_chat(
    wire: TelegramWire, ann: User, bob: User, store: stores.Database
) -> None:
    """A start link with another's number gives no rights to their templates."""
    await wire.say(bob, None, f"/start draw_{ann.id}")
    answer = await wire.private(bob).next_message()
    assert "Only the admins" in answer.text
    assert "url" not in {name for button in answer.buttons for name in button.other}


async def test_other_programs_get_no_answer(wire: TelegramWire, ann: User, bob: User, group: Chat) -> None:
    """Two bots that answer each other would never end."""
    bob.is_bot = True
    await wire.say(bob, group, "/meme hello from a program")
    meme = await make(wire, ann, group, "hello from a person")
    assert group.from_bot == [meme]
