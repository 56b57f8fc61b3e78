"""python-telegram-bot, unmodified, against the local Telegram: it polls, is called back, sends, edits, downloads."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommandScopeAllGroupChats,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultCachedPhoto,
    InputMediaPhoto,
    Message,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, TypeHandler

from tests.wire.conftest import builder_for, draw_jpeg
from tests.wire.telegram import TelegramWire, animation, document, running_telegram, sticker

ALL = Update.ALL_TYPES
RIGHT, WRONG = "right", "wrong"
VOTES = InlineKeyboardMarkup([[InlineKeyboardButton("👍", callback_data="up:1")]])


class Heard:
    """An application that writes down every update."""

    def __init__(self, wire: TelegramWire) -> None:
        self.updates: list[Update] = []
        self.app: Application = builder_for(wire).build()  # type: ignore[type-arg]
        self.app.add_handler(TypeHandler(Update, self._hear))
        self._news = asyncio.Event()

    async def _hear(self, update: Update, _: object) -> None:
        self.updates.append(update)
        self._news.set()

    async def next(self, count: int = 1) -> list[Update]:
        async with asyncio.timeout(5):
            while len(self.updates) < count:
                self._news.clear()
                await self._news.wait()
        return self.updates


@contextlib.asynccontextmanager
async def polling(wire: TelegramWire) -> AsyncIterator[Heard]:
    heard = Heard(wire)
    async with heard.app:
        assert heard.app.updater
        await heard.app.updater.start_polling(allowed_updates=ALL, poll_interval=0, timeout=1)
        await heard.app.start()
        yield heard
        await heard.app.updater.stop()
        await heard.app.stop()


async def test_the_library_polls_and_answers(wire: TelegramWire) -> None:
    """A command, its answer with a keyboard, the press of it and the words shown for the press."""
    ann = wire.add_user("Ann")
    group = wire.add_group(ann)
    async with polling(wire) as heard:
        asked = await wire.say(ann, group, "/meme monday")
        (update,) = await heard.next()
        assert update.message
        assert update.message.text == "/meme monday"
        await update.message.reply_photo(draw_jpeg(), caption="<b>A meme</b>", parse_mode="HTML", reply_markup=VOTES)
        meme = await group.next_media()
        assert (meme.caption, meme.picture) == ("A meme", draw_jpeg())
        query = await wire.press(ann, meme, "👍")
        update = (await heard.next(2))[-1]
        assert update.callback_query
        await update.callback_query.answer("Noted")
        assert await query.answered() == "Noted"
        assert asked.id < meme.id
    wire.assert_clean()


async def test_files_come_back_byte_for_byte(wire: TelegramWire, bot: Bot) -> None:
    """What people attach is downloaded by file id."""
    ann = wire.add_user("Ann", photos=[draw_jpeg(50, 50)])
    private = wire.private(ann)
    posted = [
        await wire.say(ann, private, "look", photo=draw_jpeg(2000, 100)),
        await wire.say(ann, private, attachment=sticker(b"RIFFwebp", thumbnail=draw_jpeg(8, 8))),
        await wire.say(ann, private, attachment=animation(b"....ftypmp42")),
        await wire.say(ann, private, attachment=document(b"\x89PNG", "picture.png", "image/png")),
    ]
    messages = [update.message for update in await bot.get_updates() if update.message]
    photo, shown_sticker, shown_animation, shown_document = messages
    assert [size.width for size in photo.photo] == [90, 320, 800, 1280, 2000]
    assert shown_sticker.sticker
    assert shown_sticker.sticker.thumbnail
    assert shown_animation.animation
    assert shown_document.document
    ids = [photo.photo[-1], shown_sticker.sticker, shown_animation.animation, shown_document.document]
    for file, message in zip(ids, posted, strict=True):
        assert bytes(await (await file.get_file()).download_as_bytearray()) == message.picture
    profile = await bot.get_user_profile_photos(ann.id)
    assert profile.total_count == 1


async def test_updates_come_again_until_they_are_acknowledged(wire: TelegramWire, bot: Bot) -> None:
    """An offset acknowledges all that came before it; nothing else does."""
    ann = wire.add_user("Ann")
    for words in ("one", "two"):
        await wire.say(ann, text=words)
    first = await bot.get_updates()
    again = await bot.get_updates()
    assert [update.update_id for update in first] == [update.update_id for update in again]
    left = await bot.get_updates(offset=first[0].update_id + 1)
    assert [update.message.text for update in left if update.message] == ["two"]
    assert await bot.get_updates(offset=left[0].update_id + 1) == ()


async def test_what_is_allowed_is_remembered_between_calls(wire: TelegramWire, bot: Bot) -> None:
    """An omitted list keeps the previous one; reactions come only when asked for, and only to an administrator."""
    ann = wire.add_user("Ann")
    group = wire.add_group(ann)
    meme = await wire.say(ann, group, "/meme")
    assert len(await bot.get_updates()) == 1
    await wire.promote_bot(group)
    await wire.react(ann, meme, ["👍"])
    assert [update.message_reaction for update in await bot.get_updates()] == [None, None]
    await bot.get_updates(allowed_updates=["message_reaction"])
    await wire.react(ann, meme, ["👎"])
    reaction = (await bot.get_updates())[-1].message_reaction
    assert reaction
    assert [each.to_dict()["emoji"] for each in (*reaction.old_reaction, *reaction.new_reaction)] == ["👍", "👎"]
    await wire.demote_bot(group)
    await wire.react(ann, meme, [])
    assert (await bot.get_updates())[-1].message_reaction == reaction


async def test_an_application_is_called_at_its_webhook_with_the_secret(wire: TelegramWire) -> None:
    """Delivery starts again until it is taken; a wrong secret is refused by the library and told in the info."""
    ann = wire.add_user("Ann")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hook"
    heard = Heard(wire)
    async with heard.app as app:
        await wire.say(ann, text="before the bot is there")
        await app.bot.set_webhook(url, secret_token=WRONG)
        assert app.updater
        await app.updater.start_webhook("127.0.0.1", port, "hook", webhook_url=url, secret_token=RIGHT)
        await app.start()
        assert (await heard.next())[0].message
        info = await app.bot.get_webhook_info()
        assert info.url.endswith("/hook")
        assert info.pending_update_count == 0
        async with aiohttp.ClientSession() as session:
            headers = {"X-Telegram-Bot-Api-Secret-Token": WRONG}
            assert (await session.post(url, json={"update_id": 1}, headers=headers)).status == 403
        with pytest.raises(Conflict):
            await app.bot.get_updates()
        wire.expect_violation("can't use getUpdates method while webhook is active")
        await app.updater.stop()
        await app.stop()


async def test_a_second_poller_ends_the_first(wire: TelegramWire, bot: Bot) -> None:
    """Two running instances are a mistake; the one that came first is told."""
    first = asyncio.create_task(bot.get_updates(timeout=3))
    await wire.until(lambda: wire.calls("getUpdates"))
    await asyncio.sleep(0.05)
    async with Bot(wire.token, base_url=wire.base_url) as second:
        await second.get_updates()
    with pytest.raises(Conflict):
        await first
    wire.expect_violation("terminated by other getUpdates request")


async def test_privacy_mode_hides_what_is_not_meant_for_the_bot(wire: TelegramWire, bot: Bot) -> None:
    """In a group an ordinary bot sees commands, replies to it and mentions; an administrator sees everything."""
    ann = wire.add_user("Ann")
    group = wire.add_group(ann)
    hello = await bot.send_message(group.id, "hello")
    assert hello.message_id == group.last.id
    await wire.say(ann, group, "chatter")
    await wire.say(ann, group, "/meme@another_bot no")
    await wire.say(ann, group, "/meme yes")
    await wire.say(ann, group, "a reply", reply_to=group.last)
    await wire.say(ann, group, f"hey @{wire.world.bot.username}")
    await wire.promote_bot(group)
    await wire.say(ann, group, "now you hear me")
    seen = [update.message.text for update in await bot.get_updates() if update.message]
    assert seen == ["/meme yes", "a reply", f"hey @{wire.world.bot.username}", "now you hear me"]


async def test_a_waiting_message_becomes_a_picture(wire: TelegramWire, bot: Bot) -> None:
    """Text turns into media, media into other media, and each earlier state can be looked at."""
    ann = wire.add_user("Ann")
    sent = await bot.send_message(ann.id, "Working on it…")
    media = InputMediaPhoto(draw_jpeg(), caption="done")
    edited = await bot.edit_message_media(media, ann.id, sent.message_id, reply_markup=VOTES)
    assert isinstance(edited, Message)
    assert edited.photo
    shown = wire.private(ann).last
    assert (shown.caption, [button.data for button in shown.buttons]) == ("done", ["up:1"])
    assert shown.before[0].text == "Working on it…"
    await bot.edit_message_caption(ann.id, sent.message_id, caption="really done")
    assert (shown.caption, shown.buttons) == ("really done", [])
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_caption(ann.id, sent.message_id, caption="really done")
    await bot.delete_message(ann.id, sent.message_id)
    with pytest.raises(BadRequest, match="to edit not found"):
        await bot.edit_message_caption(ann.id, sent.message_id, caption="too late")
    wire.assert_clean()


async def test_inline_results_are_chosen_and_voted_on(wire: TelegramWire, bot: Bot) -> None:
    """A cached photo is offered, sent by a person into a chat without the bot, and its button comes back."""
    ann = wire.add_user("Ann")
    group = wire.add_group(ann)
    await wire.kick_bot(group)
    kept = await bot.send_photo(ann.id, draw_jpeg())
    query = await wire.inline(ann, "monday")
    (update,) = [each for each in await bot.get_updates() if each.inline_query]
    assert update.inline_query
    await update.inline_query.answer([InlineQueryResultCachedPhoto("1", kept.photo[-1].file_id, reply_markup=VOTES)])
    sent = await wire.choose(query, "1", group)
    pressed = await wire.press(ann, sent, "👍")
    chosen, press = (await bot.get_updates(offset=update.update_id + 1))[-2:]
    assert chosen.chosen_inline_result
    assert press.callback_query
    assert press.callback_query.message is None
    assert press.callback_query.inline_message_id
    await press.callback_query.answer()
    assert await pressed.answered() == ""
    await bot.edit_message_reply_markup(inline_message_id=press.callback_query.inline_message_id)
    assert sent.buttons == []
    wire.assert_clean()


async def test_menus_are_found_by_scope_and_language(wire: TelegramWire, bot: Bot) -> None:
    """The narrowest scope wins, and within it the person's language."""
    ann, jin = wire.add_user("Ann"), wire.add_user("Jin", language="ko")
    group = wire.add_group(ann, jin)
    await bot.set_my_commands([("start", "Begin")])
    await bot.set_my_commands([("meme", "Make a meme")], BotCommandScopeAllGroupChats())
    await bot.set_my_commands([("top", "밈 순위")], BotCommandScopeAllGroupChats(), "ko")
    menu = wire.world.profile.menu
    assert menu(ann, group) == ["meme"]
    assert menu(jin, group) == ["top"]
    assert menu(jin, wire.private(jin)) == ["start"]


