"""The room as its page uses it: questions, live news, votes, edits, and catching up."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sqlite3
from pathlib import Path

import pytest
from aiohttp import FormData

from bot.web_app.room import RoomOptions
from db import stores
from inference.contract import CaptionRequest, FailureKind, PoolState
from tests.bot.scripted_pool import BAD_WORD, ScriptedPool, draw_png
from tests.bot.web.conftest import SECRET, Guest


async def test_everybody_hears_question_wait_and_answer(ann: Guest, bob: Guest) -> None:
    """A question, the bubble that waits, and the meme in its place reach every open browser in this order."""
    await ann.ask(prompt="monday")
    asked = await bob.hear("message", kind="ask")
    waits = await bob.hear("message", kind="working")
    meme = await bob.hear("message", kind="meme")
    assert asked["message"]["prompt"] == "monday"
    assert meme["message"]["id"] == waits["message"]["id"]
    assert "monday" in meme["message"]["alt"]


async def test_presence_counts_people_and_not_tabs(ann: Guest, bob: Guest) -> None:
    """Two tabs of one browser are one person."""
    assert (await ann.hear("presence"))["count"] == 1
    assert (await ann.hear("presence"))["count"] == 2
    first_tab = ann.socket
    await ann.listen()
    assert (await ann.hear("presence"))["count"] == 2
    await bob.leave()
    assert (await ann.hear("presence"))["count"] == 1
    assert first_tab is not None
    assert not first_tab.closed


async def test_a_template_a_tone_and_a_photo_reach_the_model(ann: Guest, pool: ScriptedPool) -> None:
    """What was chosen is what is asked; unknown choices count as none."""
    await ann.ask(prompt="monday", template="two-doors", tone="joy", photo=draw_png())
    await ann.ask(prompt="monday", template="../../x", tone="evil")
    chosen, unknown = (request for request in pool.requests(CaptionRequest) if isinstance(request, CaptionRequest))
    assert (chosen.template, chosen.tone, chosen.image) == ("two-doors", "joy", draw_png())
    assert (unknown.template, unknown.tone, unknown.image) == (None, None, None)


async def test_votes_are_stored_and_shown_to_all(ann: Guest, bob: Guest, store: stores.Database) -> None:
    """The tally goes to everybody, one's own vote only to oneself."""
    meme = await ann.meme()
    await bob.press(meme, "up")
    theirs = (await bob.hear("message", up=1))["message"]
    mine = (await ann.hear("message", up=1))["message"]
    assert (theirs["mine"], mine["mine"]) == (1, None)
    assert (await store.votes.tally(meme["candidate"])).up == 1


async def test_a_reroll_changes_the_message_and_starts_votes_anew(ann: Guest, store: stores.Database) -> None:
    """The next candidate stands in the same message, without the votes of the one before."""
    meme = await ann.meme()
    await ann.press(meme, "up")
    await ann.press(meme, "next")
    again = (await ann.hear("message", up=0, id=meme["id"]))["message"]
    assert again["candidate"] != meme["candidate"]
    assert again["mine"] is None
    stored = await store.memes.find("web", "room", meme["id"])
    assert stored is not None
    assert stored.candidate_id == again["candidate"]
    assert (await ann.session.get(f"{ann.origin}{meme['picture']['url']}")).status == 404


async def test_a_reroll_by_another_person_is_a_message_of_its_own(ann: Guest, bob: Guest) -> None:
    """Nobody changes a meme that somebody else asked for."""
    meme = await ann.meme()
    await bob.press(meme, "next")
    theirs = (await ann.hear("message", kind="meme", asked_by=bob.id))["message"]
    assert theirs["id"] != meme["id"]


async def test_nobody_reaches_a_message_with_a_button_of_another(ann: Guest, bob: Guest) -> None:
    """A made-up pair of message and candidate neither removes nor overwrites somebody else's meme."""
    anns, bobs = await ann.meme(), await bob.meme()
    assert (await bob.press({**bobs, "id": anns["id"]}, "delete")).status == 400
    data = {"message": anns["id"], "form": f"edit:{bobs['candidate']}", "lines": ["mine", "now"]}
    assert (await bob.post("/api/edit", data)).status == 200
    await bob.press({**bobs, "id": anns["id"]}, "next")
    shown = {message["id"]: message.get("candidate") for message in (await ann.listen())["messages"]}
    assert shown[anns["id"]] == anns["candidate"]


