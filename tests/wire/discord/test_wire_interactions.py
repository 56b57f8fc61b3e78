"""Commands, buttons, menus and forms over the wire, and what Discord allows in answer to them."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
import pytest

from tests.wire.discord.asking import Scene
from tests.wire.discord.conftest import Plain
from tests.wire.discord.findings import Breach
from tests.wire.discord.interaction import Response
from tests.wire.discord.model import Channel, File, User
from tests.wire.discord.server import Wire

NO_PINGS = {"parse": []}
MEME = {
    "name": "meme",
    "description": "Make a meme",
    "contexts": [0, 1, 2],
    "integration_types": [0, 1],
    "options": [
        {"name": "prompt", "description": "Words", "type": 3, "required": True, "max_length": 100},
        {"name": "picture", "description": "A picture", "type": 11},
        {"name": "template", "description": "A template", "type": 3, "autocomplete": True},
        {"name": "n", "description": "How many", "type": 4, "min_value": 1, "max_value": 8},
    ],
}


@pytest.fixture
async def commands(wire: Wire, call: Any) -> None:
    status, _ = await call("PUT", f"/applications/{wire.bot.id}/commands", json=[MEME, {"name": "Look at", "type": 3}])
    assert status == 200


async def test_a_command_arrives_with_its_options_and_files(
    addresses: Wire, client: Plain, channel: Channel, ann: User, commands: None
) -> None:
    """discord.py sees text, numbers and resolved attachments; the answer reaches the asker."""
    seen: list[Any] = []

    async def answer(interaction: discord.Interaction) -> None:
        seen.append(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("done", file=discord.File(io.BytesIO(b"x"), "x.png"))

    client.answer = answer
    asked = await addresses.slash(ann, channel, "meme", prompt="monday", picture=File("a.png", b"png"), n=2)
    assert await asked.acknowledged() is Response.DEFERRED_MESSAGE
    shown = await asked.answered()
    assert (shown.content, shown.ephemeral, shown is asked.original) == ("done", True, True)
    options = {each["name"]: each["value"] for each in seen[0].data["options"]}
    (attachment,) = seen[0].data["resolved"]["attachments"].values()
    assert (options["prompt"], options["n"], attachment["filename"]) == ("monday", 2, "a.png")
    assert channel.said() == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("mem", {"prompt": "x"}, id="an unknown command"),
        pytest.param("meme", {}, id="a required option left out"),
        pytest.param("meme", {"prompt": "x", "size": 1}, id="an unknown option"),
        pytest.param("meme", {"prompt": "x", "n": 9}, id="a number out of range"),
        pytest.param("meme", {"prompt": 5}, id="a value of another type"),
        pytest.param("meme", {"prompt": "x" * 101}, id="a text that is too long"),
    ],
)
async def test_people_cannot_type_what_is_not_registered(
    wire: Wire, channel: Channel, ann: User, commands: None, name: str, values: dict[str, Any]
) -> None:
    """The driver refuses what Discord's own clients would not send."""
    with pytest.raises(AssertionError):
        await wire.slash(ann, channel, name, **values)


