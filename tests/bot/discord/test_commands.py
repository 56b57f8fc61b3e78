"""Every command on Discord, typed by people into the real client."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.commands import COMMANDS
from bot.core.limits import Rate
from bot.discord_app.client import DiscordChat
from inference.contract import CaptionRequest, FailureKind, FlagRequest
from tests.bot.discord.conftest import House, picture
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool
from tests.wire.discord import rights
from tests.wire.discord.asking import Scene
from tests.wire.discord.interaction import Response
from tests.wire.discord.model import Channel, File, User
from tests.wire.discord.server import Wire

pytestmark = pytest.mark.usefixtures("bot")


def caption_request(pool: ScriptedPool) -> CaptionRequest:
    (request,) = pool.requests(CaptionRequest)
    assert isinstance(request, CaptionRequest)
    return request


async def test_a_meme_comes_with_alt_text_and_buttons(wire: Wire, channel: Channel, ann: User) -> None:
    """/meme is acknowledged first, then its placeholder becomes the meme, for everybody to see and vote on."""
    asked = await wire.slash(ann, channel, "meme", prompt="monday")
    assert await asked.acknowledged(1.0) is Response.DEFERRED_MESSAGE
    meme = await asked.answered()
    assert meme is asked.original
    assert (meme in channel.said(), meme.ephemeral) == (True, False)
    (attachment,) = meme.attachments
    assert attachment.file.name == "meme.png"
    assert "monday" in (attachment.description or "")
    assert [each["emoji"]["name"] for each in meme.controls.values()] == ["👍", "👎", "🔁", "✏️", "🗑️"]


async def test_every_option_of_meme_reaches_the_models(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User
) -> None:
    """Picture, prompt, template, tone and number of candidates."""
    shot = picture()
    asked = await wire.slash(
        ann, channel, "meme", picture=shot, prompt="rain", template="sad-cloud", tone="sadness", candidates=2
    )
    await asked.answered()
    request = caption_request(pool)
    assert (request.image, request.prompt, request.template) == (shot.data, "rain", "sad-cloud")
    assert (request.tone, request.n) == ("sadness", 2)


@pytest.mark.parametrize("typed", ["two-doors", "Two"])
async def test_a_template_may_be_typed_instead_of_chosen(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, typed: str
) -> None:
    """A name, or what finds it."""
    await (await wire.slash(ann, channel, "meme", template=typed)).answered()
    assert caption_request(pool).template == "two-doors"


async def test_a_template_that_is_none_is_told(wire: Wire, pool: ScriptedPool, channel: Channel, ann: User) -> None:
    """Typed letters that find nothing are refused before any work is done."""
    told = await (await wire.slash(ann, channel, "meme", template="zebra")).answered()
    assert "zebra" in told.content
    assert pool.jobs == []


async def test_templates_are_completed_with_a_preview(wire: Wire, channel: Channel, ann: User) -> None:
    """While typing, titles are offered with words as they would stand on it."""
    offered = await wire.autocomplete(ann, channel, "meme", focused="template", template="two")
    assert offered == [{"name": "Two doors: this / that", "value": "two-doors"}]
    assert len(await wire.autocomplete(ann, channel, "meme", focused="template")) == 2


async def test_a_refusal_is_for_the_asker_alone(wire: Wire, pool: ScriptedPool, channel: Channel, ann: User) -> None:
    """The public placeholder goes, and only who asked reads why."""
    broken = File("broken.png", b"\x89PNG broken")
    pool.failing["caption"] = FailureKind.INVALID_IMAGE
    asked = await wire.slash(ann, channel, "meme", picture=broken)
    told = await asked.answered()
    assert told.ephemeral
    assert "can't use that file" in told.content
    assert channel.said() == []


async def test_a_picture_that_is_too_large_is_not_fetched(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User
) -> None:
    """20 MiB is the limit; the size that Discord tells is enough to say no."""
    huge = File("huge.png", b"x", declared_bytes=21 * 2**20)
    told = await (await wire.slash(ann, channel, "genre", picture=huge)).answered()
    assert "20 MB" in told.content
    assert wire.downloads == []
    liar = File("liar.png", b"x" * (21 * 2**20), declared_bytes=1000)
    told = await (await wire.slash(ann, channel, "genre", picture=liar)).answered()
    assert "20 MB" in told.content
    assert pool.jobs == []


async def test_a_genre_is_shown_in_bars(wire: Wire, channel: Channel, ann: User) -> None:
    """/genre is for everybody: eight bars, best first, the template and the era."""
    shown = await (await wire.slash(ann, channel, "genre", picture=picture())).answered()
    (embed,) = shown.embeds
    assert not shown.ephemeral
    assert embed["description"].count("`") == 16
    assert "█" in embed["description"]
    assert "2008" in embed["description"]


async def test_a_check_is_private(wire: Wire, channel: Channel, ann: User) -> None:
    """/check tells the asker alone: a verdict, the words that carried it, categories."""
    asked = await wire.slash(ann, channel, "check", text=f"you {BAD_WORD}")
    shown = await asked.answered()
    (embed,) = shown.embeds
    assert (shown.ephemeral, asked.ephemeral, channel.said()) == (True, True, [])
    assert "may hurt" in embed["title"]
    assert f"“{BAD_WORD}”" in embed["description"]


@pytest.mark.parametrize(
    ("name", "words", "private"),
    [
        pytest.param("help", "/genre", True, id="help"),
        pytest.param("start", "Hello", True, id="start"),
        pytest.param("privacy", "store about you", True, id="privacy"),
        pytest.param("survey", "laughing", True, id="survey"),
        pytest.param("top", "best memes", False, id="top"),
        pytest.param("templates list", "base pictures", True, id="templates"),
        pytest.param("invite", "another server", True, id="invite"),
    ],
)
async def test_screens_open(wire: Wire, channel: Channel, ann: User, name: str, words: str, private: bool) -> None:
    """Each command shows its screen, at once and to whom it is for."""
    shown = await (await wire.slash(ann, channel, name)).answered()
    assert words in shown.words
    assert shown.ephemeral is private


async def test_help_tells_only_what_one_may_do(wire: Wire, channel: Channel, ann: User, admin: User) -> None:
    """/settings is for admins, and only they are told of it."""
    for person, told in ((ann, False), (admin, True)):
        shown = await (await wire.slash(person, channel, "help")).answered()
        assert ("/settings" in shown.words) is told


async def test_the_invitation_asks_for_no_more_than_is_needed(wire: Wire, channel: Channel, ann: User) -> None:
    """The link names the rights one by one; neither administrator nor anything to moderate with is among them."""
    shown = await (await wire.slash(ann, channel, "invite")).answered()
    (button,) = shown.components[0]["components"]
    assert f"client_id={wire.bot.id}" in button["url"]
    needed = ("view_channel", "send_messages", "send_messages_in_threads", "attach_files", "embed_links")
    assert f"permissions={rights.bits((*needed, 'read_message_history'))}" in button["url"]


async def test_context_menus_look_at_a_message(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, bob: User
) -> None:
    """Without the message-content intent, Discord hands the message over, whoever wrote it."""
    said = await wire.say(bob, channel, "look at this", files=[picture(shade=50)])
    meme = await (await wire.menu(ann, channel, "Make a meme of this", said)).answered()
    assert meme.attachments
    assert caption_request(pool).image == picture(shade=50).data
    assert (await (await wire.menu(ann, channel, "What genre is this?", said)).answered()).embeds
    assert (await (await wire.menu(ann, channel, "Check this meme", said)).answered()).ephemeral


async def test_every_picture_of_a_message_is_looked_at(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, bob: User
) -> None:
    """Attachments, proxied previews and stickers; a file that is no picture is passed over."""
    preview = {"image": {"url": "https://elsewhere.example/x.png", "proxy_url": await_url(wire, bob, channel)}}
    sticker = wire.add_sticker("wave", picture("wave.png", 70))
    files = [picture(shade=10), File("notes.pdf", b"pdf"), picture("b.png", 20)]
    said = await wire.say(bob, channel, files=files, stickers=[sticker], embeds=[preview])
    shown = await (await wire.menu(ann, channel, "Check this meme", said)).answered()
    assert len(shown.embeds) == 4
    images = [request.image for request in pool.requests(FlagRequest) if isinstance(request, FlagRequest)]
    assert images == [picture(shade=shade).data for shade in (10, 20, 30, 70)]


def await_url(wire: Wire, user: User, channel: Channel) -> str:
    """The address under which Discord would proxy a picture of elsewhere."""
    attachment = wire.world.attach(picture("preview.png", 30), channel)
    return str(wire._backend.shape.attachment(attachment)["url"])


async def test_a_message_without_a_picture_is_a_prompt(
    wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, bob: User
) -> None:
    """ "Make a meme of this" on words makes a meme about them."""
    said = await wire.say(bob, channel, "my code works and I don't know why")
    await (await wire.menu(ann, channel, "Make a meme of this", said)).answered()
    assert caption_request(pool).prompt == said.content


async def test_a_person_becomes_a_meme(wire: Wire, pool: ScriptedPool, channel: Channel, ann: User, bob: User) -> None:
    """The menu on a person takes their avatar."""
    bob.avatar = picture("bob.png", 40)
    await (await wire.menu(ann, channel, "Make a meme of this person", bob)).answered()
    assert caption_request(pool).image == bob.avatar.data


async def test_everything_speaks_korean(wire: Wire, pool: ScriptedPool, channel: Channel) -> None:
    """Names, descriptions and answers follow the person's own language."""
    assert channel.guild is not None
    minji = wire.add_member(channel.guild, wire.add_user("Minji", "ko"))
    shown = await (await wire.slash(minji, channel, "help")).answered()
    assert "밈" in shown.words
    named = {each["name"]: each for each in wire.commands}
    for command in COMMANDS:
        assert named[command.name]["name_localizations"]["ko"]
        assert named[command.name]["description_localizations"]["ko"] != named[command.name]["description"]
    assert named["Make a meme of this"]["name_localizations"]["ko"]