async def test_topics_are_posted_in_where_they_are_asked_for(wire: TelegramWire, bot: Bot) -> None:
    """A reply that leaves its topic is a violation."""
    ann = wire.add_user("Ann")
    forum = wire.add_forum(ann)
    topic = next(iter(forum.topics))
    asked = await wire.say(ann, forum, "/meme", thread=topic)
    await bot.send_message(forum.id, "here", reply_to_message_id=asked.id, message_thread_id=topic)
    wire.assert_clean()
    await bot.send_message(forum.id, "there", reply_to_message_id=asked.id)
    wire.expect_violation("goes to topic None")


async def test_refusals_have_the_librarys_types(wire: TelegramWire, bot: Bot) -> None:
    """Blocked, kicked, migrated, unknown and never-met chats raise what the library raises for Telegram's own words."""
    ann, stranger = wire.add_user("Ann"), wire.add_stranger("Stranger")
    group, basic = wire.add_group(ann), wire.add_group(ann, basic=True)
    await wire.block(ann)
    await wire.kick_bot(group)
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(ann.id, "hello?")
    with pytest.raises(Forbidden, match="kicked"):
        await bot.send_message(group.id, "hello?")
    with pytest.raises(Forbidden, match="initiate"):
        await bot.send_message(stranger.id, "hello?")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(-5, "hello?")
    moved = await wire.migrate(basic)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(basic.id, "hello?")
    assert caught.value.new_chat_id == moved.id
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=wire.base_url):
            pass


