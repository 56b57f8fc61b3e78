"""Commands that open screens, the buttons in them, and what is shown to one person alone."""

from __future__ import annotations

import pytest

from bot.core.commands import COMMANDS
from bot.core.core import Core
from bot.core.values import Person, Place
from bot.telegram_app.client import TelegramBot
from db import stores
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool
from tests.bot.telegram.conftest import TEMPLATES, all_answered, draw_jpeg, make, running_bot
from tests.wire.telegram import Chat, Message, TelegramWire, User

pytestmark = pytest.mark.usefixtures("bot")


async def ask(wire: TelegramWire, user: User, chat: Chat, words: str) -> Message:
    await wire.say(user, chat, words)
    return await chat.next_message()


async def press(wire: TelegramWire, user: User, message: Message, label: str) -> str:
    return await (await wire.press(user, message, label)).answered()


async def test_start_welcomes_and_leads_to_help(wire: TelegramWire, ann: User) -> None:
    """The first thing anybody sends; its button turns the same message into the list of commands."""
    welcome = await ask(wire, ann, wire.private(ann), "/start")
    await press(wire, ann, welcome, "What I can do")
    await wire.until(lambda: "/meme" in welcome.text, what="the help")
    assert len(wire.private(ann).from_bot) == 1


async def test_help_shows_only_what_the_caller_may_do(wire: TelegramWire, ann: User, bob: User, group: Chat) -> None:
    """Settings are for the owner; commands can be tapped on."""
    for user, told in ((ann, True), (bob, False)):
        shown = await ask(wire, user, group, "/help")
        assert ("/settings" in shown.text) is told
        assert "bot_command" in [entity.type for entity in shown.content.entities]


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if command.name not in {"meme", "genre"}])
async def test_every_command_answers_in_private(wire: TelegramWire, ann: User, command: str) -> None:
    """Whatever is on the menu gets an answer."""
    assert (await ask(wire, ann, wire.private(ann), f"/{command}")).said


async def test_an_unknown_command_is_told_of_in_private(wire: TelegramWire, ann: User) -> None:
    """In groups it may be for another bot."""
    assert "/help" in (await ask(wire, ann, wire.private(ann), "/frobnicate")).text


async def test_settings_change_with_a_press(wire: TelegramWire, ann: User, group: Chat, store: stores.Database) -> None:
    """A menu is rows of buttons; the chosen one has a tick, and the message is redrawn in place."""
    panel = await ask(wire, ann, group, "/settings")
    await press(wire, ann, panel, "한국어")
    await wire.until(lambda: "설정" in panel.text, what="the settings in Korean")
    assert panel.button("한국어").text.startswith("✓")
    assert (await store.chats.settings("telegram", str(group.id)))["language"] == "ko"


async def test_only_admins_change_settings(wire: TelegramWire, ann: User, bob: User, group: Chat) -> None:
    """Neither the command nor a button of an admin's panel obeys anybody else."""
    assert "admins" in (await ask(wire, bob, group, "/settings")).text
    panel = await ask(wire, ann, group, "/settings")
    before = panel.text
    query = await wire.press(bob, panel, "한국어")
    assert "admins" in await query.answered()
    assert query.is_alert
    assert panel.text == before


async def test_an_emoji_is_added_by_a_reply(wire: TelegramWire, ann: User, group: Chat, store: stores.Database) -> None:
    """A form of one field: the answer is the whole message."""
    panel = await ask(wire, ann, group, "/settings")
    await press(wire, ann, panel, "Emoji that vote")
    await wire.until(lambda: "one vote" in panel.text, what="the emoji")
    await press(wire, ann, panel, "Add one that dislikes")
    question = await group.next_message()
    await wire.say(ann, group, "🤡", reply_to=question)
    await group.next_message()
    assert (await store.chats.settings("telegram", str(group.id)))["emoji"]["🤡"] == -1


