"""What people press on Discord: votes, re-rolls, edits, removal, screens, and buttons of long ago."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.core.asking import CoreOptions
from bot.discord_app.client import DiscordChat
from inference.contract import CaptionRequest
from tests.bot.discord.conftest import House, picture
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool
from tests.wire.discord.interaction import Response
from tests.wire.discord.model import Channel, Message, User
from tests.wire.discord.server import Wire

pytestmark = pytest.mark.usefixtures("bot")


def control(message: Message, start: str) -> str:
    return next(each for each in message.controls if each.startswith(start))


def counts(message: Message) -> tuple[str, str]:
    labels = [each["label"] for name, each in message.controls.items() if name.startswith(("up:", "down:"))]
    return labels[0], labels[1]


@pytest.fixture
async def meme(wire: Wire, bot: DiscordChat, channel: Channel, ann: User) -> Message:
    return await (await wire.slash(ann, channel, "meme", prompt="monday")).answered()


async def test_votes_show_on_the_buttons(wire: Wire, meme: Message, ann: User, bob: User) -> None:
    """One person, one vote: the last one counts, the same again takes it back."""
    for person, name, expected in (
        (ann, "up:", ("1", "0")),
        (bob, "up:", ("2", "0")),
        (bob, "down:", ("1", "1")),
        (bob, "down:", ("1", "0")),
    ):
        pressed = await wire.press(person, meme, control(meme, name))
        assert await pressed.acknowledged(1.0) is Response.UPDATE
        assert counts(meme) == expected
    assert len(meme.attachments) == 1


async def test_the_asker_rerolls_in_place(wire: Wire, meme: Message, ann: User, channel: Channel) -> None:
    """The next candidate takes the message over, with new buttons and new alt text."""
    before, alt_text = control(meme, "up:"), meme.attachments[0].description
    await (await wire.press(ann, meme, control(meme, "next:"))).answered()
    assert channel.said() == [meme]
    assert control(meme, "up:") != before
    assert len(meme.attachments) == 1
    assert meme.attachments[0].description != alt_text


async def test_others_get_a_meme_of_their_own(wire: Wire, meme: Message, bob: User, channel: Channel) -> None:
    """Nobody changes another's meme: the re-roll is a new message that names who wanted it."""
    before = dict(meme.controls)
    other = await (await wire.press(bob, meme, control(meme, "next:"))).answered()
    assert channel.said() == [meme, other]
    assert meme.controls == before
    assert "Bob" in other.content


async def test_words_are_edited_in_a_form(wire: Wire, meme: Message, ann: User, channel: Channel) -> None:
    """A modal with one field a line, filled with the present words; what comes back is drawn in place."""
    opened = await wire.press(ann, meme, control(meme, "edit:"))
    form = await opened.asked_for(1.0)
    fields = [row["component"] for row in form["components"] if "component" in row]
    assert fields[1]["value"] == "monday"
    sent = await wire.submit_modal(opened, field0="top", field1="tuesday")
    changed = await sent.answered()
    assert changed is meme
    assert "tuesday" in (meme.attachments[0].description or "")
    assert "Ann" in meme.content
    assert channel.said() == [meme]


async def test_offensive_words_are_refused_in_private(wire: Wire, meme: Message, ann: User, channel: Channel) -> None:
    """A person's own words pass the flag model first; the meme stays as it was."""
    opened = await wire.press(ann, meme, control(meme, "edit:"))
    edits = meme.edits
    told = await (await wire.submit_modal(opened, field0="you", field1=BAD_WORD)).answered()
    assert told.ephemeral
    assert (channel.said(), meme.edits) == ([meme], edits)


@pytest.mark.parametrize(("who", "gone"), [("ann", True), ("bob", False), ("admin", True)])
async def test_askers_and_moderators_remove(
    wire: Wire, meme: Message, channel: Channel, request: pytest.FixtureRequest, who: str, gone: bool
) -> None:
    """Anybody else is told that they may not."""
    pressed = await wire.press(request.getfixturevalue(who), meme, control(meme, "delete:"))
    await wire.until(lambda: meme.deleted or pressed.shown, what="a removal or a word")
    assert meme.deleted is gone
    assert (channel.said() == []) is gone


