"""Help, the best memes, the survey, privacy: what each shows to whom."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.panels import Form, Panel
from bot.core.values import Incoming, Meme, Notice, Person, Place, PlaceKind, Press, Votes, Working
from db.stores import Database
from inference.contract import CaptionRequest, FailureKind
from tests.bot.conftest import Heard
from tests.bot.screens.conftest import ADMIN, GROUP, MEMBER, MODERATOR, Guest, fact
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool


async def make(guest: Guest, text: str = "monday") -> Meme:
    meme = await guest.core.make(Incoming(person=guest.person, place=guest.place, text=text), Heard())
    assert isinstance(meme, Meme)
    return meme


async def like(core: Core, meme: Meme, *people: str) -> None:
    for person_id in people:
        person = Person("telegram", person_id)
        press = Press(person=person, place=GROUP, custom_id=f"up:{meme.candidate_id}")
        assert isinstance(await core.press(press, Heard()), Votes)


class TestHelp:
    async def test_it_names_what_the_caller_may_do_here(self, admin: Guest, member: Guest) -> None:
        """Settings for admins alone; what was switched off for nobody."""
        assert "/settings" in dict((await admin.panel("help")).facts)
        assert "/settings" not in dict((await member.panel("help")).facts)
        await admin.go("set:who.genre", "nobody")
        await admin.go("set:board")
        told = dict((await member.panel("help")).facts)
        assert "/meme" in told
        assert not {"/genre", "/top"} & set(told)

    async def test_a_welcome_leads_to_it(self, member: Guest) -> None:
        """By a button."""
        assert "make memes" in (await member.panel("start")).title
        assert (await member.go("go:help")).title == "What you can do here"


class TestBest:
    async def test_the_best_come_first_and_the_winner_is_shown(self, member: Guest) -> None:
        """With medals, tallies and messages to link to."""
        good, better = await make(member, "one"), await make(member, "two")
        await member.core.posted(better, GROUP, "17")
        await like(member.core, good, "5")
        await like(member.core, better, "5", "6")
        best = await member.panel("top")
        assert [item.text[0] for item in best.items] == ["🥇", "🥈"]
        assert "two" in best.items[0].text
        assert "👍 2" in best.items[0].text
        assert (best.items[0].message_id, best.items[0].channel_id) == ("17", "topic-1")
        assert best.shot is not None
        assert "two" in best.shot.alt_text
        assert not best.private

    async def test_an_empty_list_says_how_to_fill_it(self, member: Guest) -> None:
        """In every period."""
        for period in ("week", "month", "ever"):
            panel = await member.go(f"top:{period}")
            assert (panel.items, panel.shot) == ((), None)
            assert "Be the first" in panel.text

    async def test_a_chat_can_do_without(self, admin: Guest, member: Guest) -> None:
        """Switched off, the list is refused."""
        await admin.go("set:board")
        opened = await member.open("top")
        assert isinstance(opened, Notice)
        assert "switched off" in opened.text
        assert "switched off" in await member.refused("top:week")


class TestSurvey:
    async def test_a_phrase_is_kept_with_consent_and_used(self, member: Guest, pool: ScriptedPool) -> None:
        """The form says what becomes of it; a meme without words in this chat is about it."""
        assert "/privacy" in (await self.ask(member)).hint
        assert await member.fill("surv:give", " it  compiles ") == Notice(
            "Thank you, I'll make something of it.", False
        )
        assert fact(await member.panel("survey"), "Phrases so far") == "1"
        meme = await member.core.make(Incoming(person=ADMIN, place=GROUP), Heard())
        assert isinstance(meme, Meme)
        assert "survey" in meme.note
        elsewhere = await member.core.make(Incoming(person=ADMIN, place=Place("telegram", "-200")), Heard())
        assert isinstance(elsewhere, Meme)
        assert elsewhere.note == ""
        prompts = [request.prompt for request in pool.requests(CaptionRequest)]  # type: ignore[attr-defined]
        assert prompts == ["it compiles", ""]

    async def ask(self, guest: Guest) -> Form:
        form = await guest.press("surv:give")
        assert isinstance(form, Form)
        return form

    @pytest.mark.parametrize(
        ("phrase", "expected"),
        [("  ", "at least one word"), ("x" * 141, "140"), (f"you {BAD_WORD}", "could hurt")],
        ids=["nothing", "a long one", "one that offends"],
    )
    async def test_not_everything_is_kept(self, member: Guest, phrase: str, expected: str) -> None:
        """Each refusal says why."""
        answer = await member.fill("surv:give", phrase)
        assert isinstance(answer, Notice)
        assert expected in answer.text
        assert fact(await member.panel("survey"), "Phrases so far") == "0"

    async def test_unjudged_words_are_not_kept(self, member: Guest, pool: ScriptedPool) -> None:
        """A flag model that fails is no consent."""
        pool.failing = {"flag": FailureKind.WORKER_DIED}
        answer = await member.fill("surv:give", "it compiles")
        assert isinstance(answer, Notice)
        assert "couldn't check" in answer.text

    async def test_saying_it_twice_is_told(self, member: Guest) -> None:
        """And counted once."""
        await member.fill("surv:give", "it compiles")
        assert await member.fill("surv:give", "it compiles") == Notice("You told me that one already.", False)
        assert fact(await member.panel("survey"), "Phrases so far") == "1"


class TestPrivacy:
    async def test_all_of_it_is_shown_and_erased_after_a_second_question(self, member: Guest) -> None:
        """Captions, votes, phrases; then nothing."""
        meme = await make(member)
        await like(member.core, meme, MEMBER.id)
        await member.fill("surv:give", "it compiles")
        shown = await member.panel("privacy")
        assert [fact(shown, name) for name in ("Captions", "Votes and emoji", "Survey phrases")] == ["4", "1", "1"]
        assert any("it compiles" in item.text for item in shown.items)
        assert "undone" in (await member.go("priv:erase")).text
        assert fact(await member.go("priv:home"), "Captions") == "4"
        assert isinstance(await member.press("priv:erase-all"), Notice)
        after = await member.panel("privacy")
        assert {value for _, value in after.facts} == {"0"}
        assert after.items == ()
        assert after.rows == ()

    async def test_a_private_chat_goes_whole(self, screens: Core) -> None:
        """Its settings and captions too, as all of it is one person's."""
        alone = Guest(screens, MEMBER, Place("telegram", MEMBER.id, kind=PlaceKind.PRIVATE))
        meme = await make(alone)
        await Guest(screens, ADMIN, alone.place).go("set:language", "ko")
        await alone.press("priv:erase-all")
        assert isinstance(await alone.press(f"next:{meme.candidate_id}"), Notice)
        assert await screens.language(MEMBER, alone.place) == "en"

    async def test_nobody_sees_another(self, admin: Guest, member: Guest) -> None:
        """Not even an admin."""
        await make(member)
        shown = await admin.panel("privacy")
        assert isinstance(shown, Panel)
        assert fact(shown, "Captions") == "0"