async def test_templates_are_looked_through_page_by_page(wire: TelegramWire, ann: User, pool: ScriptedPool) -> None:
    """Pages of buttons, a preview with words on it, and a meme made on the chosen one."""
    private = wire.private(ann)
    panel = await ask(wire, ann, private, "/templates")
    assert str(len(TEMPLATES)) in panel.text
    assert "Two doors: A choice" in panel.text
    await press(wire, ann, panel, "▶")
    await wire.until(lambda: any("Plain 30" in button.text for button in panel.buttons), what="the second page")
    await press(wire, ann, panel, "Plain 30")
    await wire.until(lambda: panel.media, what="the preview")
    assert "Plain 30" in panel.caption
    await press(wire, ann, panel, "Make a meme")
    meme = await private.next_media()
    assert meme.button("👍")
    assert pool.jobs[-1].request.template == "plain-30"  # type: ignore[union-attr]


async def test_a_preview_gives_way_to_the_list_again(wire: TelegramWire, ann: User) -> None:
    """A picture cannot become text on Telegram: the list is a new message, and the preview goes."""
    private = wire.private(ann)
    preview = await ask(wire, ann, private, "/templates doors")
    assert preview.media
    await press(wire, ann, preview, "Back")
    listed = await private.next_message()
    assert "base pictures" in listed.text
    await wire.until(lambda: preview.deleted, what="the preview to go")


async def test_a_chat_keeps_templates_of_its_own(
    wire: TelegramWire, ann: User, bob: User, group: Chat, store: stores.Database
) -> None:
    """Admins add one by a caption or a reply, rename it, remove it and take that back."""
    await wire.say(ann, group, "/templates add Our cat", photo=draw_jpeg())
    added = await group.next_media()
    assert "Our cat" in added.caption
    await press(wire, ann, added, "Rename")
    question = await group.next_message()
    await wire.say(ann, group, "The cat", reply_to=question)
    renamed = await group.next_media()
    assert "The cat" in renamed.caption
    await wire.say(bob, group, '/meme template:"the cat" monday')
    assert (await group.next_media()).button("👍")
    await press(wire, ann, renamed, "Remove")
    removed = await group.next_message()
    assert await store.chat_templates.names("telegram", str(group.id)) == ()
    await press(wire, ann, removed, "Undo")
    await wire.until(lambda: removed.media and "back" in removed.caption, what="the template to come back")


async def test_links_for_one_person_are_not_shown_to_a_group(
    wire: TelegramWire, ann: User, group: Chat, core: Core
) -> None:
    """The page for drawing boxes opens once, for whoever comes first: the way there leads through the private chat."""
    shown = await ask(wire, ann, group, "/templates draw")
    address = shown.buttons[0].other["url"]
    assert address == f"https://t.me/{wire.world.bot.username}?start=draw_{group.id}"
    answer = await ask(wire, ann, wire.private(ann), f"/start draw_{group.id}")
    assert "ROOM_URL" in answer.text  # No page is set up here: the core's own sentence.


async def test_a_stranger_draws_nothing_in_a_group(wire: TelegramWire, bob: User, group: Chat) -> None:
    """A made-up link gives nobody rights."""
    carl = wire.add_user("Carl")
    assert "admins" in (await ask(wire, carl, wire.private(carl), f"/start draw_{group.id}")).text


async def test_privacy_is_shown_in_private(wire: TelegramWire, ann: User, group: Chat, store: stores.Database) -> None:
    """In a group only the way there; in private what is stored, and its end."""
    meme = await make(wire, ann, group)
    await press(wire, ann, meme, "👍")
    pointer = await ask(wire, ann, group, "/privacy")
    assert pointer.buttons[0].other["url"].endswith("?start=privacy")
    assert "Captions" not in pointer.text
    private = wire.private(ann)
    shown = await ask(wire, ann, private, "/start privacy")
    assert "Votes and emoji: 1" in shown.text
    await press(wire, ann, shown, "Erase it")
    await wire.until(lambda: "can't be undone" in shown.text, what="the question whether")
    assert "is gone" in await press(wire, ann, shown, "for good")
    assert (await store.people.export("telegram", str(ann.id))).votes == ()