async def test_editing_asks_for_lines_and_draws_them(ann: Guest) -> None:
    """The pencil answers with the present lines; sending others changes the meme."""
    meme = await ann.meme()
    form = (await (await ann.press(meme, "edit")).json())["form"]
    assert form["lines"][1] == "monday"
    data = {"message": meme["id"], "form": form["form"], "lines": ["my own", "words"]}
    assert (await ann.post("/api/edit", data)).status == 200
    edited = (await ann.hear("message", id=meme["id"], kind="meme"))["message"]
    assert "my own / words" in edited["alt"]


async def test_offensive_words_are_refused_and_change_nothing(ann: Guest) -> None:
    """The asker reads a kind sentence; the meme stays as it was."""
    meme = await ann.meme()
    data = {"message": meme["id"], "form": f"edit:{meme['candidate']}", "lines": [BAD_WORD, ""]}
    response = await ann.post("/api/edit", data)
    assert response.status == 422
    assert "kinder" in (await response.json())["notice"]
    greeting = await ann.listen()
    assert [message["candidate"] for message in greeting["messages"] if message["kind"] == "meme"] == [
        meme["candidate"]
    ]


@pytest.mark.parametrize("delay_s", [0.0, 0.2], ids=["at once", "after a while"])
async def test_a_refused_question_leaves_nothing_in_the_room(ann: Guest, pool: ScriptedPool, delay_s: float) -> None:
    """The sentence goes to the asker alone."""
    pool.failing, pool.delay_s = {"caption": FailureKind.INVALID_IMAGE}, delay_s
    response = await ann.ask(photo=b"no picture at all")
    assert response.status == 422
    assert "ends too early" in (await response.json())["notice"]
    assert (await ann.listen())["messages"] == []


async def test_whoever_waits_long_is_told(ann: Guest, pool: ScriptedPool) -> None:
    """The waiting bubble says how many are in line."""
    pool.delay_s, pool.queued = 0.6, 4
    asking = asyncio.create_task(ann.ask(prompt="monday"))
    waits = await ann.hear("message", kind="working", text="4 in line…")
    assert waits["message"]["text"] == "4 in line…"
    await asking


async def test_an_upload_over_the_limit_is_refused_with_the_limit(ann: Guest) -> None:
    """The limit is enforced while reading, whatever the browser claims."""
    response = await ann.ask(photo=bytes(2**20 + 1))
    assert response.status == 400
    assert "up to 1 MB" in (await response.json())["notice"]


async def test_an_empty_file_is_refused_as_one(ann: Guest) -> None:
    """A named file without a byte is a mistake to tell of, not a wish for a surprise."""
    form = FormData({"verb": "meme"})
    form.add_field("photo", io.BytesIO(b""), filename="photo.jpg", content_type="image/jpeg")
    response = await ann.session.post(f"{ann.origin}/api/ask", data=form, headers={"Origin": ann.origin})
    assert response.status == 400
    assert "empty" in (await response.json())["notice"]


async def test_a_broken_form_gets_a_sentence(ann: Guest) -> None:
    """A multipart body that ends inside its headers is a bad request, not a fault of ours."""
    headers = {"Origin": ann.origin, "Content-Type": "multipart/form-data; boundary=XXbd"}
    response = await ann.session.post(f"{ann.origin}/api/ask", data=b"--XXbd\r\nContent-Disp", headers=headers)
    assert response.status == 400
    assert (await response.json())["notice"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        pytest.param("/api/press", {}, id="nothing"),
        pytest.param("/api/press", {"message": 1, "button": []}, id="wrong types"),
        pytest.param("/api/edit", {"message": "1", "candidate": "2", "lines": "text"}, id="lines that are no list"),
        pytest.param("/api/edit", {"message": "1", "candidate": "2", "lines": [""] * 99}, id="too many lines"),
        pytest.param("/api/press", {"message": "unknown", "button": "up:1"}, id="an unknown message"),
        pytest.param("/api/name", {"name": "<script>"}, id="no name"),
        pytest.param("/api/name", {"name": "x" * 20_000}, id="an endless body"),
    ],
)
async def test_malformed_requests_get_a_sentence(ann: Guest, path: str, data: dict[str, object]) -> None:
    """Whatever is posted, the answer is JSON with a notice."""
    response = await ann.post(path, data)
    assert response.status == 400
    assert (await response.json())["notice"]


