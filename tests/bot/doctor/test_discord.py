"""What the doctor finds on Discord, against a server that speaks its API."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.commands import COMMANDS
from bot.core.texts import say
from bot.discord_app import _registry
from bot.doctor.discord_bot import check_discord
from bot.doctor.discord_rights import NEEDED, invite_link
from bot.doctor.findings import Findings, Level
from tests.bot.doctor.conftest import MakeKit, said
from tests.wire.discord import rights
from tests.wire.discord.findings import Breach
from tests.wire.discord.server import Wire

Look = Callable[..., Coroutine[Any, Any, Findings]]


@pytest.fixture
def look(discord: Wire, make_kit: MakeKit) -> Look:
    async def run(**settings: Any) -> Findings:
        values = {"discord_token": discord.token, "discord_api_url": discord.api_url, **settings}
        return await check_discord(make_kit(**values))

    return run


def register(discord: Wire, *names: str) -> None:
    for name in names:
        command_id = discord.clock.new_id()
        discord.world.commands[command_id] = {"id": str(command_id), "name": name, "type": 1}


async def test_without_a_token_nothing_is_asked(discord: Wire, look: Look) -> None:
    """Staying away from Discord is neither good nor bad."""
    (found,) = await look(discord_token="")
    assert (found.level, found.fact) == (Level.NOTE, "DISCORD_TOKEN is not set: not connected.")
    assert not discord.findings.calls


async def test_a_good_token_names_the_bot(discord: Wire, look: Look) -> None:
    """Who it is and which application, so that people see that they took the right one."""
    fine = said(await look(), Level.FINE)
    assert "Memesmith" in fine
    assert str(discord.bot.id) in fine


async def test_a_wrong_token_is_asked_about_once(discord: Wire, look: Look) -> None:
    """A refusal counts against the address, so the other questions are not asked."""
    (found,) = await look(discord_token="wrong-token")  # noqa: S106 - opens nothing
    assert found.level is Level.PROBLEM
    assert "Reset Token" in found.remedy
    assert "wrong-token" not in said((found,))
    assert discord.findings.take(Breach.TOKEN)
    assert sum(discord.findings.calls.values()) == 1


@pytest.mark.parametrize(
    ("status", "level"),
    [pytest.param(429, Level.HINT, id="too many calls"), pytest.param(503, Level.PROBLEM, id="Discord is down")],
)
async def test_other_answers_are_told_by_their_meaning(discord: Wire, look: Look, status: int, level: Level) -> None:
    """Being slowed down is no problem of the set-up; being down is one until it is over."""
    if status == 429:
        discord.rate_limit_next("GET /users/@me", retry_after_s=7.0)
    else:
        discord.fail_next("GET /users/@me", status=status)
    (found,) = await look()
    assert found.level is level
    assert ("8 s" in found.remedy) is (status == 429)


async def test_a_discord_that_cannot_be_reached_is_a_problem(look: Look) -> None:
    (found,) = await look(discord_api_url="http://127.0.0.1:1/api/v10")
    assert found.level is Level.PROBLEM
    assert "nothing listens there" in found.fact


@pytest.mark.parametrize(
    ("wanted", "granted", "level", "words"),
    [
        pytest.param(True, False, Level.PROBLEM, "DISCORD_MESSAGE_CONTENT is on", id="wanted and not granted"),
        pytest.param(True, True, Level.FINE, "may read", id="wanted and granted"),
        pytest.param(False, True, Level.NOTE, "does not read", id="granted and not wanted"),
        pytest.param(False, False, Level.NOTE, "does not read", id="neither"),
    ],
)
async def test_message_content(
    discord: Wire, look: Look, wanted: bool, granted: bool, level: Level, words: str
) -> None:
    """The setting and the portal's switch have to agree where content is wanted."""
    discord.gateway.granted = {"message_content"} if granted else set()
    assert words in said(await look(discord_message_content=wanted), level)


@pytest.mark.parametrize(
    ("portal", "level", "words"),
    [
        pytest.param({"interactions_endpoint_url": "https://x.example"}, Level.PROBLEM, "Endpoint", id="an endpoint"),
        pytest.param({"bot_require_code_grant": True}, Level.PROBLEM, "code grant", id="a code grant"),
        pytest.param({"bot_public": False}, Level.NOTE, "Only you can add it", id="a private bot"),
        pytest.param({"integration_types_config": {"0": {}, "1": {}}}, Level.FINE, "own account", id="user install"),
    ],
)
async def test_the_portal_s_switches(
    discord: Wire, look: Look, portal: dict[str, Any], level: Level, words: str
) -> None:
    """Each switch that matters is told, and no longer once it is as usual."""
    assert words not in said(await look(), level)
    discord.world.portal = portal
    assert words in said(await look(), level)


