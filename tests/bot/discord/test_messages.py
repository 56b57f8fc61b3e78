"""Requests that people write: mentions, replies, private messages; edits, deletions; where the bot may not speak."""

from __future__ import annotations

import asyncio

import pytest

from bot.discord_app.client import DiscordChat
from inference.contract import CaptionRequest
from tests.bot.discord.conftest import House, picture
from tests.bot.scripted_pool import ScriptedPool
from tests.wire.discord.findings import Breach
from tests.wire.discord.model import Channel, File, User
from tests.wire.discord.server import Wire

pytestmark = pytest.mark.usefixtures("bot")
POST = "POST /channels/{channel}/messages"


def requests(pool: ScriptedPool) -> list[CaptionRequest]:
    return [each for each in pool.requests(CaptionRequest) if isinstance(each, CaptionRequest)]


@pytest.fixture
def at(wire: Wire) -> str:
    return f"<@{wire.bot.id}>"


async def test_a_mention_with_a_picture_makes_a_meme(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, at: str
) -> None:
    """The answer is a reply, with the words beside the mention as the prompt."""
    said = await wire.say(ann, channel, f"{at} when it rains", files=[picture(shade=60)])
    meme = await wire.next_message(channel)
    assert (meme.reply_to, len(meme.attachments)) == (said, 1)
    assert meme.pings == set()
    assert [(each.image, each.prompt) for each in requests(pool)] == [(picture(shade=60).data, "when it rains")]


async def test_a_private_message_is_a_request(wire: Wire, pool: ScriptedPool, ann: User) -> None:
    """There no mention is needed."""
    dm = wire.world.open_dm(ann, wire.bot)
    await wire.say(ann, dm, "exam tomorrow")
    assert (await wire.next_message(dm)).attachments
    assert requests(pool)[0].prompt == "exam tomorrow"


async def test_stickers_and_animations_are_pictures(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, at: str
) -> None:
    """A sticker comes from Discord's sticker files, an animation as it is."""
    wave = wire.add_sticker("wave", picture("wave.png", 11))
    meme = None
    for message in ({"stickers": [wave]}, {"files": [File("dance.gif", picture(shade=22).data)]}):
        await wire.say(ann, channel, at, **message)  # type: ignore[arg-type]
        meme = await wire.next_message(channel, meme)
    assert [each.image for each in requests(pool)] == [picture(shade=11).data, picture(shade=22).data]


async def test_a_reply_takes_what_it_replies_to_where_discord_shows_it(
    house: House, wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, bob: User, at: str
) -> None:
    """Without the intent it says which menu to use; with it, picture and words of the other message are taken."""
    said = await wire.say(bob, channel, "nice weather", files=[picture(shade=44)])
    await wire.say(ann, channel, at, reply_to=said)
    told = await wire.next_message(channel)
    assert "Make a meme of this" in told.content
    assert pool.jobs == []
    wire.gateway.granted = {"message_content"}
    house.options["message_content"] = True
    async with house.open():
        await wire.say(ann, channel, at, reply_to=said)
        assert (await wire.next_message(channel, told)).attachments
    assert requests(pool)[0].image == picture(shade=44).data


async def test_a_bare_mention_is_greeted(wire: Wire, channel: Channel, ann: User, at: str) -> None:
    """Nothing to make a meme of: the bot says what it does."""
    await wire.say(ann, channel, at)
    assert "/meme" in (await wire.next_message(channel)).words


async def test_other_messages_are_nobodys_business(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, at: str
) -> None:
    """No mention, another bot's mention, a mention of everyone: silence."""
    other = wire.add_user("OtherBot", bot=True)
    await wire.say(ann, channel, "hello", files=[picture()])
    await wire.say(other, channel, f"{at} hello")
    await wire.say(ann, channel, "@everyone hello")
    await wire.say(ann, channel, f"{at} now")
    await wire.next_message(channel)
    assert [each.prompt for each in requests(pool)] == ["now"]


async def test_nothing_that_people_write_pings(wire: Wire, channel: Channel, admin: User) -> None:
    """What is repeated shows as written: no mention, no markup."""
    name = "@everyone **x** <@1>"
    shown = await (await wire.slash(admin, channel, "templates add", name=name, picture=picture())).answered()
    assert "@everyone" not in shown.embeds[0]["title"]
    assert r"\*\*x" in shown.embeds[0]["title"]


async def test_an_edit_makes_the_meme_anew(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, at: str
) -> None:
    """The same message shows the new meme; a preview that Discord adds changes nothing."""
    said = await wire.say(ann, channel, f"{at} one")
    meme = await wire.next_message(channel)
    await wire.edit(said, f"{at} two")
    await wire.until(lambda: meme.edits, what="the new meme")
    assert "two" in (meme.attachments[0].description or "")
    await wire._backend.chat._message_event("MESSAGE_UPDATE", said)
    await wire.say(ann, channel, f"{at} three")
    await wire.next_message(channel, meme)
    assert [each.prompt for each in requests(pool)] == ["one", "two", "three"]


