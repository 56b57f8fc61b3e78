"""Each thing that Telegram refuses is refused here as well, and what a correct bot never sends is a violation."""

from __future__ import annotations

import html
import io
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.conftest import draw_jpeg
from tests.wire.telegram import FloodLimits, TelegramWire, document
from tests.wire.telegram.entities import count_units
from tests.wire.telegram.faults import ApiError
from tests.wire.telegram.files import complain_of_photo
from tests.wire.telegram.markup import read_markup
from tests.wire.telegram.updates import KINDS

MB = 2**20


def keyboard(**button: str) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


async def call(wire: TelegramWire, method: str, **parameters: Any) -> dict[str, Any]:
    """Post one call as JSON, or as a form when a file goes with it."""
    async with aiohttp.ClientSession() as session:
        if any(isinstance(value, bytes) for value in parameters.values()):
            form = aiohttp.FormData()
            for name, value in parameters.items():
                if isinstance(value, bytes):
                    form.add_field(name, io.BytesIO(value), filename="upload.jpg")
                else:
                    form.add_field(name, str(value))
            response = await session.post(f"{wire.base_url}{wire.token}/{method}", data=form)
        else:
            response = await session.post(f"{wire.base_url}{wire.token}/{method}", json=parameters)
        answer: dict[str, Any] = await response.json()
        assert answer["ok"] is (response.status == 200)
        return answer


MISTAKES = [
    pytest.param("sendMessage", {}, "parameter text is required", id="no text"),
    pytest.param("sendMessage", {"text": "  "}, "message text is empty", id="empty text"),
    pytest.param("sendMessage", {"text": "x" * 4097}, "message is too long", id="long text"),
    pytest.param("sendMessage", {"text": "😀" * 2049}, "message is too long", id="long text in UTF-16"),
    pytest.param("sendPhoto", {"photo": b"no picture"}, "IMAGE_PROCESS_FAILED", id="a photo that is none"),
    pytest.param("sendPhoto", {"photo": draw_jpeg(8, 8), "caption": "x" * 1025}, "caption is too long", id="caption"),
    pytest.param("sendPhoto", {"photo": draw_jpeg(9000, 1100)}, "PHOTO_INVALID_DIMENSIONS", id="huge photo"),
    pytest.param("sendPhoto", {"photo": draw_jpeg(2100, 100)}, "PHOTO_INVALID_DIMENSIONS", id="narrow photo"),
    pytest.param("sendPhoto", {"photo": "https://x.org/a.png"}, "fetches nothing", id="a photo by address"),
    pytest.param("sendAnimation", {"animation": draw_jpeg(8, 8)}, "GIF or MP4", id="an animation that is none"),
    pytest.param("sendDocument", {"document": bytes(50 * MB + 1)}, "Request Entity Too Large", id="huge upload"),
    pytest.param(
        "sendMessage",
        {"text": "x", "reply_markup": keyboard(text="x", callback_data="x" * 65)},
        "BUTTON_DATA_INVALID",
        id="long callback data",
    ),
    pytest.param("sendMessage", {"text": "x", "reply_markup": keyboard(text="x")}, "unallowed", id="a dead button"),
    pytest.param("sendMessage", {"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities", id="open HTML"),
    pytest.param("sendMessage", {"text": "1.", "parse_mode": "MarkdownV2"}, "is reserved", id="unescaped Markdown"),
    pytest.param("sendMessage", {"text": "x", "message_thread_id": 5}, "thread not found", id="a topic in no forum"),
    pytest.param("sendChatAction", {"action": "dancing"}, "wrong parameter action", id="unknown action"),
    pytest.param("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG", id="answer"),
    pytest.param("setMyCommands", {"commands": [{"command": "Meme", "description": "x"}]}, "INVALID", id="capitals"),
    pytest.param("setMyCommands", {"commands": [{"command": "m", "description": ""}]}, "DESCRIPTION", id="undescribed"),
    pytest.param(
        "setMyCommands", {"commands": [{"command": "m", "description": "x"}] * 101}, "TOO_MUCH", id="101 commands"
    ),
    pytest.param("setMyCommands", {"commands": [], "language_code": "eng"}, "language_code", id="a wrong language"),
    pytest.param("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, "BotCommandScope", id="scope"),
    pytest.param("setMyShortDescription", {"short_description": "x" * 121}, "too long", id="long description"),
    pytest.param("setWebhook", {"url": "http://example.org/"}, "HTTPS", id="webhook without TLS"),
    pytest.param("setWebhook", {"url": "https://example.org:8080/"}, "ports", id="webhook at a wrong port"),
    pytest.param("setWebhook", {"url": "", "secret_token": "ü"}, "secret token", id="a secret with an umlaut"),
    pytest.param("getUpdates", {"limit": 101}, "limit must be", id="too many updates"),
    pytest.param("answerInlineQuery", {"inline_query_id": "1", "results": [{}] * 51}, "TOO_MUCH", id="51 results"),
    pytest.param(
        "answerInlineQuery",
        {"inline_query_id": "1", "results": [{"id": "1"}, {"id": "1"}]},
        "DUPLICATE",
        id="results with one id",
    ),
    pytest.param(
        "answerInlineQuery",
        {"inline_query_id": "1", "results": [{"id": "1", "type": "photo", "photo_file_id": "no"}]},
        "wrong file identifier",
        id="a cached photo that is none",
    ),
    pytest.param("sendDuck", {}, "method not found", id="unknown method"),
]


@pytest.mark.parametrize(("method", "parameters", "words"), MISTAKES)
async def test_mistakes_of_a_bot_are_refused_and_written_down(
    wire: TelegramWire, method: str, parameters: dict[str, Any], words: str
) -> None:
    """The answer says what is wrong, and the test that meets it fails."""
    ann = wire.add_user("Ann")
    asked = await wire.inline(ann, "x") if method == "answerInlineQuery" else None
    await wire.say(ann, text="hello")
    message = await call(
        wire, "sendMessage", chat_id=ann.id, text="hi", reply_markup=keyboard(text="👍", callback_data="x")
    )
    assert message["ok"]
    pressed = await wire.press(ann, wire.private(ann).last, "👍")
    ids = {"callback_query_id": pressed.id, "inline_query_id": asked.id if asked else ""}
    sent = {name: ids.get(name, value) for name, value in parameters.items()}
    answer = await call(wire, method, **({"chat_id": ann.id} | sent))
    assert words in answer["description"]
    wire.expect_violation(words)


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        pytest.param("editMessageText", {"message_id": 1, "text": "x"}, "message to edit not found", id="edit"),
        pytest.param("deleteMessage", {"message_id": 1}, "message to delete not found", id="delete"),
        pytest.param("sendMessage", {"text": "x", "reply_parameters": {"message_id": 1}}, "replied", id="reply"),
        pytest.param("getFile", {"file_id": "x"}, "invalid file_id", id="file"),
        pytest.param("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old", id="press"),
        pytest.param("sendPhoto", {"photo": "unknown"}, "wrong file identifier", id="file id"),
    ],
)
async def test_what_is_gone_is_refused_without_blame(
    wire: TelegramWire, method: str, parameters: dict[str, Any], words: str
) -> None:
    """A correct bot meets these when somebody was faster."""
    ann = wire.add_user("Ann")
    answer = await call(wire, method, chat_id=ann.id, **parameters)
    assert words in answer["description"]
    wire.assert_clean()


