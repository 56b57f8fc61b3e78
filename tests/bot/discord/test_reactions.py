"""Emoji on the bot's memes are votes: put on, taken off, cleared, missed and read back."""

from __future__ import annotations

import asyncio

import pytest

from bot.discord_app.client import DiscordChat
from tests.bot.discord.conftest import House
from tests.bot.discord.test_buttons import control, counts
from tests.wire.discord.model import Channel, Message, User
from tests.wire.discord.server import Wire


async def make(wire: Wire, channel: Channel, ann: User) -> Message:
    return await (await wire.slash(ann, channel, "meme", prompt="monday")).answered()


async def remembers(bot: DiscordChat, count: int) -> None:
    """Wait until as many memes are left to be read back."""
    async with asyncio.timeout(10):
        while len(await bot._core.memes_to_reconcile("discord")) != count:  # noqa: ASYNC110 - the database has no bell
            await asyncio.sleep(0.05)


async def shows(wire: Wire, meme: Message, up: int, down: int) -> None:
    """Wait until the buttons tell these numbers."""
    await wire.until(lambda: counts(meme) == (str(up), str(down)), what=f"{up} up, {down} down, is {counts(meme)}")


async def test_emoji_are_votes(wire: Wire, bot: DiscordChat, channel: Channel, ann: User, bob: User) -> None:
    """Each person's last one counts; taking it off falls back to another that still stands, then to none."""
    meme = await make(wire, channel, ann)
    await wire.react(ann, meme, "👍")
    await wire.react(bob, meme, "🔥")
    await shows(wire, meme, 2, 0)
    await wire.react(bob, meme, "👎")
    await shows(wire, meme, 1, 1)
    await wire.unreact(bob, meme, "👎")
    await shows(wire, meme, 2, 0)
    await wire.unreact(bob, meme, "🔥")
    await wire.unreact(ann, meme, "👍")
    await shows(wire, meme, 0, 0)


async def test_bots_and_other_messages_do_not_vote(
    wire: Wire, bot: DiscordChat, channel: Channel, ann: User, bob: User
) -> None:
    """Reactions of programs, of the bot itself, emoji without a worth, and those on people's messages."""
    meme = await make(wire, channel, ann)
    said = await wire.say(bob, channel, "hello")
    await wire.react(wire.add_user("OtherBot", bot=True), meme, "👍")
    await wire.react(wire.bot, meme, "👍")
    await wire.react(ann, meme, "🧀")
    await wire.react(ann, said, "👍")
    await wire.react(bob, meme, "👎")
    await shows(wire, meme, 0, 1)


async def test_a_button_and_an_emoji_are_one_vote(wire: Wire, bot: DiscordChat, channel: Channel, ann: User) -> None:
    """Whatever came last."""
    meme = await make(wire, channel, ann)
    await wire.react(ann, meme, "👍")
    await shows(wire, meme, 1, 0)
    await (await wire.press(ann, meme, control(meme, "down:"))).answered()
    assert counts(meme) == ("0", "1")


async def test_cleared_emoji_are_no_votes(wire: Wire, bot: DiscordChat, channel: Channel, ann: User, bob: User) -> None:
    """A moderator takes one kind off, then all; votes by button stay."""
    meme = await make(wire, channel, ann)
    await (await wire.press(ann, meme, control(meme, "down:"))).answered()
    await wire.react(bob, meme, "👍")
    carl = wire.add_user("Carl")
    await wire.react(carl, meme, "🔥")
    await shows(wire, meme, 2, 1)
    await wire.clear(meme, "👍")
    await shows(wire, meme, 1, 1)
    await wire.clear(meme)
    await shows(wire, meme, 0, 1)


async def test_what_was_missed_is_read_back(house: House, wire: Wire, channel: Channel, ann: User, bob: User) -> None:
    """Put on and taken off while the bot was away, more than a page of them: after the start the votes are right."""
    async with house.open():
        meme = await make(wire, channel, ann)
        await wire.react(ann, meme, "👍")
        await shows(wire, meme, 1, 0)
    await wire.unreact(ann, meme, "👍")
    for number in range(130):
        await wire.react(wire.add_user(f"Voter {number}"), meme, "👎")
    async with house.open() as bot:
        await bot.client.wait_until_ready()
        await wire.until(lambda: wire.findings.calls[LISTED] >= 2, what="two pages of reactions")
        await (await wire.press(bob, meme, control(meme, "up:"))).answered()
        await shows(wire, meme, 1, 130)


async def test_memes_that_went_away_meanwhile_are_forgotten(
    house: House, wire: Wire, channel: Channel, ann: User
) -> None:
    """Deleted one by one, in bulk, or while the bot was away: no list is asked for them again."""
    async with house.open() as bot:
        memes = [await make(wire, channel, ann) for _ in range(4)]
        await wire.delete_message(memes[0])
        await wire.delete_message(*memes[1:3])
        await remembers(bot, 1)
    channel.messages.pop(memes[3].id)
    for expected in (1, 0):
        wire.findings.calls.clear()
        async with house.open() as bot:
            await bot.client.wait_until_ready()
            await remembers(bot, 0)
        assert wire.findings.calls[READ] == expected


async def test_a_channel_that_refuses_is_asked_once(house: House, wire: Wire, channel: Channel, ann: User) -> None:
    """Ten memes in a channel that the bot no longer sees: one refusal, not ten."""
    async with house.open():
        for _ in range(10):
            await make(wire, channel, ann)
    await wire.revoke("view_channel", channel)
    async with house.open() as bot:
        await bot.client.wait_until_ready()
        await wire.until(lambda: wire.findings.refused[403], what="the refusal")
    assert wire.findings.refused[403] <= 2


LISTED = "GET /channels/{channel}/messages/{message}/reactions/{emoji}"
READ = "GET /channels/{channel}/messages/{message}"


@pytest.mark.parametrize("emoji", ["👍🏽", "❤️"], ids=["a skin tone", "a style"])
async def test_variants_of_an_emoji_are_the_same(
    wire: Wire, bot: DiscordChat, channel: Channel, ann: User, emoji: str
) -> None:
    """As people see them."""
    meme = await make(wire, channel, ann)
    await wire.react(ann, meme, emoji)
    await shows(wire, meme, 1, 0)


async def test_an_emoji_of_the_servers_own_can_vote(
    wire: Wire, bot: DiscordChat, channel: Channel, ann: User, admin: User
) -> None:
    """Set in /settings by its code, then put on a meme."""
    shown = await (await wire.slash(admin, channel, "settings")).answered()
    emoji = await (await wire.press(admin, shown, "set:emoji")).answered()
    opened = await wire.press(admin, emoji, "set:map.like")
    await (await wire.submit_modal(opened, field0="<:kek:12345>")).answered()
    meme = await make(wire, channel, ann)
    await wire.react(ann, meme, "kek:12345")
    await shows(wire, meme, 1, 0)