class Bell(Heard):
    """Progress that rings when it is first heard."""

    def __init__(self) -> None:
        super().__init__()
        self.rang = asyncio.Event()

    async def working(self, notice: Working) -> None:
        await super().working(notice)
        self.rang.set()


async def test_a_job_that_waits_can_be_stopped_by_who_asked(member: Guest, pool: ScriptedPool) -> None:
    """And by moderators; others are told whose it is, and a finished one that it is over."""
    pool.delay_s = 30
    bell = Bell()
    making = asyncio.ensure_future(member.core.make(Incoming(person=MEMBER, place=GROUP, text="slow"), bell))
    await bell.rang.wait()
    cancel = bell.words[0].cancel
    assert cancel is not None
    stranger = Guest(member.core, Person("telegram", "99"))
    assert "Only the person who asked" in await stranger.refused(cancel.custom_id)
    stopped = await Guest(member.core, MODERATOR).press(cancel.custom_id)
    assert stopped == Notice("Stopped.", False)
    assert await making == Notice("I stopped working on that.")
    assert "finished already" in await member.refused(cancel.custom_id)


async def test_tidying_keeps_what_wants_an_answer(screens: Core) -> None:
    """And ids that may still be delivered again."""
    await screens.inbox.open("telegram", "1", {"prompt": "x"})
    await screens.inbox.open("telegram", "2", {})
    await screens.inbox.close("telegram", "2")
    await screens.tidy()
    assert [event.event_id for event in await screens.inbox.pending("telegram")] == ["1"]
    assert await screens.inbox.open("telegram", "2", {}) is False