async def test_downloads_end_at_twenty_megabytes(wire: TelegramWire) -> None:
    """What Telegram calls larger than 20 MB is refused, at 20 MB exactly it is not."""
    ann = wire.add_user("Ann")
    for size, ok in ((20 * MB, True), (20 * MB + 1, False)):
        message = await wire.say(ann, attachment=document(b"x", "x.png", "image/png", size=size))
        assert message.media
        answer = await call(wire, "getFile", file_id=message.media.file.id)
        assert answer["ok"] is ok
    assert "file is too big" in answer["description"]


async def test_others_messages_are_deleted_by_administrators_within_two_days(wire: TelegramWire) -> None:
    """Without the right, and after 48 hours, nothing is deleted; the bot's own messages need no right."""
    ann = wire.add_user("Ann")
    group = wire.add_group(ann)
    first, second = await wire.say(ann, group, "/one"), await wire.say(ann, group, "/two")

    async def delete(message_id: int) -> bool:
        return bool((await call(wire, "deleteMessage", chat_id=group.id, message_id=message_id))["ok"])

    assert not await delete(first.id)
    await wire.promote_bot(group, "can_pin_messages")
    assert not await delete(first.id)
    await wire.promote_bot(group, "can_delete_messages")
    assert await delete(first.id)
    own = await call(wire, "sendMessage", chat_id=group.id, text="mine")
    assert await delete(own["result"]["message_id"])
    wire.advance(hours=49)
    assert not await delete(second.id)


async def test_a_group_takes_twenty_posts_a_minute() -> None:
    """The twenty-first is refused with the seconds to wait, and asking again at once is a violation."""
    wire = TelegramWire(limits=FloodLimits(chat_burst=50))
    await wire.start()
    try:
        group = wire.add_group(wire.add_user("Ann"))
        for _ in range(20):
            assert (await call(wire, "sendMessage", chat_id=group.id, text="x"))["ok"]
        refused = await call(wire, "sendMessage", chat_id=group.id, text="x")
        assert refused["error_code"] == 429
        assert refused["parameters"]["retry_after"] >= 1
        wire.assert_clean()
    finally:
        await wire.stop()


