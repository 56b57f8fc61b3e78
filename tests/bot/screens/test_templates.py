"""Looking through templates, and a chat's own: made, shown, changed, taken away and brought back."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from bot.core.asking import CoreOptions
from bot.core.core import Core, CoreParts
from bot.core.limits import Rate
from bot.core.own_templates import MAX_TEMPLATES, Sketch
from bot.core.panels import Form, Menu, Panel
from bot.core.tickets import TICKET_S, Grant, Tickets
from bot.core.values import Incoming, Meme, Notice, Place, Press
from db import stores
from inference.contract import Box, CaptionRequest, FailureKind, RenderRequest
from tests.bot.conftest import Heard, photo
from tests.bot.screens.conftest import ADMIN, GROUP, KNOWN, MEMBER, Guest, controls_of, ids_of
from tests.bot.scripted_pool import ScriptedPool

SECRET = b"a secret of the test"


async def add(admin: Guest, name: str = "Our cat") -> str:
    """Its name "chat:…"."""
    panel = await admin.panel("templates", "add", name, photo())
    (make,) = (custom_id for custom_id in ids_of(panel) if custom_id.startswith("tpl:make."))
    return make.removeprefix("tpl:make.")


async def names(guest: Guest, typed: str = "our") -> list[str]:
    return [choice.title for choice in await guest.core.suggest(guest.person, guest.place, typed)]


async def test_all_templates_can_be_looked_through(member: Guest) -> None:
    """Twenty a page, and each with words on it and a button that makes a meme."""
    page = await member.panel("templates")
    titles = []
    for number in range(3):
        page = await member.go(f"tpl:list.{number}")
        (menu,) = (row for row in page.rows if isinstance(row, Menu))
        titles += [entry.label for entry in menu.entries]
    assert titles == [choice.title for choice in KNOWN]
    shown = await member.go("tpl:show", "known-3")
    assert shown.shot is not None
    assert "one / two" in shown.shot.alt_text
    assert isinstance(await member.press("tpl:make.known-3"), Meme)


async def test_typing_finds_a_template(member: Guest) -> None:
    """By what was typed so far; nothing found is told."""
    assert (await member.panel("templates", text="known 7")).title == "Known 7"
    missing = await member.open("templates", text="zebra")
    assert isinstance(missing, Notice)
    assert "zebra" in missing.text
    assert len(await names(member, "")) == 25


async def test_a_chats_own_template_is_offered_there_and_only_there(admin: Guest, member: Guest) -> None:
    """First in the list, to everybody in the chat."""
    await add(admin)
    assert await names(member) == ["Our cat"]
    assert (await names(member, ""))[0] == "Our cat"
    assert await names(replace(member, place=Place("telegram", "-200"))) == []


async def test_a_meme_on_it_survives_everything(admin: Guest, pool: ScriptedPool, store: stores.Database) -> None:
    """Its picture and boxes go to the models; re-rolls work after a restart, and after its removal."""
    name = await add(admin)
    await admin.go(f"tpl:boxes.{name}", "sides")
    meme = await admin.core.make(Incoming(person=MEMBER, place=GROUP, template=name, text="purr"), Heard())
    assert isinstance(meme, Meme)
    assert meme.template == name
    (asked,) = pool.requests(CaptionRequest)
    assert isinstance(asked, CaptionRequest)
    assert (len(asked.boxes), asked.title, asked.template) == (2, "Our cat", None)
    assert asked.image is not None
    await admin.go(f"tpl:drop.{name}")
    press = Press(person=MEMBER, place=GROUP, custom_id=f"next:{meme.candidate_id}")
    again = await Core(pool, store).press(press, Heard())
    assert isinstance(again, Meme)
    drawn = pool.requests(RenderRequest)[-1]
    assert isinstance(drawn, RenderRequest)
    assert (drawn.image, drawn.boxes, drawn.template) == (asked.image, asked.boxes, None)


async def test_a_name_is_changed_and_a_removal_undone(admin: Guest) -> None:
    """Rename by a form, remove, undo."""
    name = await add(admin)
    form = await admin.press(f"tpl:name.{name}")
    assert isinstance(form, Form)
    assert form.fields[0].value == "Our cat"
    renamed = await admin.fill(form.form_id, "Our  tabby")
    assert isinstance(renamed, Panel)
    assert await names(admin) == ["Our tabby"]
    removed = await admin.go(f"tpl:drop.{name}")
    assert await names(admin) == []
    assert f"tpl:back.{name}" in ids_of(removed)
    await admin.go(f"tpl:back.{name}")
    assert await names(admin) == ["Our tabby"]


@pytest.mark.parametrize(
    ("name", "with_picture", "expected"),
    [
        ("Our cat", False, "needs a picture"),
        ("  ", True, "at least one letter"),
        ("!!", True, "at least one letter"),
        ("x" * 61, True, "60 characters"),
        ("OUR-cat", True, "already"),
    ],
    ids=["no picture", "no name", "no letters", "a long name", "a name that is taken"],
)
async def test_what_is_no_template_is_refused(admin: Guest, name: str, with_picture: bool, expected: str) -> None:
    """With a sentence that says what is missing."""
    await add(admin)
    answer = await admin.open("templates", "add", name, photo() if with_picture else None)
    assert isinstance(answer, Notice)
    assert expected in answer.text


async def test_a_broken_picture_is_refused(admin: Guest, pool: ScriptedPool) -> None:
    """In the words of whoever could not read it, and nothing is stored."""
    pool.failing = {"render": FailureKind.INVALID_IMAGE}
    answer = await admin.open("templates", "add", "Our cat", photo())
    assert isinstance(answer, Notice)
    assert "ends too early" in answer.text
    assert await names(admin) == []


async def test_a_chat_has_only_so_many(admin: Guest, store: stores.Database) -> None:
    """Removed ones count, since they can come back."""
    for number in range(MAX_TEMPLATES):
        await store.chat_templates.add(
            GROUP.platform, GROUP.chat_id, key=str(number), name=str(number), boxes=(), picture=b"x",
            media_type="image/png", added_by="1",
        )  # fmt: skip
    answer = await admin.open("templates", "add", "one more", photo())
    assert isinstance(answer, Notice)
    assert str(MAX_TEMPLATES) in answer.text


@pytest.mark.parametrize("what", ["name", "drop", "back", "boxes"])
async def test_members_change_nothing(admin: Guest, member: Guest, what: str) -> None:
    """Neither by a button of an admin's panel nor by a form, nor do they see the buttons."""
    name = await add(admin)
    assert await member.refused(f"tpl:{what}.{name}", "top") == "Only the admins of this chat may do that."
    assert isinstance(await member.fill(f"tpl:name.{name}", "Mine"), Notice)
    assert isinstance(await member.open("templates", "add", "Mine", photo()), Notice)
    shown = ids_of(await member.go("tpl:show", name))
    assert [custom_id for custom_id in shown if custom_id.startswith(("tpl:name", "tpl:drop", "tpl:boxes"))] == []
    assert await names(member) == ["Our cat"]


