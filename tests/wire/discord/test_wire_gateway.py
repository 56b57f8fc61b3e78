"""The gateway's protocol: sessions that are resumed, heartbeats, intents, and clients that get it wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from tests.wire.discord.conftest import PLAIN, Plain, connected
from tests.wire.discord.findings import Breach
from tests.wire.discord.model import Channel, User
from tests.wire.discord.server import Wire


async def test_what_was_missed_is_replayed(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """After a cut the client resumes, and hears in order what was said meanwhile, once."""
    await addresses.say(ann, channel, "one")
    await client.heard("message")
    await addresses.drop_connections()
    for text in ("two", "three"):
        await addresses.say(ann, channel, text)
    await client.heard("message", 3)
    await client.heard("shard_resumed")
    assert [each.id for each in client.events("message")] == [each.id for each in channel.said()]
    assert (addresses.identified, addresses.resumed) == (1, 1)


async def test_a_forgotten_session_begins_anew(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """Where RESUME is refused the client identifies again, and what was said meanwhile is lost."""
    await addresses.drop_connections(resumable=False)
    await addresses.say(ann, channel, "lost")
    await client.heard("ready", 2)
    await addresses.say(ann, channel, "heard")
    assert [each.id for each in await client.heard("message")] == [channel.last.id]
    assert addresses.identified == 2


@pytest.mark.parametrize("order", ["reconnect", "invalid but resumable"])
async def test_an_order_to_come_again_is_followed(addresses: Wire, client: Plain, order: str) -> None:
    """Both make the client resume."""
    if order == "reconnect":
        await addresses.ask_to_reconnect()
    else:
        await addresses.invalidate_sessions(resumable=True)
    await client.heard("shard_resumed")
    assert (addresses.identified, addresses.resumed) == (1, 1)


async def test_heartbeats_are_timed(addresses: Wire, channel: Channel) -> None:
    """A client that beats in time is not found wanting; one that is blocked is."""
    addresses.gateway.heartbeat_s, addresses.gateway.grace_s = 0.2, 0.2
    async with connected(Plain(), addresses.token):
        await asyncio.sleep(0.7)
        assert len(addresses.findings.heartbeat_lateness_s) >= 3
        assert not addresses.findings.violations


async def frames(wire: Wire, *sent: dict[str, Any]) -> int | None:
    """Send frames over a bare WebSocket; the code it was closed with."""
    url = wire.gateway_url + "?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket, asyncio.timeout(5):
        for frame in sent:
            await socket.send_json(frame)
        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        return socket.close_code


def identify(wire: Wire, **more: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": wire.token, "intents": 1, "properties": {}, **more}}


async def test_a_client_without_heartbeats_is_cut_off(wire: Wire) -> None:
    """It is closed with 4009, and the lateness is written down."""
    wire.gateway.heartbeat_s, wire.gateway.grace_s = 0.1, 0.05
    assert await frames(wire, identify(wire)) == 4009
    assert wire.findings.take(Breach.HEARTBEAT)
    assert wire.findings.latest_heartbeat_s() > 0.05


@pytest.mark.parametrize(
    ("sent", "code", "breach"),
    [
        pytest.param({"token": "other"}, 4004, Breach.TOKEN, id="a wrong token"),
        pytest.param({"shard": [2, 2]}, 4010, Breach.GATEWAY, id="a shard that is none"),
        pytest.param({"intents": 1 << 15}, 4014, Breach.INTENTS, id="an intent that was not granted"),
    ],
)
async def test_a_wrong_identify_is_refused(wire: Wire, sent: dict[str, Any], code: int, breach: Breach) -> None:
    """Each has Discord's close code."""
    assert await frames(wire, identify(wire, **sent)) == code
    assert len(wire.findings.take(breach)) == 1


async def test_other_frames_out_of_turn_are_refused(wire: Wire) -> None:
    """Identifying twice, or doing anything before, ends the connection."""
    assert await frames(wire, identify(wire), identify(wire)) == 4005
    assert await frames(wire, {"op": 3, "d": {}}) == 4001
    assert len(wire.findings.take(Breach.GATEWAY)) == 2


async def test_discord_py_says_which_intent_is_missing(addresses: Wire) -> None:
    """The close code reaches the program as the exception it knows."""
    intents = discord.Intents(**dict(PLAIN))
    intents.message_content = True
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(Plain(intents), addresses.token):
            pass
    assert addresses.findings.take(Breach.INTENTS)


async def test_unseen_channels_are_silent(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """Where the bot may not look it hears nothing, and calls answer 50001."""
    hidden = addresses.add_channel(channel.guild, "hidden")  # type: ignore[arg-type]
    await addresses.revoke("view_channel", hidden)
    await addresses.say(ann, hidden, "secret")
    await addresses.say(ann, channel, "public")
    assert [each.id for each in await client.heard("message")] == [channel.last.id]
    with pytest.raises(discord.Forbidden) as caught:
        await client.fetch_channel(hidden.id)
    assert caught.value.code == 50001


async def test_presence_is_heard(addresses: Wire, client: Plain) -> None:
    """What the bot says of itself is kept for tests."""
    await client.change_presence(activity=discord.CustomActivity("memes"))
    assert (await addresses.until(lambda: addresses.presences))[0]["activities"][0]["state"] == "memes"