async def test_a_chat_takes_a_burst_and_then_one_a_second(wire: TelegramWire) -> None:
    """Other chats are not held up by it."""
    ann, bob = wire.add_user("Ann"), wire.add_user("Bob")
    answers = [await call(wire, "sendMessage", chat_id=ann.id, text="x") for _ in range(12)]
    assert [answer["ok"] for answer in answers].count(True) == 10
    assert (await call(wire, "sendMessage", chat_id=bob.id, text="x"))["ok"]


async def test_missing_rights_are_told_by_kind(wire: TelegramWire) -> None:
    """A group that forbids photos still takes text; a channel takes only what its administrators post."""
    ann = wire.add_user("Ann")
    group, channel = wire.add_group(ann), wire.add_channel(ann)
    group.forbids.add("photos")
    refused = await call(wire, "sendPhoto", chat_id=group.id, photo=draw_jpeg(8, 8))
    assert refused["description"] == "Bad Request: not enough rights to send photos to the chat"
    assert (await call(wire, "sendMessage", chat_id=group.id, text="x"))["ok"]
    await wire.demote_bot(channel)
    assert "need administrator rights" in (await call(wire, "sendMessage", chat_id=channel.id, text="x"))["description"]


async def test_channels_know_no_chat_actions(wire: TelegramWire) -> None:
    """Telegram's documentation leaves channels out."""
    channel = wire.add_channel(wire.add_user("Ann"))
    assert not (await call(wire, "sendChatAction", chat_id=channel.id, action="typing"))["ok"]
    wire.expect_violation("not supported in channels")


async def test_gaps_in_chat_actions_are_found(wire: TelegramWire) -> None:
    """An action is visible for five seconds; what lies between is a gap."""
    chat = wire.private(wire.add_user("Ann"))
    await call(wire, "sendChatAction", chat_id=chat.id, action="upload_photo")
    (action,) = chat.actions
    assert chat.action_gaps_s(action.at, action.at + 4.9) == []
    assert chat.action_gaps_s(action.at - 1, action.at + 7) == pytest.approx([1.0, 2.0])


@pytest.mark.parametrize(
    ("text", "mode", "plain", "kinds"),
    [
        pytest.param("<b>a</b> &lt;i&gt;", "HTML", "a <i>", ["bold"], id="HTML with escapes"),
        pytest.param('<a href="x">a</a><code>@b</code>', "HTML", "a@b", ["text_link", "code"], id="HTML with a link"),
        pytest.param(r"*a* _b_ \.", "MarkdownV2", "a b .", ["bold", "italic"], id="Markdown with escapes"),
        pytest.param("||a|| `1.` [b](c)", "MarkdownV2", "a 1. b", ["spoiler", "code", "text_link"], id="Markdown"),
    ],
)
def test_markup_is_read(text: str, mode: str, plain: str, kinds: list[str]) -> None:
    """Markup goes, its meaning stays."""
    read, entities = read_markup(text, mode)
    assert (read, [entity.type for entity in entities]) == (plain, kinds)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        pytest.param("a < b", "HTML", id="lone bracket"),
        pytest.param("<b><i>a</b></i>", "HTML", id="crossed tags"),
        pytest.param("<h1>a</h1>", "HTML", id="unknown tag"),
        pytest.param("</b>", "HTML", id="end without start"),
        pytest.param("*a", "MarkdownV2", id="open star"),
        pytest.param("a-b", "MarkdownV2", id="dash"),
        pytest.param("*a _b* c_", "MarkdownV2", id="crossed marks"),
        pytest.param("a", "Markup", id="unknown mode"),
    ],
)
def test_markup_that_does_not_parse_is_refused(text: str, mode: str) -> None:
    """As on Telegram, with the words of its 400."""
    with pytest.raises(ApiError, match="can't parse entities"):
        read_markup(text, mode)


@given(text=st.text(max_size=40))
def test_escaped_html_always_comes_back_as_it_was(text: str) -> None:
    """Whatever people write survives being escaped."""
    assert read_markup(html.escape(text, quote=False), "HTML") == (text, ())


def test_lengths_count_utf_16() -> None:
    """An emoji outside the basic plane counts as two."""
    assert (count_units("a"), count_units("한"), count_units("😀")) == (1, 1, 2)


def test_photos_have_limits() -> None:
    """Ten megabytes, and no more than ten thousand pixels around the corner."""
    assert complain_of_photo(draw_jpeg(5000, 5000)) is None
    assert complain_of_photo(draw_jpeg(5001, 5000)) == "PHOTO_INVALID_DIMENSIONS"
    assert "10 MB" in (complain_of_photo(bytes(10 * MB + 1)) or "")


async def test_every_kind_of_update_the_bot_names_is_known(wire: TelegramWire) -> None:
    """An empty list asks for all but reactions and other people's standing."""
    await call(wire, "getUpdates", allowed_updates=["message", "message_reaction"])
    assert wire.world.updates.allowed == {"message", "message_reaction"}
    await call(wire, "getUpdates", allowed_updates=[])
    assert KINDS - wire.world.updates.allowed == {"chat_member", "message_reaction", "message_reaction_count"}