async def test_a_request_that_is_deleted_wants_no_answer(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, at: str
) -> None:
    """Work on it ends, and nothing is posted."""
    pool.hold = asyncio.Event()
    said = await wire.say(ann, channel, f"{at} gone")
    await wire.until(lambda: wire.findings.calls["POST /channels/{channel}/typing"], what="the typing sign")
    await wire.delete_message(said)
    pool.hold.set()
    await wire.say(ann, channel, f"{at} here")
    meme = await wire.next_message(channel)
    assert channel.said(wire.bot) == [meme]
    assert "here" in (meme.attachments[0].description or "")


async def test_the_reply_to_a_request_that_is_gone_still_comes(
    wire: Wire, channel: Channel, ann: User, at: str
) -> None:
    """Deleted without the bot noticing: it answers without the reference."""
    said = await wire.say(ann, channel, f"{at} gone")
    channel.messages.pop(said.id)
    assert (await wire.next_message(channel)).reply_to is None


async def test_a_source_that_is_gone_is_told(wire: Wire, pool: ScriptedPool, channel: Channel, ann: User) -> None:
    """The picture of a deleted message cannot be fetched any more."""
    said = await wire.say(ann, channel, "", files=[picture()])
    wire.world.attachments.clear()
    told = await (await wire.menu(ann, channel, "Make a meme of this", said)).answered()
    assert "don't have that picture" in told.content
    assert told.ephemeral


async def test_a_long_wait_is_told_in_one_message(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, at: str
) -> None:
    """Typing first, then the place in line with a button to stop, and that message becomes the meme."""
    pool.hold, pool.queued = asyncio.Event(), 3
    await wire.say(ann, channel, f"{at} slow")
    word = await wire.next_message(channel)
    assert "3 in line" in word.content
    assert any(name.startswith("stop:") for name in word.controls)
    pool.hold.set()
    await wire.until(lambda: word.attachments, what="the meme")
    assert channel.said(wire.bot) == [word]
    assert word.content == ""


@pytest.mark.parametrize("right", ["send_messages", "attach_files"])
async def test_a_missing_right_is_told_once(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, at: str, right: str
) -> None:
    """In the channel where that is possible, else in private; no call is made that would be refused; later it works."""
    await wire.revoke(right, channel)
    place = channel if right == "attach_files" else wire.world.open_dm(ann, wire.bot)
    await wire.say(ann, channel, f"{at} one")
    told = await wire.next_message(place)
    assert "permission" in told.content
    await wire.say(ann, channel, f"{at} two")
    await asyncio.sleep(0.5)
    await wire.grant(right, channel)
    await wire.say(ann, channel, f"{at} three")
    await wire.until(lambda: [each for each in channel.said(wire.bot) if each.attachments], what="a meme")
    assert [each.prompt for each in requests(pool)] == ["three"]
    assert place.said(wire.bot).count(told) == 1
    assert wire.findings.refused[403] == 0


async def test_a_refusal_nobody_announced_is_remembered(
    wire: Wire, bot: DiscordChat, channel: Channel, ann: User, at: str
) -> None:
    """Discord says no although its permissions said yes: one call, then no more until something changes."""
    wire.fail_next(POST, times=5, status=403, code=50013)
    for number in range(4):
        await wire.say(ann, channel, f"{at} {number}")
        await asyncio.sleep(0.1)
    assert wire.findings.refused[403] <= 2
    assert wire.findings.take(Breach.STUBBORN) == []


async def test_a_rate_limit_is_waited_for(wire: Wire, channel: Channel, ann: User, at: str) -> None:
    """429 on the answer: it comes when Discord allows it, once."""
    wire.rate_limit_next(POST, times=2, retry_after_s=0.2)
    await wire.say(ann, channel, f"{at} patience")
    meme = await wire.next_message(channel)
    assert channel.said(wire.bot) == [meme]
    assert wire.findings.refused[429] == 2


async def test_a_server_error_on_the_answer_is_met_by_trying_again(
    wire: Wire, channel: Channel, ann: User, at: str
) -> None:
    """One 500, and the meme still comes."""
    wire.fail_next(POST, status=500)
    await wire.say(ann, channel, f"{at} again")
    assert (await wire.next_message(channel)).attachments


async def test_threads_are_answered_in(wire: Wire, house: House, channel: Channel, ann: User, at: str) -> None:
    """A thread is a place of its own with the server's settings."""
    thread = wire.world.add_thread(channel, "memes")
    async with house.open():
        await wire.say(ann, thread, f"{at} in here")
        assert (await wire.next_message(thread)).attachments


async def test_age_restricted_channels_bear_more(
    wire: Wire, house: House, pool: ScriptedPool, channel: Channel, ann: User, at: str
) -> None:
    """What holds a caption back depends on where it would stand."""
    assert channel.guild is not None
    adults = wire.add_channel(channel.guild, "adults", nsfw=True)
    async with house.open():
        for place in (channel, adults):
            await wire.say(ann, place, f"{at} x")
            await wire.next_message(place)
    strict, lax = (each.hold_back_from or 0 for each in requests(pool))
    assert lax > strict