async def test_a_chat_in_a_hurry_waits_together(pool: ScriptedPool, store: Database) -> None:
    """Each person is within their limit, the chat is not."""
    core = Core(pool, store, CoreParts(chat_rate=Rate(burst=2, per_minute=60)))
    answers = [
        await core.make(Incoming(person=person, place=GROUP, text="x"), Heard())
        for person in (ADMIN, MODERATOR, MEMBER)
    ]
    assert [isinstance(answer, Meme) for answer in answers] == [True, True, False]
    assert isinstance(answers[2], Notice)
    assert "This chat keeps me busy" in answers[2].text


class TestForgedButtons:
    """Ids are user input: what they name is checked against the message that was pressed."""

    async def press_on(self, guest: Guest, custom_id: str, message_id: str) -> object:
        press = Press(person=guest.person, place=guest.place, custom_id=custom_id, message_id=message_id)
        return await guest.core.press(press, Heard())

    @pytest.fixture
    async def memes(self, admin: Guest, member: Guest) -> tuple[Meme, Meme]:
        """One of the admin's in message 1, one of the member's in message 2."""
        both = await make(admin, "hers"), await make(member, "mine")
        for message_id, meme in zip(("1", "2"), both, strict=True):
            await admin.core.posted(meme, GROUP, message_id)
        return both

    @pytest.mark.parametrize("action", ["next", "edit", "delete"])
    async def test_ones_own_meme_is_no_key_to_anothers_message(
        self, member: Guest, memes: tuple[Meme, Meme], action: str
    ) -> None:
        """Own candidate, other message: refused. Own message: done."""
        custom_id = f"{action}:{memes[1].candidate_id}"
        refused = await self.press_on(member, custom_id, "1")
        assert isinstance(refused, Notice)
        assert "changed meanwhile" in refused.text
        unknown = await self.press_on(member, custom_id, "99")
        assert isinstance(unknown, Notice)
        assert not isinstance(await self.press_on(member, custom_id, "2"), Notice)

    async def test_a_screen_never_takes_the_place_of_a_meme(self, member: Guest, memes: tuple[Meme, Meme]) -> None:
        """But of another screen."""
        for custom_id in ("priv:home", "go:help", "top:week", "tpl:list"):
            assert isinstance(await self.press_on(member, custom_id, "1"), Notice)
            assert isinstance(await self.press_on(member, custom_id, "99"), Panel)

    async def test_a_vote_counts_for_the_candidate_in_the_button(self, member: Guest, memes: tuple[Meme, Meme]) -> None:
        """Also when the message has moved on to another one meanwhile."""
        voted = await self.press_on(member, f"up:{memes[1].candidate_id}", "1")
        assert isinstance(voted, Votes)
        assert (voted.candidate_id, voted.up) == (memes[1].candidate_id, 1)

    async def test_moderating_elsewhere_stops_nobody_here(self, member: Guest, pool: ScriptedPool) -> None:
        """In private everybody is a moderator, but of that chat alone."""
        pool.delay_s = 30
        bell = Bell()
        making = asyncio.ensure_future(member.core.make(Incoming(person=MEMBER, place=GROUP, text="slow"), bell))
        await bell.rang.wait()
        cancel = bell.words[0].cancel
        assert cancel is not None
        elsewhere = Guest(member.core, MODERATOR, Place("telegram", MODERATOR.id, kind=PlaceKind.PRIVATE))
        assert "Only the person who asked" in await elsewhere.refused(cancel.custom_id)
        assert await member.press(cancel.custom_id) == Notice("Stopped.", False)
        await making
