"""Every limit of Discord's that the wire watches over, each exceeded once."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.wire.discord.findings import Breach
from tests.wire.discord.model import Channel, User
from tests.wire.discord.server import Wire

QUIET = {"parse": []}
POST = "POST /channels/{channel}/messages"


def button(custom_id: str = "a", label: str = "A") -> dict[str, Any]:
    return {"type": 2, "style": 1, "custom_id": custom_id, "label": label}


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def menu(options: int, label: str = "x") -> dict[str, Any]:
    choices = [{"label": label, "value": str(number)} for number in range(options)]
    return {"type": 3, "custom_id": "m", "options": choices}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"content": "x" * 2001}, id="content"),
        pytest.param({"embeds": [{"title": "x" * 257}]}, id="an embed's title"),
        pytest.param({"embeds": [{"description": "x" * 4097}]}, id="an embed's description"),
        pytest.param({"embeds": [{"description": "x" * 3001}] * 2}, id="all embeds together"),
        pytest.param({"embeds": [{"title": "x"}] * 11}, id="number of embeds"),
        pytest.param({"embeds": [{"fields": [{"name": "x", "value": "y"}] * 26}]}, id="number of fields"),
        pytest.param({"embeds": [{"fields": [{"name": "x", "value": "y" * 1025}]}]}, id="a field"),
        pytest.param({"embeds": [{"fields": [{"name": "x", "value": " "}]}]}, id="an empty field"),
        pytest.param({"embeds": [{"footer": {"text": "x" * 2049}}]}, id="a footer"),
        pytest.param({"components": [row(button())] * 6}, id="rows"),
        pytest.param({"components": [row(*[button(str(n)) for n in range(6)])]}, id="buttons in a row"),
        pytest.param({"components": [row(button(), button())]}, id="a custom_id twice"),
        pytest.param({"components": [row(button("x" * 101))]}, id="a custom_id"),
        pytest.param({"components": [row(button(""))]}, id="an empty custom_id"),
        pytest.param({"components": [row(button(label="x" * 81))]}, id="a label"),
        pytest.param({"components": [row(button(label=""))]}, id="a button without looks"),
        pytest.param({"components": [row(button() | {"emoji": {"name": "✖"}})]}, id="a symbol that is no emoji yet"),
        pytest.param({"components": [row(menu(26))]}, id="options of a menu"),
        pytest.param({"components": [row(menu(0))]}, id="a menu without options"),
        pytest.param({"components": [row(menu(1, "x" * 101))]}, id="an option's label"),
        pytest.param({"components": [row(menu(1), button())]}, id="a menu beside a button"),
        pytest.param({"nonce": "x" * 26}, id="a nonce"),
        pytest.param({"attachments": [{"id": "0", "description": "x"}]}, id="a description without its file"),
    ],
)
async def test_payloads_have_limits(wire: Wire, channel: Channel, call: Any, body: dict[str, Any]) -> None:
    """Each answers 50035 and is one breach."""
    path = f"/channels/{channel.id}/messages"
    status, told = await call("POST", path, json={"content": "x", "allowed_mentions": QUIET, **body})
    assert (status, told["code"]) == (400, 50035)
    assert len(wire.findings.take(Breach.FORM)) == 1
    assert channel.said() == []


def upload(data: bytes, description: str = "") -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    attachment = f'{{"id": "0", "description": "{description}"}}'
    form.add_field("payload_json", f'{{"attachments": [{attachment}]}}')
    form.add_field("files[0]", data, filename="a.png", content_type="application/octet-stream")
    return form


async def test_files_have_limits(wire: Wire, channel: Channel, call: Any) -> None:
    """Over the guild's limit: 413; alt text over its limit: 400."""
    path = f"/channels/{channel.id}/messages"
    channel.guild.max_file_bytes = 1000  # type: ignore[union-attr]
    assert (await call("POST", path, data=upload(b"x" * 1000)))[0] == 200
    assert (await call("POST", path, data=upload(b"x" * 1001)))[0] == 413
    assert (await call("POST", path, data=upload(b"x", "y" * 1025)))[0] == 400
    assert len(wire.findings.take(Breach.TOO_LARGE)) == 1
    assert len(wire.findings.take(Breach.FORM)) == 1


