"""The bot's connection: cut and resumed, shared among clusters, flooded, refused, and what it says at start."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.discord_app.client import DiscordChat, DiscordUnavailable
from inference.contract import CaptionRequest
from tests.bot.discord.conftest import House, picture
from tests.bot.discord.test_buttons import control, counts
from tests.bot.scripted_pool import ScriptedPool
from tests.wire.discord.findings import Breach
from tests.wire.discord.model import Channel, User
from tests.wire.discord.server import Wire

CALLBACK = "POST /interactions/{interaction}/{token}/callback"
READ = "GET /channels/{channel}/messages/{message}"
EDIT = "PATCH /webhooks/{app}/{token}/messages/{message}"


async def nothing_left(bot: DiscordChat) -> None:
    """Wait until every event that was written down is struck out."""
    async with asyncio.timeout(10):
        while await bot._core.inbox.pending("discord"):  # noqa: ASYNC110 - the database has no bell
            await asyncio.sleep(0.05)


async def test_what_happens_during_a_cut_is_answered_after_it(
    wire: Wire, bot: DiscordChat, channel: Channel, ann: User
) -> None:
    """The session is resumed: a mention and a vote that came meanwhile are not lost, and come once."""
    meme = await (await wire.slash(ann, channel, "meme", prompt="before")).answered()
    await wire.drop_connections()
    await wire.react(ann, meme, "👍")
    await wire.say(ann, channel, f"<@{wire.bot.id}> during")
    answer = await wire.next_message(channel, meme)
    assert "during" in (answer.attachments[0].description or "")
    await wire.until(lambda: counts(meme) == ("1", "0"), what="the vote")
    assert (wire.identified, wire.resumed) == (1, 1)


async def test_work_goes_on_while_the_connection_is_gone(
    wire: Wire, pool: ScriptedPool, bot: DiscordChat, channel: Channel, ann: User
) -> None:
    """Answers go through the API, not through the gateway."""
    pool.hold = asyncio.Event()
    asked = await wire.slash(ann, channel, "meme", prompt="slow")
    await asked.acknowledged(1.0)
    await wire.drop_connections()
    pool.hold.set()
    assert (await asked.answered()).attachments


async def test_a_lost_session_is_made_up_for(wire: Wire, bot: DiscordChat, channel: Channel, ann: User) -> None:
    """Where Discord forgets the session, votes are read back from the memes."""
    meme = await (await wire.slash(ann, channel, "meme", prompt="before")).answered()
    await wire.until(lambda: wire.findings.calls[READ], what="the reading at the start")
    await asyncio.sleep(0.5)
    await wire.drop_connections(resumable=False)
    await wire.react(ann, meme, "👎")
    await wire.until(lambda: counts(meme) == ("0", "1"), 20.0, "the vote that was read back")
    assert wire.identified == 2


async def test_five_hundred_messages_in_ten_seconds_delay_nobody(
    wire: Wire, bot: DiscordChat, pool: ScriptedPool, channel: Channel, ann: User, bob: User
) -> None:
    """Chatter is passed over; commands amid it are acknowledged within a second, and heartbeats stay in time."""
    began = time.monotonic()
    asked = []
    for number in range(500):
        await wire.say(bob, channel, f"chatter {number}", files=[picture()] if number % 10 == 0 else [])
        if number % 50 == 0:
            asked.append(await wire.slash(ann, channel, "meme", prompt=str(number)))
        await asyncio.sleep(max(0.0, began + number * 0.02 - time.monotonic()))
    for each in asked:
        assert (await each.answered()).attachments
    assert wire.findings.acknowledgement_s(1.0) < 1.0
    assert len(pool.requests(CaptionRequest)) == 10


async def test_clusters_share_the_shards(house: House, wire: Wire, ann: User) -> None:
    """Two processes with two shards each: every server is served by exactly one of them."""
    channels = [wire.add_channel(wire.add_guild(f"Guild {number}")) for number in range(4)]
    house.options |= {"shards": 2, "clusters": 2}
    async with house.open():
        house.options["cluster"] = 1
        async with house.open():
            for channel in channels:
                asked = await wire.slash(ann, channel, "meme", prompt="here")
                assert (await asked.answered()).attachments
    assert wire.findings.calls[CALLBACK] == len(channels)
    assert wire.command_syncs == 1


async def test_a_cluster_without_shards_is_named(house: House) -> None:
    """A wrong number is a sentence at start."""
    house.options |= {"cluster": 3, "clusters": 4, "shards": 2}
    with pytest.raises(DiscordUnavailable, match="DISCORD_CLUSTER"):
        async with house.open():
            pass


async def test_no_session_is_begun_beyond_what_discord_allows(house: House, wire: Wire) -> None:
    """A thousand a day, or Discord takes the token away: the bot asks first, and says how long to wait."""
    wire._backend.gateway.identified = 1_000
    with pytest.raises(DiscordUnavailable, match="1 h"):
        async with house.open():
            pass
    assert wire.identified == 1_000


async def test_a_wrong_token_is_named(house: House, wire: Wire) -> None:
    """The sentence says which setting is wrong."""
    house.options["token"] = "wrong"  # noqa: S105 - on purpose
    with pytest.raises(DiscordUnavailable, match="DISCORD_TOKEN"):
        async with house.open():
            pass
    assert wire.findings.take(Breach.TOKEN)


async def test_a_discord_that_is_out_of_reach_is_waited_for(
    house: House, wire: Wire, channel: Channel, ann: User
) -> None:
    """Failing at the start keeps nothing else from starting; once Discord is there, the bot is, too."""
    wire.fail_next("GET /users/@me", status=503)
    async with house.open():
        assert (await (await wire.slash(ann, channel, "meme", prompt="late")).answered()).attachments
    assert wire.command_syncs == 1


async def test_an_intent_that_was_not_granted_is_done_without(
    house: House, wire: Wire, channel: Channel, ann: User, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for by setting, refused by the portal: the bot says so and works."""
    house.options["message_content"] = True
    async with house.open():
        await wire.say(ann, channel, f"<@{wire.bot.id}> hello")
        assert (await wire.next_message(channel)).attachments
    assert "discord.intent_missing" in capsys.readouterr().out
    assert wire.findings.take(Breach.INTENTS) == []