async def test_a_public_bot_without_a_policy_is_hinted_at(discord: Wire, look: Look) -> None:
    """Discord wants the link in the profile of whatever others can add."""
    assert "privacy policy" in said(await look(), Level.HINT)
    discord.world.portal = {"privacy_policy_url": "https://example.org/privacy"}
    assert "privacy policy" not in said(await look(), Level.HINT)


async def test_servers_are_counted_and_those_that_lack_something_named(discord: Wire, look: Look) -> None:
    """The permission is named as Discord shows it; with everything granted the server is not named any more."""
    assert "no server yet" in said(await look(), Level.HINT)
    good, poor = discord.add_guild("Good"), discord.add_guild("Poor [bold]one")
    discord.add_channel(good)
    poor.withheld = {"attach_files", "embed_links"}
    found = await look()
    assert "In Poor [bold]one it lacks Embed Links, Attach Files." in said(found, Level.PROBLEM)
    assert "Good" not in said(found)
    poor.granted[discord.bot.id] = {"administrator"}
    found = await look()
    assert said(found, Level.PROBLEM) == ""
    assert "in 2 servers, with every permission" in said(found, Level.FINE)


async def test_hundreds_of_servers_are_all_looked_at(discord: Wire, look: Look) -> None:
    """The list comes in pages; only a few of those that lack something are named."""
    for number in range(203):
        discord.add_guild(f"Guild {number}")
    for guild in list(discord.world.guilds.values())[-5:]:
        guild.withheld = {"view_channel"}
    found = await look()
    assert "in 203 servers; 198 of them with every permission" in said(found, Level.FINE)
    assert "2 more servers" in said(found, Level.PROBLEM)


async def test_slash_commands_are_compared_with_those_of_the_program(discord: Wire, look: Look) -> None:
    """None, some, all: what is missing is named."""
    names = [say("en", f"command.{each.name}.name") for each in COMMANDS]
    assert "no slash commands yet" in said(await look(), Level.HINT)
    register(discord, *names[1:])
    assert f"not registered: /{names[0]}." in said(await look(), Level.HINT)
    register(discord, names[0])
    found = await look()
    assert "slash" not in said(found, Level.HINT)
    assert f"{len(names)} slash commands" in said(found, Level.FINE)


async def test_too_few_shards_are_told(discord: Wire, look: Look) -> None:
    """A number of one's own that is below Discord's advice."""
    discord.gateway.shards = 3
    assert "advises 3" in said(await look(discord_shards=2), Level.HINT)
    assert "advises" not in said(await look(discord_shards=3))
    assert "advises" not in said(await look(discord_shards=0))


async def test_a_day_without_starts_left_is_a_problem(discord: Wire, look: Look) -> None:
    """Discord lets a bot connect a thousand times a day."""
    assert "start no more" not in said(await look())
    discord._backend.gateway.identified = 1000
    assert "start no more today" in said(await look(), Level.PROBLEM)


async def test_the_invitation_asks_for_exactly_what_is_needed(discord: Wire, look: Look) -> None:
    """The link's permissions are those that the doctor looks for, under Discord's own numbers."""
    link = next(each.remedy for each in await look() if each.fact.startswith("Invite"))
    query = parse_qs(urlsplit(link).query)
    names = {name.lower().replace(" ", "_").replace("channels", "channel") for name in NEEDED}
    assert int(query["permissions"][0]) == rights.bits(names)
    assert query["client_id"] == [str(discord.bot.id)]
    assert query["scope"] == ["bot applications.commands"]


async def test_something_else_at_the_address_is_said_to_be_so(look: Look, discord: Wire) -> None:
    """An answer in a shape that Discord never sends ends in a sentence."""
    discord.world.portal = {"id": None, "flags": "many"}
    assert "is not Discord" in said(await look(), Level.PROBLEM)


def test_the_doctor_and_the_bot_agree() -> None:
    """The doctor's link, made without the library, is that of /invite; its commands are those that are sent."""
    assert invite_link("123") == _registry.invite_link(123)
    sent = {each["name"] for each in _registry.describe_commands()}
    assert {say("en", f"command.{each.name}.name") for each in COMMANDS} <= sent
