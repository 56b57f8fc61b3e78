"""Where people meet the bot: groups, topics, channels, other chats by inline mode, and what it says when it arrives."""

from __future__ import annotations

import asyncio

import pytest

from db import stores
from inference.contract import CaptionRequest
from tests.bot.scripted_pool import ScriptedPool
from tests.bot.telegram.conftest import all_answered, draw_jpeg, make
from tests.wire.telegram import Chat, TelegramWire, User

pytestmark = pytest.mark.usefixtures("bot")


class TestTopics:
    """Forums: everything stays in the topic where it was asked."""

    async def test_answers_and_actions_stay_in_their_topic(
        self, wire: TelegramWire, ann: User, pool: ScriptedPool
    ) -> None:
        """The meme, the waiting message, the chat action and the question for new words."""
        forum = wire.add_forum(admin=ann)
        topic = next(iter(forum.topics))
        pool.delay_s = 3.0
        await wire.say(ann, forum, "/meme monday", thread=topic)
        meme = await forum.next_media(10)
        assert meme.thread == topic
        assert {action.thread for action in forum.actions} == {topic}
        await (await wire.press(ann, meme, "✏")).answered()
        assert (await forum.next_message()).thread == topic

    async def test_the_general_topic_has_no_id(self, wire: TelegramWire, ann: User) -> None:
        """Messages there are answered without one."""
        forum = wire.add_forum(admin=ann)
        meme = await make(wire, ann, forum)
        assert meme.thread is None

    async def test_threads_of_replies_are_no_topics(self, wire: TelegramWire, ann: User, group: Chat) -> None:
        """Outside forums Telegram numbers threads of replies, in which nobody can post."""
        said = await wire.say(ann, group, "I love mondays")
        command = await wire.say(ann, group, "/meme", reply_to=said)
        assert "message_thread_id" in command.body()
        assert (await group.next_media()).reply_to is command


class TestChannels:
    """Posts without an author, readers without a pen."""

    async def test_a_post_with_a_command_is_answered_in_the_channel(
        self, wire: TelegramWire, ann: User, pool: ScriptedPool
    ) -> None:
        """Also without words: nobody could reply to a question there. No chat action is shown, there is none."""
        channel = wire.add_channel(ann)
        await wire.post_in_channel(channel, "/meme monday", photo=draw_jpeg())
        assert (await channel.next_media()).button("👍")
        await wire.post_in_channel(channel, "/meme")
        await channel.next_media()
        assert channel.actions == []

    async def test_every_picture_of_an_album_becomes_a_meme(
        self, wire: TelegramWire, ann: User, pool: ScriptedPool
    ) -> None:
        """Bots see all posts of their channels, so the whole album is known."""
        channel = wire.add_channel(ann)
        await wire.say_album(ann, channel, [draw_jpeg(), draw_jpeg(200, 200)], "/meme monday")
        assert len([await channel.next_media(), await channel.next_media()]) == 2

    async def test_readers_vote_with_buttons(
        self, wire: TelegramWire, ann: User, bob: User, store: stores.Database
    ) -> None:
        """Emoji in channels are counted without names: they are no votes, buttons are."""
        channel = wire.add_channel(ann)
        await wire.post_in_channel(channel, "/meme monday")
        meme = await channel.next_media()
        await all_answered(store)
        await wire.react(bob, meme, ["👎"])
        assert await (await wire.press(bob, meme, "👍")).answered() == "👍 1   👎 0"

    async def test_new_words_are_asked_for_in_private(self, wire: TelegramWire, ann: User, bob: User) -> None:
        """✏️ opens the private chat, where the link asks for the words."""
        channel = wire.add_channel(ann)
        await wire.post_in_channel(channel, "/meme monday")
        meme = await channel.next_media()
        query = await wire.press(bob, meme, "✏")
        await query.answered()
        assert query.answer
        payload = query.answer["url"].partition("?start=")[2]
        await wire.say(bob, text=f"/start {payload}")
        question = await wire.private(bob).next_message()
        assert question.force_reply
        await wire.say(bob, text="my words", reply_to=question)
        assert "my words" in (await wire.private(bob).next_media()).caption

    async def test_the_owners_channel_obeys_its_posts(
        self, wire: TelegramWire, ann: User, store: stores.Database
    ) -> None:
        """Whoever may post there may set it, when all who may post may change it."""
        channel = wire.add_channel(ann)
        await wire.post_in_channel(channel, "/settings")
        panel = await channel.next_message()
        await (await wire.press(ann, panel, "한국어")).answered()
        assert (await store.chats.settings("telegram", str(channel.id)))["language"] == "ko"