async def test_its_presence_names_the_command(wire: Wire, bot: DiscordChat) -> None:
    """Whoever sees it in the list of members reads how to begin."""
    assert wire.presences[0]["game"]["state"] == "/meme"


async def test_an_interaction_that_came_too_late_is_let_go(
    wire: Wire, pool: ScriptedPool, bot: DiscordChat, channel: Channel, ann: User
) -> None:
    """10062 on the acknowledgement: no work, no further calls, and the next one is answered."""
    wire.fail_next(CALLBACK, status=404, code=10062)
    late = await wire.slash(ann, channel, "meme", prompt="late")
    asked = await wire.slash(ann, channel, "meme", prompt="next")
    assert (await asked.answered()).attachments
    assert [each.prompt for each in pool.requests(CaptionRequest)] == ["next"]  # type: ignore[attr-defined]
    late.heard = False
    await nothing_left(bot)


async def test_a_placeholder_that_somebody_deleted_is_let_go(
    wire: Wire, pool: ScriptedPool, bot: DiscordChat, channel: Channel, ann: User
) -> None:
    """Nobody waits for that answer any more."""
    pool.hold = asyncio.Event()
    asked = await wire.slash(ann, channel, "meme", prompt="unwanted")
    await asked.acknowledged()
    assert asked.original is not None
    await wire.delete_message(asked.original)
    pool.hold.set()
    assert (await (await wire.slash(ann, channel, "help")).answered()).words
    assert channel.said() == []


@pytest.mark.parametrize("route", [CALLBACK, EDIT], ids=["acknowledgement", "answer"])
async def test_rate_limits_on_interactions_are_waited_for(
    wire: Wire, bot: DiscordChat, channel: Channel, ann: User, route: str
) -> None:
    """429 with the time to wait: the call comes again after it, and not before."""
    wire.rate_limit_next(route, retry_after_s=0.2)
    assert (await (await wire.slash(ann, channel, "meme", prompt="x")).answered()).attachments
    assert wire.findings.refused[429] == 1


async def test_a_button_pressed_twice_at_once_works_once(
    wire: Wire, pool: ScriptedPool, bot: DiscordChat, channel: Channel, ann: User
) -> None:
    """Impatient fingers make no second job."""
    meme = await (await wire.slash(ann, channel, "meme", prompt="x")).answered()
    pool.jobs.clear()
    pool.hold = asyncio.Event()
    presses = [await wire.press(ann, meme, control(meme, "next:")) for _ in range(3)]
    for each in presses:
        await each.acknowledged()
    pool.hold.set()
    await wire.until(lambda: meme.edits > 1, what="the re-roll")
    assert len(pool.jobs) == 1


async def test_a_full_line_is_acknowledged_in_time(
    wire: Wire, pool: ScriptedPool, bot: DiscordChat, channel: Channel
) -> None:
    """Two hundred jobs wait and nothing gets done: every command is acknowledged within a second all the same."""
    assert channel.guild is not None
    pool.hold = asyncio.Event()
    asked = []
    for number in range(200):
        person = wire.add_member(channel.guild, wire.add_user(f"Person {number}"))
        asked.append(await wire.slash(person, channel, "meme", prompt="now"))
        await asyncio.sleep(0.02)
    for each in asked:
        await each.acknowledged()
    assert wire.findings.acknowledgement_s(0.99) < 1.0
    pool.hold.set()
    for each in asked:
        assert (await each.answered(30.0, where=lambda message: message.attachments)).attachments
    await nothing_left(bot)