async def test_buttons_menus_and_forms(addresses: Wire, client: Plain, channel: Channel, ann: User) -> None:
    """A press opens a form, the form changes the message, a menu answers with a message of its own."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Edit", custom_id="edit"))
    view.add_item(discord.ui.Select(custom_id="pick", options=[discord.SelectOption(label="A", value="a")]))
    place: Any = client.get_channel(channel.id)
    await place.send("meme", view=view)
    modal = discord.ui.Modal(title="Words", custom_id="words")
    modal.add_item(discord.ui.TextInput(label="Top", custom_id="top", default="old"))

    async def answer(interaction: discord.Interaction) -> None:
        data: Any = interaction.data
        if data["custom_id"] == "edit":
            await interaction.response.send_modal(modal)
        elif data["custom_id"] == "words":
            await interaction.response.edit_message(content=data["components"][0]["components"][0]["value"])
        else:
            await interaction.response.send_message(data["values"][0])

    client.answer = answer
    pressed = await addresses.press(ann, channel.last, "edit")
    form = await pressed.asked_for()
    assert form["title"] == "Words"
    sent = await addresses.submit_modal(pressed, top="new")
    assert (await sent.answered()).content == "new"
    chosen = await addresses.choose(ann, channel.messages[sent.message.id], "pick", "a")  # type: ignore[union-attr]
    assert (await chosen.answered()).content == "a"
    with pytest.raises(AssertionError):
        await addresses.press(ann, channel.last, "nothing")


async def test_autocomplete_and_context_menus(
    addresses: Wire, client: Plain, channel: Channel, ann: User, commands: None
) -> None:
    """Choices come back at once; a message command carries its message, content and all."""
    said = await addresses.say(ann, channel, "secret words")

    async def answer(interaction: discord.Interaction) -> None:
        data: Any = interaction.data
        if interaction.type is discord.InteractionType.autocomplete:
            text = next(each["value"] for each in data["options"] if each.get("focused"))
            await interaction.response.autocomplete([discord.app_commands.Choice(name=text + "!", value="v")])
        else:
            await interaction.response.send_message(data["resolved"]["messages"][data["target_id"]]["content"])

    client.answer = answer
    choices = await addresses.autocomplete(ann, channel, "meme", focused="template", template="two")
    assert choices == [{"name": "two!", "value": "v"}]
    assert (await (await addresses.menu(ann, channel, "Look at", said)).answered()).content == "secret words"


async def test_an_app_of_a_persons_own_works_where_the_bot_is_not(
    addresses: Wire, client: Plain, ann: User, commands: None
) -> None:
    """There it may follow up five times, and no more."""
    elsewhere = addresses.add_channel(addresses.add_guild("Elsewhere", has_bot=False))
    seen: list[Any] = []

    async def answer(interaction: discord.Interaction) -> None:
        seen.append(interaction)
        await interaction.response.send_message("0")
        for number in range(6):
            await interaction.followup.send(str(number + 1))

    client.answer = answer
    scene = Scene(ann, elsewhere, user_installed=True)
    asked = await addresses.slash(ann, elsewhere, "meme", scene=scene, prompt="x")
    await addresses.until(lambda: addresses.findings.take(Breach.FOLLOW_UPS), what="the sixth follow-up")
    assert [each.content for each in asked.follow_ups] == ["1", "2", "3", "4", "5"]
    assert seen[0].is_user_integration()
    assert not seen[0].is_guild_integration()


async def respond(wire: Wire, call: Any, asked: Any, kind: int, **data: Any) -> tuple[int, Any]:
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    return await call("POST", path, json={"type": kind, **({"data": data} if data else {})})


async def test_a_response_after_three_seconds_is_unknown(
    wire: Wire, channel: Channel, ann: User, commands: None, call: Any
) -> None:
    """It gets 10062, and is held against the bot."""
    asked = await wire.slash(ann, channel, "meme", prompt="x")
    wire.clock.advance(3.1)
    _, told = await respond(wire, call, asked, 5)
    assert told["code"] == 10062
    assert wire.findings.take(Breach.LATE)
    asked.heard = False


async def test_one_interaction_has_one_first_response(
    wire: Wire, channel: Channel, ann: User, commands: None, call: Any
) -> None:
    """The second gets 40060; the time of the first is measured."""
    asked = await wire.slash(ann, channel, "meme", prompt="x")
    await respond(wire, call, asked, 5)
    _, told = await respond(wire, call, asked, 5)
    assert told["code"] == 40060
    assert wire.findings.take(Breach.TWICE)
    assert 0 < wire.findings.acknowledgement_s(0.5) == asked.acknowledged_after_s


async def test_a_silent_bot_is_found_out(wire: Wire, channel: Channel, ann: User, commands: None) -> None:
    """Whatever nobody responded to is named at the end; what no bot could hear is not."""
    asked = await wire.slash(ann, channel, "meme", prompt="x")
    assert not asked.heard
    wire.assert_clean()
    asked.heard = True
    with pytest.raises(AssertionError, match="never responded"):
        wire.assert_clean()
    asked.heard = False
    wire.findings.violations.clear()


@pytest.mark.parametrize(
    ("kind", "data", "breach"),
    [
        pytest.param(8, {"choices": []}, Breach.WRONG_RESPONSE, id="choices to a command"),
        pytest.param(
            7, {"content": "x", "allowed_mentions": NO_PINGS}, Breach.WRONG_RESPONSE, id="an update of nothing"
        ),
        pytest.param(5, {"flags": 64 | 4}, Breach.DEFERRAL, id="a deferral with other flags"),
        pytest.param(5, {"content": "wait"}, Breach.DEFERRAL, id="a deferral with words"),
        pytest.param(4, {"content": "hi"}, Breach.MENTIONS, id="words that may ping"),
        pytest.param(4, {"flags": 64}, Breach.EMPTY, id="nothing to show"),
    ],
)
async def test_responses_are_checked(
    wire: Wire, channel: Channel, ann: User, commands: None, call: Any, kind: int, data: Any, breach: Breach
) -> None:
    """Each wrong response is one breach of its kind."""
    asked = await wire.slash(ann, channel, "meme", prompt="x")
    await respond(wire, call, asked, kind, **data)
    assert len(wire.findings.take(breach)) == 1
    asked.heard = False


async def test_tokens_end_after_fifteen_minutes(
    wire: Wire, channel: Channel, ann: User, commands: None, call: Any
) -> None:
    """Until then @original can be read, changed and removed; then the token is invalid."""
    asked = await wire.slash(ann, channel, "meme", prompt="x")
    hook = f"/webhooks/{wire.bot.id}/{asked.token}"
    assert (await call("GET", f"{hook}/messages/@original"))[1]["code"] == 10015
    await respond(wire, call, asked, 5)
    await call("PATCH", f"{hook}/messages/@original", json={"content": "done", "allowed_mentions": NO_PINGS})
    assert (await asked.answered()).content == "done"
    wire.clock.advance(901)
    assert (await call("GET", f"{hook}/messages/@original"))[1]["code"] == 50027
    wire.clock.advance(-901)
    assert (await call("DELETE", f"{hook}/messages/@original"))[0] == 204
    assert (await call("GET", f"{hook}/messages/@original"))[1]["code"] == 10008


async def test_waiting_says_what_was_waited_for(wire: Wire, channel: Channel, ann: User, commands: None) -> None:
    """A test that waits in vain fails with the interaction's name."""
    asked = await wire.slash(ann, channel, "meme", prompt="x")
    with pytest.raises(AssertionError, match="command 'meme'"):
        await asked.answered(0.05)
    await asyncio.sleep(0)