async def test_an_app_of_a_persons_own_works_everywhere(wire: Wire, bot: DiscordChat, ann: User) -> None:
    """In a server without the bot, and in private chats of others: /meme, its buttons, and the menus."""
    elsewhere = wire.add_channel(wire.add_guild("Elsewhere", has_bot=False))
    scene = Scene(ann, elsewhere, user_installed=True)
    meme = await (await wire.slash(ann, elsewhere, "meme", scene=scene, prompt="away")).answered()
    up = next(each for each in meme.controls if each.startswith("up:"))
    await (await wire.press(ann, meme, up)).answered()
    assert meme.controls[up]["label"] == "1"
    friends = wire.world.open_dm(ann, wire.add_user("Friend"))
    scene = Scene(ann, friends, user_installed=True)
    assert (await (await wire.slash(ann, friends, "meme", scene=scene, prompt="us")).answered()).attachments


async def test_commands_are_sent_only_when_they_changed(house: House, wire: Wire) -> None:
    """The second start sends nothing: Discord still has them."""
    assert wire.command_syncs == 1
    async with house.open():
        pass
    assert wire.command_syncs == 1
    assert len(wire.commands) == len(COMMANDS) + 5


async def test_a_command_of_another_version_is_told_so(wire: Wire, channel: Channel, ann: User) -> None:
    """What Discord still offers after a change of commands gets a sentence, not silence."""
    wire.world.commands[1] = {"id": "1", "name": "old", "type": 1, "options": []}
    told = await (await wire.slash(ann, channel, "old")).answered()
    assert told.ephemeral
    assert "/help" in told.content


async def test_too_many_requests_are_told_how_long_to_wait(house: House, wire: Wire, channel: Channel) -> None:
    """The core's limits hold here as everywhere, in a sentence for the one who asks."""
    person = wire.add_member(channel.guild, wire.add_user("Eager"))  # type: ignore[arg-type]
    house.parts["rate"] = Rate(burst=1, per_minute=1)
    async with house.open():
        answers: list[Any] = [await wire.slash(person, channel, "genre", picture=picture()) for _ in range(2)]
        shown = [await each.answered() for each in answers]
    assert sorted(each.ephemeral for each in shown) == [False, True]