def slash(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "d", **more}


def option(name: str = "o", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "d", "type": 3, **more}


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param([slash("Meme")], id="capitals"),
        pytest.param([slash("a b")], id="a space"),
        pytest.param([slash("x" * 33)], id="a long name"),
        pytest.param([slash("a"), slash("a")], id="the same name twice"),
        pytest.param([slash(description="")], id="no description"),
        pytest.param([slash(description="x" * 101)], id="a long description"),
        pytest.param([slash(name_localizations={"en": "a"})], id="an unknown locale"),
        pytest.param([slash(description_localizations={"ko": "x" * 101})], id="a long translation"),
        pytest.param([slash(options=[option(), option("p", required=True)])], id="a required option last"),
        pytest.param([slash(options=[option(), option()])], id="an option twice"),
        pytest.param([slash(options=[option(choices=[{"name": "x", "value": "x"}] * 26)])], id="choices"),
        pytest.param([slash(options=[option(str(n)) for n in range(26)])], id="options"),
        pytest.param([slash(str(n)) for n in range(101)], id="slash commands"),
        pytest.param([{"name": f"M {n}", "type": 3} for n in range(16)], id="message commands"),
        pytest.param([{"name": f"U {n}", "type": 2} for n in range(16)], id="user commands"),
        pytest.param([{"name": "M", "type": 3, "description": "d"}], id="a described context menu"),
    ],
)
async def test_commands_have_limits(wire: Wire, call: Any, commands: list[dict[str, Any]]) -> None:
    """Each set is refused as a whole."""
    status, _ = await call("PUT", f"/applications/{wire.bot.id}/commands", json=commands)
    assert status == 400
    assert len(wire.findings.take(Breach.FORM)) == 1
    assert (wire.commands, wire.command_syncs) == ([], 0)


@pytest.mark.parametrize(
    ("modal", "right"),
    [
        pytest.param({"title": "x" * 46}, False, id="title"),
        pytest.param({"custom_id": ""}, False, id="custom_id"),
        pytest.param({"components": []}, False, id="no field"),
        pytest.param(
            {"components": [row({"type": 4, "custom_id": "a", "label": "x" * 46})]}, False, id="a field's label"
        ),
        pytest.param({}, True, id="all right"),
    ],
)
async def test_forms_have_limits(
    wire: Wire, channel: Channel, ann: User, call: Any, modal: dict[str, Any], right: bool
) -> None:
    """A form that Discord would not show is refused."""
    await call("PUT", f"/applications/{wire.bot.id}/commands", json=[slash("edit")])
    asked = await wire.slash(ann, channel, "edit")
    data = {"title": "t", "custom_id": "c", "components": [row({"type": 4, "custom_id": "a", "label": "l"})], **modal}
    status, _ = await call("POST", f"/interactions/{asked.id}/{asked.token}/callback", json={"type": 9, "data": data})
    assert (status == 204) is right
    assert len(wire.findings.take(Breach.FORM)) == (not right)


@pytest.mark.parametrize(
    ("choices", "right"),
    [
        pytest.param([{"name": "x", "value": "x"}] * 25, True, id="twenty-five"),
        pytest.param([{"name": "x", "value": "x"}] * 26, False, id="one too many"),
        pytest.param([{"name": "x" * 101, "value": "x"}], False, id="a long name"),
        pytest.param([{"name": "x", "value": "x" * 101}], False, id="a long value"),
    ],
)
async def test_completions_have_limits(
    wire: Wire, channel: Channel, ann: User, call: Any, choices: list[dict[str, Any]], right: bool
) -> None:
    """What is offered while somebody types."""
    await call("PUT", f"/applications/{wire.bot.id}/commands", json=[slash("a", options=[option(autocomplete=True)])])
    typing = asyncio.create_task(wire.autocomplete(ann, channel, "a", focused="o"))
    asked = await wire.until(lambda: wire.interactions[-1] if wire.interactions else None)
    body = {"type": 8, "data": {"choices": choices}}
    status, _ = await call("POST", f"/interactions/{asked.id}/{asked.token}/callback", json=body)
    assert (status == 204) is right
    assert len(wire.findings.take(Breach.FORM)) == (not right)
    typing.cancel()