async def test_another_chats_template_is_unknown(admin: Guest) -> None:
    """Its name leads nowhere from elsewhere."""
    name = await add(admin)
    elsewhere = replace(admin, place=Place("telegram", "-200"))
    assert await elsewhere.refused("tpl:show", name)
    assert await elsewhere.refused(f"tpl:drop.{name}")
    made = await admin.core.make(Incoming(person=ADMIN, place=elsewhere.place, template=name), Heard())
    assert isinstance(made, Notice)


class TestDesk:
    """The page where boxes are drawn, through the core's door to it."""

    @pytest.fixture
    def core(self, pool: ScriptedPool, store: stores.Database) -> Core:
        options = CoreOptions(room_url="https://memes.example/")
        return Core(
            pool, store, CoreParts(options=options, rate=Rate(burst=100), tickets=Tickets(SECRET), templates=KNOWN)
        )

    async def link(self, core: Core) -> str:
        panel = await Guest(core).panel("templates", "draw")
        (control,) = controls_of(panel)
        assert control.url.startswith("https://memes.example/boxes/")
        return urlsplit(control.url).path.removeprefix("/boxes/")

    async def test_a_link_opens_once(self, core: Core) -> None:
        """The second time, and after a restart, it is closed."""
        ticket = await self.link(core)
        grant = await core.desk.open(ticket)
        assert grant == Grant("telegram", "-100", "1", "en")
        assert await core.desk.open(ticket) is None

    async def test_forged_and_old_links_stay_closed(self, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another secret, a changed letter, half an hour later."""
        ticket = await self.link(core)
        assert await core.desk.open(Tickets(b"another").issue(Grant("telegram", "-100", "1", "en"))) is None
        assert await core.desk.open(ticket[:-1] + ("A" if ticket[-1] != "A" else "B")) is None
        assert await core.desk.open("") is None
        late = time.time() + TICKET_S + 2
        monkeypatch.setattr("time.time", lambda: late)
        assert await core.desk.open(ticket) is None

    async def test_without_an_address_the_way_around_is_told(self, admin: Guest, member: Guest) -> None:
        """And members get no link at all."""
        answer = await admin.open("templates", "draw")
        assert isinstance(answer, Notice)
        assert "ROOM_URL" in answer.text
        refused = await member.open("templates", "draw")
        assert isinstance(refused, Notice)
        assert "admins" in refused.text

    async def test_what_is_drawn_there_is_offered_in_the_chat(self, core: Core) -> None:
        """Added, previewed, changed, removed and restored through the desk."""
        grant = await core.desk.open(await self.link(core))
        assert grant is not None
        boxes = (Box(0.1, 0.1, 0.5, 0.2), Box(0.1, 0.5, 0.5, 0.2), Box(0.6, 0.1, 0.3, 0.8))
        sketch = Sketch(name="Our dog", picture=photo(), boxes=boxes)
        drawn = await core.desk.preview(grant, sketch, ("a", "b", "c", "d"), None, Heard())
        assert "a / b / c" in drawn.alt_text
        name = await core.desk.add(grant, sketch, Heard())
        assert [choice.title for choice in await core.suggest(MEMBER, GROUP, "our")] == ["Our dog"]
        await core.desk.change(grant, name, Sketch(name="The dog", boxes=boxes[:1]), Heard())
        own = await core.desk.get(grant, name, Heard())
        assert (own.name, own.boxes) == ("The dog", boxes[:1])
        await core.desk.remove(grant, name, Heard())
        assert await core.desk.list(grant, Heard()) == ()
        await core.desk.restore(grant, name, Heard())
        assert [choice.title for choice in await core.desk.list(grant, Heard())] == ["The dog"]


async def test_names_hide_nothing(admin: Guest) -> None:
    """Control and direction characters would reach beyond the name; joined emoji stay whole."""
    await add(admin, "\u202eour\x00 cat\u200b 👩\u200d💻")
    assert await names(admin) == ["our cat 👩\u200d💻"]
    missing = await admin.open("templates", text="\u202ezebra")
    assert isinstance(missing, Notice)
    assert "\u202e" not in missing.text