async def test_buttons_of_an_earlier_process_work(
    house: House, wire: Wire, meme: Message, ann: User, pool: ScriptedPool
) -> None:
    """After a restart every button does what it says, as ids are static and nothing is kept in memory."""
    async with house.open():
        await (await wire.press(ann, meme, control(meme, "up:"))).answered()
        assert counts(meme) == ("1", "0")
        await (await wire.press(ann, meme, control(meme, "next:"))).answered()
        assert await (await wire.press(ann, meme, control(meme, "edit:"))).asked_for()


async def test_a_picture_of_long_ago_is_found_again(
    house: House, wire: Wire, pool: ScriptedPool, channel: Channel, ann: User
) -> None:
    """A re-roll after a restart fetches the asker's picture once more, at an address renewed by its message."""
    said = await wire.say(ann, channel, f"<@{wire.bot.id}>", files=[picture(shade=60)])
    meme = await wire.next_message(channel)
    wire.clock.advance(2 * 86_400)
    pool.jobs.clear()
    async with house.open():
        for _ in range(4):
            await (await wire.press(ann, meme, control(meme, "next:"))).answered()
    (request,) = pool.requests(CaptionRequest)
    assert isinstance(request, CaptionRequest)
    assert request.image == said.attachments[0].file.data


async def test_an_unknown_button_is_told_so(wire: Wire, meme: Message, ann: User) -> None:
    """Ids are user input like everything else."""
    meme.components[0]["components"][0]["custom_id"] = "nonsense"
    told = await (await wire.press(ann, meme, "nonsense")).answered()
    assert told.ephemeral


async def test_the_place_in_line_is_told_and_waiting_can_be_stopped(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, bob: User
) -> None:
    """A long wait says how long the line is; its button ends it, for who asked and nobody else."""
    pool.hold, pool.queued = asyncio.Event(), 7
    asked = await wire.slash(ann, channel, "meme", prompt="monday")
    waiting = await asked.answered(where=lambda message: message.controls)
    assert "7 in line" in waiting.content
    told = await (await wire.press(bob, waiting, control(waiting, "stop:"))).answered()
    assert told.ephemeral
    await (await wire.press(ann, waiting, control(waiting, "stop:"))).answered()
    stopped = await asked.answered(where=lambda message: message.ephemeral)
    assert "stopped" in stopped.content
    assert channel.said() == []


async def test_a_reroll_that_takes_long_is_told_beside_the_meme(
    wire: Wire, pool: ScriptedPool, meme: Message, ann: User, channel: Channel
) -> None:
    """The meme stays readable meanwhile; word of progress is the presser's alone, and goes when it is done."""
    pool.hold = asyncio.Event()
    pressed = await wire.press(ann, meme, control(meme, "next:"))
    assert await pressed.acknowledged(1.0) is Response.DEFERRED_UPDATE
    word = await pressed.answered(where=lambda message: message.ephemeral)
    edits = meme.edits
    pool.hold.set()
    await wire.until(lambda: meme.edits > edits, what="the next candidate")
    await wire.until(lambda: word.deleted, what="the end of progress")
    assert channel.said() == [meme]


async def test_settings_are_buttons_and_menus(wire: Wire, channel: Channel, admin: User) -> None:
    """A choice changes the screen in place and counts at once: here the language."""
    shown = await (await wire.slash(admin, channel, "settings")).answered()
    assert shown.ephemeral
    assert shown.controls["set:language"]["type"] == 3
    changed = await (await wire.choose(admin, shown, "set:language", "ko")).answered()
    assert changed is shown
    assert "설정" in shown.words
    rights = await (await wire.press(admin, shown, "set:who")).answered()
    await (await wire.choose(admin, rights, "set:who", "genre")).answered()
    await (await wire.choose(admin, rights, "set:who.genre", "nobody")).answered()
    refused = await (await wire.slash(admin, channel, "genre", picture=picture())).answered()
    assert refused.ephemeral


async def test_settings_are_for_admins(wire: Wire, channel: Channel, ann: User) -> None:
    """Whoever types it nevertheless reads who may."""
    told = await (await wire.slash(ann, channel, "settings")).answered()
    assert "admins" in told.content