async def test_bulk_deletion_has_limits(wire: Wire, channel: Channel, ann: User, call: Any) -> None:
    """Two to a hundred at once, none older than two weeks, and only with the right to."""
    said = [str((await wire.say(ann, channel, "x")).id) for _ in range(3)]
    path = f"/channels/{channel.id}/messages/bulk-delete"
    assert (await call("POST", path, json={"messages": said}))[1]["code"] == 50013
    assert channel.guild is not None
    wire.add_member(channel.guild, wire.bot, "manage_messages")
    assert (await call("POST", path, json={"messages": said[:1]}))[0] == 400
    wire.clock.advance(15 * 86_400)
    assert (await call("POST", path, json={"messages": said}))[1]["code"] == 50034
    wire.clock.advance(-15 * 86_400)
    assert (await call("POST", path, json={"messages": said}))[0] == 204
    assert channel.said() == []
    assert len(wire.findings.take(Breach.FORM)) == 1


async def test_buckets_empty_and_fill(wire: Wire, channel: Channel, call: Any) -> None:
    """The sixth message in five seconds waits; calling before the wait is over is held against the bot."""
    wire.set_bucket(POST, 2, 0.3)
    path, body = f"/channels/{channel.id}/messages", {"content": "x", "allowed_mentions": QUIET}
    assert [(await call("POST", path, json=body))[0] for _ in range(2)] == [200, 200]
    status, told = await call("POST", path, json=body)
    assert (status, told["global"]) == (429, False)
    assert not wire.findings.violations
    await call("POST", path, json=body)
    assert wire.findings.take(Breach.IMPATIENT)
    await asyncio.sleep(told["retry_after"])
    assert (await call("POST", path, json=body))[0] == 200
    assert wire.findings.refused[429] == 2


async def test_all_calls_together_have_a_limit(wire: Wire, call: Any) -> None:
    """Fifty a second over all routes."""
    answers = await asyncio.gather(*[call("GET", f"/channels/{number}") for number in range(60)])
    limited = [told for status, told in answers if status == 429]
    assert limited
    assert all(told["global"] for told in limited)


async def test_calling_where_it_is_refused_is_noticed(wire: Wire, channel: Channel, call: Any) -> None:
    """Three refusals in one place are bad luck, the fourth is stubborn."""
    await wire.revoke("send_messages", channel)
    path, body = f"/channels/{channel.id}/messages", {"content": "x", "allowed_mentions": QUIET}
    for _ in range(3):
        assert (await call("POST", path, json=body))[1]["code"] == 50013
    assert not wire.findings.violations
    await call("POST", path, json=body)
    assert wire.findings.take(Breach.STUBBORN)
    await wire.grant("send_messages", channel)
    assert (await call("POST", path, json=body))[0] == 200


async def test_ordered_trouble_comes_once(wire: Wire, channel: Channel, call: Any) -> None:
    """Errors, rate limits and delays that a test asks for, in order, then everything is as before."""
    path, body = f"/channels/{channel.id}/messages", {"content": "x", "allowed_mentions": QUIET}
    wire.fail_next(POST, status=503)
    wire.rate_limit_next(POST, retry_after_s=0.05)
    first, second = await call("POST", path, json=body), await call("POST", path, json=body)
    await asyncio.sleep(0.06)
    assert [first[0], second[0], (await call("POST", path, json=body))[0]] == [503, 429, 200]
    with pytest.raises(AssertionError):
        wire.fail_next("POST /nowhere")


async def test_the_token_is_checked(wire: Wire, channel: Channel) -> None:
    """A call without it is refused and noticed."""
    async with aiohttp.ClientSession() as session, session.get(f"{wire.api_url}/users/@me") as response:
        assert response.status == 401
    assert wire.findings.take(Breach.TOKEN)
