"""Memes on Telegram, from everything people can ask with."""

from __future__ import annotations

import pytest

from bot.telegram_app.client import TelegramBot
from db import stores
from inference.contract import CaptionRequest, FailureKind
from tests.bot.scripted_pool import ScriptedPool, draw_png
from tests.bot.telegram.conftest import all_answered, draw_jpeg, make
from tests.wire.telegram import Chat, TelegramWire, User, animation, document, sticker, video

pytestmark = pytest.mark.usefixtures("bot")


def asked(pool: ScriptedPool) -> CaptionRequest:
    request = pool.requests(CaptionRequest)[-1]
    assert isinstance(request, CaptionRequest)
    return request


async def test_a_prompt_becomes_a_meme_below_the_command(wire: TelegramWire, ann: User, group: Chat) -> None:
    """The answer is a photo that replies to the command, with its five buttons and the alt text in its caption."""
    command = await wire.say(ann, group, "/meme monday")
    meme = await group.next_media()
    assert meme.reply_to is command
    assert [button.text for button in meme.buttons] == ["👍", "👎", "🔁", "✏️", "🗑"]
    assert "A picture with the words" in meme.caption
    assert "monday" in meme.caption
    assert meme.media
    assert meme.media.kind == "photo"


async def test_the_alt_text_folds_away_and_is_read_out_whole(wire: TelegramWire, ann: User, group: Chat) -> None:
    """Telegram has no alt text: it stands in the caption as an expandable quotation."""
    meme = await make(wire, ann, group)
    (quotation,) = [entity for entity in meme.content.entities if entity.type == "expandable_blockquote"]
    assert quotation.of(meme.caption).startswith("A picture with the words")


@pytest.mark.parametrize(
    ("typed", "template", "tone", "count", "prompt"),
    [
        pytest.param("/meme monday again", None, None, 4, "monday again", id="words"),
        pytest.param("/meme template:doors monday", "two-doors", None, 4, "monday", id="a template by an alias"),
        pytest.param('/meme monday t:"sad frog"', "sad-frog", None, 4, "monday", id="a template in quotes"),
        pytest.param("/meme tone:joy n:2 monday", None, "joy", 2, "monday", id="tone and number"),
        pytest.param("/meme 분위기:즐겁게 개수:3 월요일", None, "joy", 3, "월요일", id="in Korean"),
        pytest.param("/meme at 10:30 tone:purple", None, None, 4, "at 10:30 tone:purple", id="no options of ours"),
        pytest.param("/meme@memesmith_test_bot monday", None, None, 4, "monday", id="with the bot's name"),
    ],
)
async def test_options_stand_among_the_words(
    wire: TelegramWire, pool: ScriptedPool, ann: User, group: Chat, typed: str, template: str | None, tone: str | None,
    count: int, prompt: str,
) -> None:  # fmt: skip
    """`name:value` chooses template, tone and number of candidates, in either language; other colons mean nothing."""
    await wire.say(ann, group, typed)
    await group.next_media()
    request = asked(pool)
    assert (request.template, request.tone, request.n, request.prompt) == (template, tone, count, prompt)


PNG = draw_png(9)
SOURCES = [
    pytest.param({"photo": draw_jpeg()}, id="photo"),
    pytest.param({"attachment": sticker(b"RIFF....WEBPVP8 ")}, id="sticker"),
    pytest.param({"attachment": sticker(b"\x1aE\xdf\xa3 webm", "video")}, id="video sticker"),
    pytest.param({"attachment": animation(b"....ftypisom")}, id="animation"),
    pytest.param({"attachment": video(b"....ftypisom")}, id="video"),
    pytest.param({"attachment": document(PNG, "drawing.png", "image/png")}, id="document"),
    pytest.param({"attachment": document(PNG, "DRAWING.PNG", "application/octet-stream")}, id="document by name"),
]


@pytest.mark.parametrize("posted", SOURCES)
async def test_a_reply_to_a_picture_makes_a_meme_of_it(
    wire: TelegramWire, pool: ScriptedPool, ann: User, bob: User, group: Chat, posted: dict[str, object]
) -> None:
    """Photos, stickers, animations, videos and documents that are pictures, byte for byte."""
    picture = await wire.say(bob, group, **posted)  # type: ignore[arg-type]
    await wire.say(ann, group, "/meme monday", reply_to=picture)
    await group.next_media()
    assert (asked(pool).image, asked(pool).prompt) == (picture.picture, "monday")


@pytest.mark.parametrize("posted", SOURCES)
async def test_in_private_a_picture_needs_no_command(
    wire: TelegramWire, pool: ScriptedPool, ann: User, posted: dict[str, object]
) -> None:
    """Sending it is asking for a meme."""
    picture = await wire.say(ann, **posted)  # type: ignore[arg-type]
    await wire.private(ann).next_media()
    assert asked(pool).image == picture.picture


async def test_a_drawn_sticker_is_seen_by_its_preview(wire: TelegramWire, pool: ScriptedPool, ann: User) -> None:
    """TGS is a program: the thumbnail stands in for it."""
    preview = draw_jpeg(64, 64)
    await wire.say(ann, attachment=sticker(b"\x1f\x8b tgs", "animated", preview))
    await wire.private(ann).next_media()
    assert asked(pool).image == preview