async def test_what_breaks_inside_is_one_sentence_outside(ann: Guest, tmp_path: Path) -> None:
    """An unexpected error shows no detail, and the room goes on."""
    meme = await ann.meme()
    with contextlib.closing(sqlite3.connect(tmp_path / "memes.db")) as connection:
        connection.execute("DROP TABLE votes")
    response = await ann.press(meme, "up")
    assert response.status == 500
    assert (await response.json())["notice"].startswith("Something went wrong")
    assert (await ann.session.get(f"{ann.origin}/")).status == 200


async def test_a_returning_browser_gets_only_what_it_missed(ann: Guest, bob: Guest) -> None:
    """With the last number it saw, a browser hears of later messages, later changes, and what is gone."""
    first, second = await ann.meme(), await ann.meme()
    seen = await ann.listen()
    await bob.press(first, "up")
    await ann.press(second, "delete")
    await ann.hear("remove")
    caught_up = await bob.listen(epoch=seen["epoch"], seq=seen["seq"])
    assert [message["id"] for message in caught_up["messages"]] == [first["id"]]
    assert second["id"] not in caught_up["present"]
    everything = await bob.listen(epoch="before the restart", seq=seen["seq"])
    assert len(everything["messages"]) == 3


async def test_genre_and_check_show_a_clean_copy_of_the_picture(ann: Guest) -> None:
    """The picture beside the answer was written by the renderer, not by the uploader."""
    for verb in ("genre", "check"):
        await ann.ask(verb, photo=draw_png(7))
        looked = (await ann.hear("message", kind=verb))["message"]
        served = await ann.session.get(f"{ann.origin}{looked['picture']['url']}")
        assert (await served.read()) != draw_png(7)
        assert served.content_type == "image/png"


async def test_a_failed_check_is_shown_as_unknown(ann: Guest, pool: ScriptedPool) -> None:
    """The room shows the core's "unknown", never "clear"."""
    pool.failing = {"flag": FailureKind.WORKER_DIED}
    await ann.ask("check", prompt="hello")
    assert (await ann.hear("message", kind="check"))["message"]["verdict"] == "unknown"


async def test_browsers_hear_when_the_models_are_ready(ann: Guest, pool: ScriptedPool) -> None:
    """The state of the pool reaches open pages by itself."""
    pool.state = PoolState.LOADING
    assert (await ann.hear("state"))["state"] in {"loading", "ready"}
    pool.state = PoolState.READY
    while (await ann.hear("state"))["state"] != "ready":
        pass


async def test_erasing_takes_a_person_out_of_room_and_store(ann: Guest, bob: Guest) -> None:
    """Memes asked for and votes given are gone, for everybody."""
    own, others = await ann.meme(), await bob.meme()
    await ann.press(others, "up")
    stored = await (await ann.session.get(f"{ann.origin}/api/me")).json()
    assert len(stored["votes"]) == 1
    assert (await ann.post("/api/erase", {})).status == 200
    assert not any((await (await ann.session.get(f"{ann.origin}/api/me")).json()).values())
    left = {message["id"]: message for message in (await bob.listen())["messages"]}
    assert own["id"] not in left
    assert left[others["id"]]["up"] == 0


async def test_a_chosen_name_travels_with_questions(ann: Guest, bob: Guest) -> None:
    """The new name is in the cookie and in front of everybody."""
    await ann.post("/api/name", {"name": "Zoë"})
    await ann.ask(prompt="monday")
    assert (await bob.hear("message", kind="ask"))["message"]["author"] == "Zoë"


class TestSmallRoom:
    """A room that remembers three messages only."""

    @pytest.fixture
    def options(self) -> RoomOptions:
        return RoomOptions(secret=SECRET, max_messages=3)

    async def test_old_messages_and_their_pictures_fall_off(self, ann: Guest) -> None:
        """Memory is bounded: what falls off the end is gone with its picture."""
        first = await ann.meme()
        await ann.meme()
        greeting = await ann.listen()
        assert len(greeting["present"]) == 3
        await ann.meme()
        assert (await ann.session.get(f"{ann.origin}{first['picture']['url']}")).status == 404
        assert (await ann.press(first, "up")).status == 400