async def test_trouble_can_be_ordered(wire: TelegramWire, bot: Bot) -> None:
    """A rate limit, a failure, a lost connection before the deed and one after it."""
    ann = wire.add_user("Ann")
    wire.fail_next("sendMessage", 500, "Internal Server Error")
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "one")
    wire.drop_next("sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "two")
    wire.drop_next("sendMessage", after_doing_it=True)
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "three")
    assert [message.text for message in wire.private(ann).from_bot] == ["three"]
    wire.rate_limit_next("sendMessage", 2)
    with pytest.raises(RetryAfter):
        await bot.send_message(ann.id, "four")
    await asyncio.sleep(0.4)
    with pytest.raises(RetryAfter):
        await bot.send_message(ann.id, "five")
    wire.expect_violation("before it was allowed to")


async def test_force_reply_and_anonymous_admins_and_channels(wire: TelegramWire, bot: Bot) -> None:
    """An anonymous administrator writes as the group; a channel's post has no author."""
    ann = wire.add_user("Ann")
    group, channel = wire.add_group(admin=ann), wire.add_channel(ann)
    await wire.say(ann, group, "/settings", anonymous=True)
    await wire.post_in_channel(channel, "/meme monday")
    first, second = await bot.get_updates()
    assert first.message
    assert first.message.sender_chat
    assert first.message.from_user
    assert (first.message.sender_chat.id, first.message.from_user.is_bot) == (group.id, True)
    assert second.channel_post
    assert second.channel_post.from_user is None
    await bot.send_message(group.id, "What words?", reply_markup=ForceReply(selective=True))
    assert group.last.force_reply
    posted = await bot.send_message(channel.id, "news")
    assert posted.from_user is None


async def test_leaving_with_an_unanswered_button_fails() -> None:
    """A button that nobody answered is found at the end."""
    async with running_telegram() as wire:
        ann = wire.add_user("Ann")
        async with Bot(wire.token, base_url=wire.base_url) as bot:
            await bot.send_message(ann.id, "press", reply_markup=VOTES)
        await wire.press(ann, wire.private(ann).last, "👍")
        with pytest.raises(AssertionError, match="got no answer"):
            wire.assert_clean()
        wire.forgive_unanswered()
