"""An unmodified discord.py on the wire: it connects, reads and writes as on Discord."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest

from tests.wire.discord.conftest import PLAIN, Plain, connected
from tests.wire.discord.findings import Breach
from tests.wire.discord.model import Channel, File, User
from tests.wire.discord.server import Wire

PNG = b"\x89PNG\r\n\x1a\n not really"


def text_channel(client: Plain, channel: Channel) -> discord.TextChannel:
    found = client.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_guilds_arrive_on_their_shards(addresses: Wire) -> None:
    """With several shards every guild comes exactly once, on the shard of its id."""
    addresses.gateway.shards = 2
    guilds = [addresses.add_guild(f"Guild {number}") for number in range(6)]
    async with connected(Plain(), addresses.token) as client:
        assert {each.id for each in client.guilds} == {each.id for each in guilds}
        assert {each.shard_id for each in client.guilds} == {0, 1}
    assert addresses.identified == 2


async def test_a_message_goes_both_ways(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """Files, alt text and replies survive in both directions."""
    said = await addresses.say(ann, channel, f"<@{addresses.bot.id}> look", files=[File("cat.png", PNG)])
    (heard,) = await client.heard("message")
    assert (heard.content, await heard.attachments[0].read()) == (said.content, PNG)
    await heard.reply("ha", file=discord.File(io.BytesIO(b"meme"), "meme.png", description="two cats"))
    answer = channel.last
    assert (answer.content, answer.reply_to, answer.author) == ("ha", said, addresses.bot)
    assert (answer.attachments[0].file.data, answer.attachments[0].description) == (b"meme", "two cats")


@pytest.mark.parametrize(
    ("granted", "text", "reply", "expected"),
    [
        pytest.param(False, "hello", False, "", id="nothing of a stranger's message"),
        pytest.param(True, "hello", False, "hello", id="everything with the intent"),
        pytest.param(False, "hello", True, "hello", id="a reply that pings the bot"),
    ],
)
async def test_content_is_for_those_who_may_read_it(
    addresses: Wire, channel: Channel, ann: User, granted: bool, text: str, reply: bool, expected: str
) -> None:
    """Without MESSAGE_CONTENT only what concerns the bot carries words and files."""
    intents = discord.Intents(**dict(PLAIN))
    intents.message_content = granted
    addresses.gateway.granted = {"message_content"} if granted else set()
    async with connected(Plain(intents), addresses.token) as client:
        ours = await text_channel(client, channel).send("mine")
        mine = channel.messages[ours.id]
        await addresses.say(ann, channel, text, files=[File("a.png", PNG)], reply_to=mine if reply else None)
        _, heard = await client.heard("message", 2)
    assert heard.content == expected
    assert len(heard.attachments) == bool(expected)


async def test_a_private_message_is_readable(addresses: Wire, client: Plain, ann: User) -> None:
    """In a direct message the bot reads everything, and answers there."""
    dm = addresses.world.open_dm(ann, addresses.bot)
    await addresses.say(ann, dm, "psst")
    (heard,) = await client.heard("message")
    assert heard.content == "psst"
    await heard.channel.send("what?")
    assert dm.last.content == "what?"


async def test_reactions_are_told_and_listed(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """Adding, removing, clearing and listing a hundred at a time."""
    message = await text_channel(client, channel).send("vote")
    people = [addresses.add_user(f"Voter {number}") for number in range(120)]
    for person in people:
        await addresses.react(person, channel.last, "👍")
    await addresses.unreact(people[0], channel.last, "👍")
    await client.heard("raw_reaction_remove")
    fresh = await message.channel.fetch_message(message.id)
    assert {user.id async for user in fresh.reactions[0].users()} == {each.id for each in people[1:]}
    await message.add_reaction("🔥")
    await addresses.clear(channel.last, "👍")
    await client.heard("raw_reaction_clear_emoji")
    await addresses.clear(channel.last)
    await client.heard("raw_reaction_clear")
    assert channel.last.reactions == {}


async def test_edits_and_deletions_are_told(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """Message events carry the ids that clients need."""
    said = [await addresses.say(ann, channel, f"<@{addresses.bot.id}> {number}") for number in range(3)]
    await addresses.edit(said[0], "changed")
    (edited,) = await client.heard("raw_message_edit")
    await addresses.delete_message(said[0])
    await addresses.delete_message(*said[1:])
    (deleted,) = await client.heard("raw_message_delete")
    (bulk,) = await client.heard("raw_bulk_message_delete")
    assert (edited.message_id, deleted.message_id) == (said[0].id, said[0].id)
    assert bulk.message_ids == {said[1].id, said[2].id}


async def test_a_nonce_sends_once(addresses: Wire, client: Plain, channel: Channel) -> None:
    """The same enforced nonce gives the same message."""
    place = text_channel(client, channel)
    first, second = await place.send("once", nonce="n1"), await place.send("once", nonce="n1")
    assert first.id == second.id
    assert len(channel.said()) == 1


async def test_file_addresses_expire_and_are_renewed(
    addresses: Wire, client: Plain, channel: Channel, ann: User
) -> None:
    """An old address answers 404; fetching the message again gives one that works."""
    await addresses.say(ann, channel, f"<@{addresses.bot.id}>", files=[File("a.png", PNG)])
    (heard,) = await client.heard("message")
    addresses.clock.advance(2 * 86_400)
    with pytest.raises(discord.NotFound):
        await heard.attachments[0].read()
    fresh = await heard.channel.fetch_message(heard.id)
    assert await fresh.attachments[0].read() == PNG


async def test_history_is_paged(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """Both directions, a hundred a page."""
    said = [await addresses.say(ann, channel, str(number)) for number in range(130)]
    place = text_channel(client, channel)
    newest = [each.id async for each in place.history(limit=None)]
    after = [each.id async for each in place.history(limit=None, after=discord.Object(said[9].id))]
    assert newest == [each.id for each in reversed(said)]
    assert after == [each.id for each in said[10:]]


async def test_threads_and_private_channels_are_places_too(addresses: Wire, channel: Channel, ann: User) -> None:
    """A thread is known from the guild's first event on."""
    thread = addresses.world.add_thread(channel, "memes")
    async with connected(Plain(), addresses.token) as client:
        found = client.get_channel(thread.id)
        assert isinstance(found, discord.Thread)
        await found.send("in here")
    assert thread.last.content == "in here"


async def test_errors_carry_discords_codes(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """Missing things and missing rights are told apart."""
    place = text_channel(client, channel)
    said = await addresses.say(ann, channel, "hello")
    codes: list[Any] = []
    await addresses.revoke("add_reactions", channel)
    for doing in (
        lambda: place.fetch_message(5),
        lambda: client.fetch_channel(5),
        lambda: place.get_partial_message(said.id).add_reaction("👍"),
        lambda: place.get_partial_message(said.id).edit(content="mine now"),
        lambda: place.send(""),
    ):
        with pytest.raises(discord.HTTPException) as caught:
            await doing()
        codes.append(caught.value.code)
    assert codes == [10008, 10003, 50013, 50005, 50006]
    assert len(addresses.findings.take(Breach.EMPTY)) == 1