async def test_the_survey_takes_phrases_with_consent(
    wire: TelegramWire, bob: User, group: Chat, pool: ScriptedPool
) -> None:
    """What becomes of it stands in the question; the phrase then inspires memes without words."""
    panel = await ask(wire, bob, group, "/survey")
    await press(wire, bob, panel, "Tell one")
    question = await group.next_message()
    assert "you agree" in question.text
    await wire.say(bob, group, "it compiles", reply_to=question)
    assert "Thank you" in (await group.next_message()).text
    await wire.say(bob, group, "/meme")
    composer = await group.next_message()
    await press(wire, bob, composer, "Surprise me")
    assert "survey" in (await group.next_media()).caption
    assert pool.jobs[-1].request.prompt == "it compiles"  # type: ignore[union-attr]


async def test_the_best_memes_are_linked(
    wire: TelegramWire, ann: User, bob: User, group: Chat, store: stores.Database
) -> None:
    """/top lists the chat's memes by votes, each with a link to its message."""
    meme = await make(wire, ann, group)
    await all_answered(store)
    await press(wire, bob, meme, "👍")
    best = await ask(wire, ann, group, "/top")
    assert "🥇" in best.said
    (link,) = [entity for entity in best.content.entities if entity.type == "text_link"]
    assert link.details["url"] == f"https://t.me/c/{str(group.id).removeprefix('-100')}/{meme.id}"
    await press(wire, ann, best, "All time")
    await wire.until(lambda: "all time" in best.said, what="the other list")


async def test_genres_are_bars(wire: TelegramWire, ann: User, group: Chat) -> None:
    """All eight, best first, with template and era."""
    photo = await wire.say(ann, group, photo=draw_jpeg())
    await wire.say(ann, group, "/genre", reply_to=photo)
    text = (await group.next_message()).text
    assert text.count("%") == 8
    assert text.index("Rage comic") < text.index("Experimental")
    assert "▰▰▰▰▰▰▱▱ 80 %" in text
    assert "2008" in text


class TestChecks:
    """Whether something offends is told to the asker alone."""

    async def test_in_private_it_is_told_at_once(self, wire: TelegramWire, ann: User) -> None:
        """With the words that carried it hidden until they are tapped on."""
        told = await ask(wire, ann, wire.private(ann), f"/check what a {BAD_WORD}")
        assert "91" in told.text
        hidden = [entity.of(told.text) for entity in told.content.entities if entity.type == "spoiler"]
        assert hidden == [BAD_WORD]

    async def test_a_group_hears_nothing(self, wire: TelegramWire, ann: User, bob: User, group: Chat) -> None:
        """The result goes to the asker's private chat; the command gets a small sign."""
        photo = await wire.say(bob, group, "look", photo=draw_jpeg())
        command = await wire.say(ann, group, "/check", reply_to=photo)
        told = await wire.private(ann).next_message()
        assert "%" in told.text
        await wire.until(lambda: command.reactions, what="the sign")
        assert group.from_bot == []

    async def test_who_never_wrote_to_the_bot_gets_a_button(
        self, wire: TelegramWire, bob: User, group: Chat, pool: ScriptedPool
    ) -> None:
        """Nobody else may press it; the pop-up has the result in two hundred characters."""
        eve = wire.add_stranger("Eve")
        photo = await wire.say(bob, group, photo=draw_jpeg())
        offered = await ask_in_reply(wire, eve, group, photo)
        assert "%" not in offered.text
        refused = await wire.press(bob, offered, "Show me")
        assert "person who asked" in await refused.answered()
        shown = await wire.press(eve, offered, "Show me")
        assert "%" in await shown.answered()
        assert shown.is_alert