class TestAnonymousAdmins:
    """They write as the group itself."""

    async def test_they_may_what_every_anonymous_admin_may(self, wire: TelegramWire, ann: User, group: Chat) -> None:
        """Telegram does not tell which of them it is: so the weakest one's rights count."""
        group.members[ann.id].anonymous = True
        await wire.say(ann, group, "/settings", anonymous=True)
        assert (await group.next_message()).button("한국어")

    async def test_a_group_without_any_gives_them_none(self, wire: TelegramWire, ann: User, group: Chat) -> None:
        """A claim that nobody can have made."""
        await wire.say(ann, group, "/settings", anonymous=True)
        assert "admins" in (await group.next_message()).text

    async def test_their_memes_are_the_groups(self, wire: TelegramWire, ann: User, group: Chat) -> None:
        """A check cannot be told in private to somebody unknown: a moderator's button shows it."""
        photo = await wire.say(ann, group, photo=draw_jpeg())
        await wire.say(ann, group, "/check", reply_to=photo, anonymous=True)
        offered = await group.next_message()
        assert "%" in await (await wire.press(ann, offered, "Show me")).answered()


class TestArrivals:
    """What is said when the bot comes to a group, once."""

    async def test_the_hello_tells_what_it_cannot_see(self, wire: TelegramWire, ann: User) -> None:
        """Privacy mode and missing admin rights, in the words of what follows from them."""
        group = wire.add_group(admin=ann)
        await wire.kick_bot(group)
        await wire.invite_bot(group)
        hello = (await group.next_message()).text
        assert "only see commands" in hello
        assert "made me an administrator" in hello
        await wire.kick_bot(group)
        await wire.invite_bot(group)
        await wire.settled()
        assert len(group.from_bot) == 1

    async def test_an_administrator_is_told_less(self, wire: TelegramWire, ann: User) -> None:
        """Nothing is missing then."""
        group = wire.add_group(admin=ann)
        await wire.kick_bot(group)
        await wire.promote_bot(group)
        hello = (await group.next_message()).text
        assert "Hello" in hello
        assert "administrator" not in hello


class TestInlineMode:
    """`@bot words` in any chat."""

    async def test_memes_are_offered_and_sent_where_the_bot_is_not(
        self, wire: TelegramWire, ann: User, bob: User, pool: ScriptedPool
    ) -> None:
        """Two pictures by their file ids, uploaded quietly and taken away again; the sent one has voting buttons."""
        elsewhere = wire.add_group(ann, bob)
        await wire.kick_bot(elsewhere)
        query = await wire.inline(ann, "monday tone:joy")
        results = await query.results()
        assert len(results) == 2
        request = pool.requests(CaptionRequest)[-1]
        assert isinstance(request, CaptionRequest)
        assert (request.prompt, request.tone) == ("monday", "joy")
        assert wire.private(ann).from_bot == []
        sent = await wire.choose(query, results[0]["id"], elsewhere)
        assert await (await wire.press(bob, sent, "👍")).answered() == "👍 1   👎 0"
        await wire.until(lambda: sent.button("👍").text == "👍 1", what="the tally")

    async def test_another_meme_takes_its_place(self, wire: TelegramWire, ann: User, bob: User) -> None:
        """By file id, as Telegram wants it in inline messages."""
        elsewhere = wire.add_group(ann, bob)
        query = await wire.inline(ann, "monday")
        results = await query.results()
        sent = await wire.choose(query, results[0]["id"], elsewhere)
        before = sent.media
        await (await wire.press(ann, sent, "🔁")).answered()
        await wire.until(lambda: sent.media is not before, what="another picture")

    async def test_only_what_is_typed_to_the_end_is_worked_on(
        self, wire: TelegramWire, ann: User, pool: ScriptedPool
    ) -> None:
        """A query for every letter comes; all are answered, one is made."""
        queries = [await wire.inline(ann, "monday"[:count]) for count in range(1, 7)]
        found = [await query.results() for query in queries]
        assert [len(results) for results in found] == [0, 0, 0, 0, 0, 2]
        assert len(pool.requests(CaptionRequest)) == 1

    async def test_a_stranger_is_asked_to_say_hello(self, wire: TelegramWire) -> None:
        """Without a private chat there is no place to upload to; with a chat set aside for it there is."""
        eve = wire.add_stranger("Eve")
        query = await wire.inline(eve, "monday")
        assert await query.results() == []
        assert query.answer
        assert "hello" in query.answer["button"]["text"]

    async def test_a_slow_pool_is_told_in_time(self, wire: TelegramWire, ann: User, pool: ScriptedPool) -> None:
        """Telegram waits about ten seconds."""
        pool.hold = asyncio.Event()
        query = await wire.inline(ann, "monday")
        assert await query.results(9) == []
        assert query.answer
        assert "too long" in query.answer["button"]["text"]
        pool.hold.set()