async def test_a_photo_with_a_caption_command(wire: TelegramWire, pool: ScriptedPool, ann: User, group: Chat) -> None:
    """The command may stand in the caption of the picture itself."""
    photo = await wire.say(ann, group, "/meme monday", photo=draw_jpeg())
    await group.next_media()
    assert (asked(pool).image, asked(pool).prompt) == (photo.picture, "monday")


async def test_a_replied_text_is_the_prompt(
    wire: TelegramWire, pool: ScriptedPool, ann: User, bob: User, group: Chat
) -> None:
    """What somebody said becomes the meme; words behind the command go before it."""
    said = await wire.say(bob, group, "I love mondays")
    await wire.say(ann, group, "/meme", reply_to=said)
    await group.next_media()
    assert asked(pool).prompt == "I love mondays"
    await wire.say(ann, group, "/meme tuesday", reply_to=said)
    await group.next_media()
    assert asked(pool).prompt == "tuesday"


async def test_an_avatar_becomes_a_meme(wire: TelegramWire, pool: ScriptedPool, ann: User, group: Chat) -> None:
    """`/meme avatar` takes the profile photo of who is replied to, or of who asks."""
    face = draw_jpeg(160, 160)
    carl = wire.add_user("Carl", photos=[face])
    said = await wire.say(carl, group, "hello")
    await wire.say(ann, group, "/meme avatar monday", reply_to=said)
    await group.next_media()
    assert (asked(pool).image, asked(pool).prompt) == (face, "monday")
    await wire.say(carl, group, "/meme 프사")
    await group.next_media()
    assert asked(pool).image == face


async def test_without_a_profile_photo_it_says_so(wire: TelegramWire, ann: User, group: Chat) -> None:
    """Whoever shows no photo cannot be made a meme of."""
    await wire.say(ann, group, "/meme avatar")
    assert "no profile photo" in (await group.next_message()).text


async def test_every_picture_of_an_album_becomes_a_meme(wire: TelegramWire, pool: ScriptedPool, ann: User) -> None:
    """Albums arrive as separate messages, with the words on one of them; none of the pictures is passed over."""
    private = wire.private(ann)
    album = await wire.say_album(ann, private, [draw_jpeg(colour=(n, n, n)) for n in (10, 90, 170)], "/meme monday")
    memes = [await private.next_media() for _ in album]
    assert [meme.reply_to for meme in memes] == album
    images = [request.image for request in pool.requests(CaptionRequest) if isinstance(request, CaptionRequest)]
    assert images == [message.picture for message in album]


async def test_a_mention_is_a_request(wire: TelegramWire, pool: ScriptedPool, ann: User, group: Chat) -> None:
    """Naming the bot in a group asks for a meme of the rest."""
    await wire.say(ann, group, f"@{wire.world.bot.username} monday")
    await group.next_media()
    assert asked(pool).prompt == "monday"


async def test_talk_among_people_is_left_alone(
    wire: TelegramWire, store: stores.Database, ann: User, group: Chat
) -> None:
    """Ordinary messages, other bots' commands and talk to the bot's memes are neither answered nor stored."""
    await wire.promote_bot(group)
    meme = await make(wire, ann, group)
    await all_answered(store)
    before = len(group.from_bot)
    for words in ("hello", "/roll@dice_bot", "/unknown"):
        await wire.say(ann, group, words)
    await wire.say(ann, group, "nice one", reply_to=meme)
    await wire.settled()
    assert len(group.from_bot) == before
    assert await store.inbox.pending("telegram") == ()


async def test_a_failed_job_is_one_sentence(wire: TelegramWire, pool: ScriptedPool, ann: User, group: Chat) -> None:
    """What the models could not do is said where it was asked."""
    pool.failing = {"caption": FailureKind.OVERLOADED}
    await wire.say(ann, group, "/meme monday")
    assert "at once" in (await group.next_message()).text


async def test_a_corrupt_file_is_one_sentence(wire: TelegramWire, pool: ScriptedPool, ann: User) -> None:
    """The bytes that Telegram has go to the models as they are, and their refusal comes back."""
    pool.failing = {"caption": FailureKind.INVALID_IMAGE}
    photo = await wire.say(ann, text="look", photo=draw_jpeg())
    wire.corrupt(photo)
    assert "can't use that file" in (await wire.private(ann).next_message()).text


@pytest.mark.parametrize(
    ("size", "is_made"),
    [pytest.param(20 * 2**20, True, id="20 MB"), pytest.param(20 * 2**20 + 1, False, id="one byte more")],
)
async def test_files_end_at_twenty_megabytes(
    wire: TelegramWire, ann: User, bot: TelegramBot, size: int, is_made: bool
) -> None:
    """Telegram gives bots no larger ones, so they are not asked for."""
    await wire.say(ann, attachment=document(PNG, "huge.png", "image/png", size=size))
    answer = await wire.private(ann).next_message()
    assert bool(answer.media) is is_made
    assert len(wire.calls("getFile")) == is_made
    if not is_made:
        assert "up to 20 MB" in answer.text


async def test_an_edited_command_changes_its_meme(wire: TelegramWire, ann: User, group: Chat) -> None:
    """Whoever corrects the prompt gets the meme corrected, in place."""
    command = await wire.say(ann, group, "/meme monday")
    meme = await group.next_media()
    await wire.edit(command, "/meme tuesday")
    await wire.until(lambda: "tuesday" in meme.caption, what="the corrected meme")
    assert len(group.from_bot) == 1
