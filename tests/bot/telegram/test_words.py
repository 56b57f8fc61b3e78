"""Text on its way in and out: options that people type, and words that must be nothing but words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.core import Core
from bot.telegram_app._forms import MARK, Question
from bot.telegram_app._rich import MAX_CAPTION, Rich, count_units, cut
from bot.telegram_app._syntax import Wish, read_wish
from tests.bot.scripted_pool import ScriptedPool
from tests.bot.telegram.conftest import draw_jpeg
from tests.wire.telegram import Chat, TelegramWire, User
from tests.wire.telegram.entities import find_entities
from tests.wire.telegram.markup import read_markup
from tests.wire.telegram.messages import Content

ALIVE = {"mention", "text_mention", "bot_command"}


@given(words=st.lists(st.text(max_size=30), max_size=4), limit=st.integers(1, 40))
@example(words=["@", "0000"], limit=7)
def test_whatever_is_quoted_comes_out_as_plain_words(words: list[str], limit: int) -> None:
    """It never closes markup, mentions nobody, becomes no command, and fits."""
    text = Rich()
    for each in words:
        text.quote(each, "b").line().quote(each)
    plain, entities = read_markup(text.html(limit), "HTML")
    assert count_units(plain) <= limit
    assert not {entity.type for entity in find_entities(plain, entities)} & ALIVE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@everyone look", id="mention"),
        pytest.param("/delete_all now", id="command"),
        pytest.param("write to a@bob_smith", id="mail"),
        pytest.param('<a href="tg://user?id=1">x</a>', id="markup"),
        pytest.param("see /meme@memesmith_test_bot", id="own command"),
    ],
)
def test_words_of_people_are_dead(text: str) -> None:
    """Names in memes, text read from pictures, captions of models."""
    plain, entities = read_markup(Rich().quote(text).html(), "HTML")
    assert plain.replace("\u2060", "") == text
    assert not {entity.type for entity in find_entities(plain, entities)} & ALIVE


def test_the_bots_own_commands_stay_alive_in_its_sentences() -> None:
    """/help can be tapped on; another command in the same sentence cannot."""
    plain, entities = read_markup(Rich().add("/help, not /rm -rf @root").html(), "HTML")
    assert [entity.of(plain) for entity in find_entities(plain, entities) if entity.type in ALIVE] == ["/help"]


@given(text=st.text(max_size=60), limit=st.integers(0, 60))
def test_cutting_breaks_no_character(text: str, limit: int) -> None:
    """Lengths are those of Telegram, and the end is marked."""
    short = cut(text, limit)
    assert count_units(short) <= limit
    assert short in (text, "") or short.endswith("…")


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        pytest.param("", Wish(), id="nothing"),
        pytest.param("t:drake", Wish(template="drake"), id="only a template"),
        pytest.param("a n:3 b", Wish("a b", count=3), id="in the middle"),
        pytest.param("n:many", Wish("n:many"), id="no number"),
        pytest.param("http://x.org n:2", Wish("http://x.org", count=2), id="an address"),
        pytest.param("TONE:Joyful hi", Wish("hi", tone="joy"), id="a tone by its label"),
        pytest.param("avatar", Wish(avatar=True), id="avatar"),
        pytest.param("avatars are odd", Wish("avatars are odd"), id="a longer word"),
        pytest.param("t:“two words” hi", Wish("hi", template="two words"), id="curly quotes"),
    ],
)
def test_options_are_read(typed: str, wish: Wish) -> None:
    """What is no option of ours stays where it was."""
    assert read_wish(typed) == wish


def test_a_forms_link_fits_and_comes_back() -> None:
    """The longest id of the core travels in the address."""
    question = Question("set:map.chat:0123456789abcdef0123456789abcdef=like 한", 123)
    assert count_units(question.address("memesmith_bot")) < 200
    assert len(MARK) == 1


@pytest.mark.usefixtures("bot")
async def test_a_name_that_is_a_mention_mentions_nobody(
    wire: TelegramWire, ann: User, group: Chat, pool: ScriptedPool, core: Core
) -> None:
    """Names stand in notes under memes."""
    rude = wire.add_user("@everyone <b>/start")
    await wire.say(ann, group, "/meme @ann_1001 is /late <i>")
    meme = await group.next_media()
    await (await wire.press(rude, meme, "🔁")).answered()
    theirs = await group.next_media()
    assert "everyone <b>" in theirs.caption
    for message in (meme, theirs):
        assert message.mentions == []
        assert not {entity.type for entity in message.content.entities} & ALIVE


@pytest.mark.usefixtures("bot")
async def test_endless_words_fit_a_caption(wire: TelegramWire, ann: User, pool: ScriptedPool) -> None:
    """A prompt of four thousand characters still makes a message that Telegram takes."""
    await wire.say(ann, text="monday 😀 " * 440)
    meme = await wire.private(ann).next_media()
    assert count_units(meme.caption) <= MAX_CAPTION


@pytest.mark.usefixtures("bot")
async def test_a_reply_across_chats_counts(wire: TelegramWire, ann: User, pool: ScriptedPool) -> None:
    """Telegram tells of the picture in another chat as an external reply."""
    kept = wire.world.files.add_photo(draw_jpeg())
    reply = {"origin": {"type": "hidden_user", "sender_user_name": "X", "date": 1}}
    extra = {"external_reply": reply | {"photo": [size.body() for size in kept]}}
    typed = "/meme monday"
    message = wire.world.post(wire.private(ann), Content(typed, find_entities(typed)), sender=ann, extra=extra)
    wire.world.updates.push("message", message.body())
    await wire.private(ann).next_media()
    assert pool.jobs[-1].request.image == kept[-1].file.data  # type: ignore[union-attr]