async def ask_in_reply(wire: TelegramWire, user: User, group: Chat, photo: Message) -> Message:
    await wire.say(user, group, "/check", reply_to=photo)
    return await group.next_message()


class TestComposer:
    """`/meme` without anything to make a meme of."""

    async def test_a_mood_and_a_number_go_with_the_reply(
        self, wire: TelegramWire, bob: User, group: Chat, pool: ScriptedPool
    ) -> None:
        """What the buttons chose stands in the message, and counts for the answer."""
        composer = await ask(wire, bob, group, "/meme")
        await press(wire, bob, composer, "Joyful")
        await wire.until(lambda: composer.button("Joyful").text == "✓ Joyful", what="the mood")
        await press(wire, bob, composer, "×8")
        await wire.until(lambda: composer.button("×8").text == "✓ ×8", what="the number")
        await wire.say(bob, group, "monday", reply_to=composer)
        await group.next_media()
        request = pool.jobs[-1].request
        assert (request.tone, request.n, request.prompt) == ("joy", 8, "monday")  # type: ignore[union-attr]

    async def test_a_second_press_takes_a_choice_back(self, wire: TelegramWire, bob: User, group: Chat) -> None:
        """A tick comes and goes."""
        composer = await ask(wire, bob, group, "/meme")
        await press(wire, bob, composer, "Grumpy")
        await wire.until(lambda: composer.button("Grumpy").text == "✓ Grumpy", what="the tick")
        await press(wire, bob, composer, "Grumpy")
        await wire.until(lambda: composer.button("Grumpy").text == "Grumpy", what="the tick to go")


async def test_menus_name_what_may_be_used(wire: TelegramWire, ann: User, bob: User, group: Chat, core: Core) -> None:
    """Private chats, groups and their administrators have menus of their own, in English and Korean."""
    menu, jin = wire.world.profile.menu, wire.add_user("Jin", language="ko")
    everybody = [each.name for each in await core.menu(Person("telegram", "1"), Place("telegram", "1"))]
    assert [*menu(bob, group), "start"] == everybody
    assert "settings" in menu(ann, group)
    assert "settings" in menu(ann, wire.private(ann))
    assert menu(jin, wire.private(jin)) == menu(ann, wire.private(ann))
    korean = wire.world.profile.described("all_private_chats", "ko")
    assert "밈" in korean["meme"]
    assert wire.world.profile.texts["description", "ko"] != wire.world.profile.texts["description", ""]


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_a_persons_language_is_spoken(wire: TelegramWire, language: str) -> None:
    """Telegram tells it with every message."""
    user = wire.add_user("Kim", language=language)
    told = await ask(wire, user, wire.private(user), "/help")
    assert ("밈" in told.text) is (language == "ko")


async def test_menus_are_told_only_when_they_changed(
    wire: TelegramWire, core: Core, bot: TelegramBot, store: stores.Database
) -> None:
    """A second start says nothing new; a bot that says other things of itself would."""
    told = len(wire.calls("setMyCommands"))
    assert told == 6
    assert wire.world.profile.texts["short_description", ""]
    await bot.stop()
    async with running_bot(wire, core):
        assert len(wire.calls("setMyCommands")) == told
    await store.marks.set("telegram", "menus", "something older")
    async with running_bot(wire, core):
        assert len(wire.calls("setMyCommands")) == 2 * told


async def test_menus_side_by_side_are_named(wire: TelegramWire, ann: User, group: Chat) -> None:
    """A row above each says what is chosen below; pressing that row changes nothing."""
    panel = await ask(wire, ann, group, "/settings")
    headings = [button.text for button in panel.buttons if button.text.endswith("▾")]
    assert headings == ["Language ▾", "Captions to choose from ▾", "Strictness ▾"]
    before = panel.content
    assert await press(wire, ann, panel, "Strictness ▾") == ""
    assert panel.content == before