async def test_a_template_of_the_servers_own(
    wire: Wire, pool: ScriptedPool, channel: Channel, admin: User, ann: User
) -> None:
    """Added by an admin, renamed, offered to everybody, used, and removed."""
    shown = await (
        await wire.slash(admin, channel, "templates add", name="Our cat", picture=picture(shade=33))
    ).answered()
    assert "Our cat" in shown.words
    rename = await wire.press(admin, shown, control(shown, "tpl:name"))
    await (await wire.submit_modal(rename, field0="Our dog")).answered()
    (offered,) = await wire.autocomplete(ann, channel, "meme", focused="template", template="our")
    assert offered["name"].startswith("Our dog")
    assert (await (await wire.slash(ann, channel, "meme", template=offered["value"])).answered()).attachments
    await (await wire.press(admin, shown, control(shown, "tpl:drop"))).answered()
    assert await wire.autocomplete(ann, channel, "meme", focused="template", template="our") == []


async def test_a_form_shows_its_consent(wire: Wire, channel: Channel, ann: User) -> None:
    """/survey says what sending a phrase means before it is sent; /privacy shows it and erases it."""
    shown = await (await wire.slash(ann, channel, "survey")).answered()
    opened = await wire.press(ann, shown, control(shown, "surv:"))
    form = await opened.asked_for()
    assert "you agree" in form["components"][0]["content"]
    assert "Thank you" in (await (await wire.submit_modal(opened, field0="that's what she said")).answered()).words
    privacy = await (await wire.slash(ann, channel, "privacy")).answered()
    assert "Survey phrases" in privacy.words
    sure = await (await wire.press(ann, privacy, control(privacy, "priv:"))).answered()
    erased = await (await wire.press(ann, sure, control(sure, "priv:"))).answered()
    assert "gone" in erased.words


async def test_the_best_memes_are_linked(wire: Wire, meme: Message, channel: Channel, ann: User) -> None:
    """/top names each with a link to its message, and shows the winner."""
    await (await wire.press(ann, meme, control(meme, "up:"))).answered()
    shown = await (await wire.slash(ann, channel, "top")).answered()
    assert channel.guild is not None
    assert f"https://discord.com/channels/{channel.guild.id}/{channel.id}/{meme.id}" in shown.embeds[0]["description"]
    assert len(shown.attachments) == 1
    month = await (await wire.press(ann, shown, "top:month")).answered()
    assert month is shown


async def test_the_privacy_policy_is_linked(house: House, wire: Wire, channel: Channel, ann: User) -> None:
    """Where whoever runs the bot has set its address, /privacy leads to it."""
    house.parts["options"] = CoreOptions(privacy_url="https://example.org/privacy")
    async with house.open():
        shown = await (await wire.slash(ann, channel, "privacy")).answered()
    buttons = [each for row in shown.components for each in row["components"]]
    assert [each["url"] for each in buttons if each["style"] == 5] == ["https://example.org/privacy"]


async def test_a_crowd_on_one_button_is_answered_whole(
    wire: Wire, meme: Message, bot: DiscordChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty people press at once, and the votes are stored before the bot hears of it: all are counted and told."""
    votes = bot._core._services.store.votes
    toggle = votes.toggle

    async def slow(*vote: Any, **event: Any) -> Any:
        toggled = await toggle(*vote, **event)
        await asyncio.sleep(1.0)
        return toggled

    monkeypatch.setattr(votes, "toggle", slow)
    channel = meme.channel
    assert channel.guild is not None
    people = [wire.add_member(channel.guild, wire.add_user(f"Voter {number}")) for number in range(30)]
    pressed = [await wire.press(person, meme, control(meme, "up:")) for person in people]
    for each in pressed:
        await each.acknowledged(3.0)
    await wire.until(lambda: counts(meme) == ("30", "0"), what="all votes on the button")


async def test_a_meme_that_is_deleted_while_it_is_rerolled(
    wire: Wire, meme: Message, pool: ScriptedPool, ann: User
) -> None:
    """The next one comes in a message of its own, and the press is answered."""
    pool.delay_s = 0.2
    pressed = await wire.press(ann, meme, control(meme, "next:"))
    await wire.delete_message(meme)
    answer = await pressed.answered()
    assert answer.attachments
    assert answer.id != meme.id
