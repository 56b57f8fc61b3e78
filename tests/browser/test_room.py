"""What a person does in the room, done by a real browser."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.bot.scripted_pool import draw_png
from tests.browser.conftest import PATIENCE_MS, OpenPage

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE_MS)


def action(page: Page, name: str) -> Locator:
    return page.locator(f'.meme [data-action="{name}"]').last


async def make_meme(page: Page, prompt: str = "monday") -> Locator:
    await page.fill("#prompt", prompt)
    await page.click("#ask-meme")
    meme = page.locator(".meme img").last
    await expect(meme).to_be_visible()
    return meme


async def choose_photo(page: Page, body: bytes | None = None, name: str = "photo.png") -> None:
    await page.set_input_files("#file", {"name": name, "mimeType": "image/png", "buffer": body or draw_png()})
    await expect(page.locator("#photo")).to_be_visible()


class Line:
    """The wire between a page and the room, which a test can cut."""

    def __init__(self) -> None:
        self.is_cut = False
        self._open: list[WebSocketRoute] = []

    @classmethod
    async def of(cls, page: Page) -> Line:
        line = cls()
        await page.route_web_socket(re.compile("/live"), line._connect)
        await page.reload()
        await expect(page.locator("#presence")).not_to_be_empty()
        return line

    async def cut(self) -> None:
        self.is_cut = True
        for socket in self._open:
            await socket.close(code=4000)

    async def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            await socket.close(code=4000)
        else:
            socket.connect_to_server()
            self._open.append(socket)


async def test_a_prompt_becomes_a_described_meme(open_page: OpenPage) -> None:
    """Words typed into the empty room come back as a picture with alt text, and the invitation goes."""
    page = await open_page()
    await expect(page.locator("#empty")).to_be_visible()
    meme = await make_meme(page, "when it compiles at once")
    assert await meme.get_attribute("alt")
    assert await meme.evaluate("image => image.naturalWidth") > 0
    await expect(page.locator(".said p")).to_have_text("when it compiles at once")
    await expect(page.locator("#empty")).to_be_hidden()


async def test_an_uploaded_photo_becomes_a_meme(open_page: OpenPage) -> None:
    """A chosen photo is previewed, sent and captioned."""
    page = await open_page()
    await choose_photo(page)
    await page.click("#ask-meme")
    await expect(page.locator(".meme img")).to_be_visible()
    await expect(page.locator("#photo")).to_be_hidden()
    await expect(page.locator(".said")).to_contain_text("with a photo")


async def test_a_dropped_photo_is_taken(open_page: OpenPage) -> None:
    """A file dropped anywhere on the page is the same as a chosen one."""
    page = await open_page()
    await page.evaluate(
        """bytes => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
        }""",
        list(draw_png()),
    )
    await expect(page.locator("#photo-name")).to_have_text("dropped.png")


async def test_votes_toggle_and_everybody_sees_them(open_page: OpenPage) -> None:
    """A vote shows in every open browser; only the voter's button stays pressed; pressing again takes it back."""
    ann, bob = await open_page(), await open_page()
    await make_meme(ann)
    await action(bob, "up").click()
    await expect(action(bob, "up")).to_have_attribute("aria-pressed", "true")
    await expect(action(ann, "up")).to_have_text(re.compile("1"))
    await expect(action(ann, "up")).to_have_attribute("aria-pressed", "false")
    await action(bob, "up").click()
    await expect(action(ann, "up")).to_have_text(re.compile("0"))


async def test_the_next_candidate_takes_the_place_of_the_shown_one(open_page: OpenPage) -> None:
    """Pressing the arrows changes the picture of the same message."""
    page = await open_page()
    before = await (await make_meme(page)).get_attribute("src")
    await action(page, "next").click()
    await expect(page.locator(".meme img")).not_to_have_attribute("src", before or "")
    await expect(page.locator(".meme")).to_have_count(1)


async def test_edited_words_are_drawn(open_page: OpenPage) -> None:
    """The pencil opens the lines in place; saving draws them."""
    page = await open_page()
    await make_meme(page)
    await action(page, "edit").click()
    await page.locator(".edit textarea").nth(0).fill("my very own words")
    await page.locator(".edit textarea").nth(1).fill("and more of them")
    await page.locator(".edit .primary").click()
    await expect(page.locator(".meme figcaption")).to_contain_text("Words by")
    await expect(page.locator(".meme img")).to_have_attribute("alt", re.compile("my very own words"))


async def test_whoever_edits_an_old_meme_is_left_there(open_page: OpenPage) -> None:
    """Opening the form of a meme far above does not throw the reader to the end."""
    page = await open_page()
    for prompt in ("one", "two", "three"):
        await make_meme(page, prompt)
        await expect(page.locator(".said p").last).to_have_text(prompt)
    await expect(page.locator(".meme")).to_have_count(3)
    await page.locator('[data-action="edit"]').first.click()
    await page.wait_for_timeout(300)
    await expect(page.locator(".edit textarea").first).to_be_in_viewport()
    await expect(page.locator(".edit .primary")).to_be_in_viewport()


async def test_a_meme_can_be_downloaded(open_page: OpenPage, tmp_path: Path) -> None:
    """The arrow down saves the picture under a proper file name."""
    page = await open_page()
    await make_meme(page)
    async with page.expect_download() as waiting:
        await action(page, "download").click()
    download = await waiting.value
    await download.save_as(tmp_path / "saved")
    assert download.suggested_filename == "meme.png"
    assert (tmp_path / "saved").read_bytes().startswith(b"\x89PNG")


async def test_two_browsers_see_the_same_room_live(open_page: OpenPage) -> None:
    """What one person asks, another sees without doing anything, with the number of people present."""
    ann, bob = await open_page(), await open_page()
    await expect(ann.locator("#presence")).to_have_text("2 people here")
    await make_meme(ann, "hello from the other side")
    await expect(bob.locator(".said p")).to_have_text("hello from the other side")
    await expect(bob.locator(".meme img")).to_be_visible()
    await expect(action(bob, "delete")).to_have_count(0)


async def test_the_asker_removes_a_meme_for_everybody(open_page: OpenPage) -> None:
    """The bin takes the meme out of every open browser."""
    ann, bob = await open_page(), await open_page()
    await make_meme(ann)
    await expect(bob.locator(".meme")).to_have_count(1)
    await action(ann, "delete").click()
    await expect(bob.locator(".meme")).to_have_count(0)


async def test_a_file_that_is_no_picture_is_refused_with_a_sentence(open_page: OpenPage) -> None:
    """The asker reads why, the words come back, and nobody else sees anything of it."""
    ann, bob = await open_page(), await open_page()
    await choose_photo(ann, b"these bytes are no picture", "cat.png")
    await ann.fill("#prompt", "my cat")
    await ann.click("#ask-meme")
    await expect(ann.locator(".toast")).to_contain_text("picture")
    await expect(ann.locator("#prompt")).to_have_value("my cat")
    await expect(bob.locator("#messages > li")).to_have_count(0)


async def test_a_file_that_is_too_large_is_refused_before_it_is_sent(open_page: OpenPage) -> None:
    """Above the limit the sentence comes at once."""
    page = await open_page()
    large = {"name": "large.png", "mimeType": "image/png", "buffer": bytes(2**20 + 1)}
    await page.set_input_files("#file", large)
    await expect(page.locator(".toast")).to_contain_text("1 MB")
    await expect(page.locator("#photo")).to_be_hidden()


async def test_genres_are_shown_as_eight_bars(open_page: OpenPage) -> None:
    """Genre answers with a bar per genre, the picture beside it."""
    page = await open_page()
    await choose_photo(page)
    await page.click("#ask-genre")
    await expect(page.locator(".bars li")).to_have_count(8)
    await expect(page.locator("figure.thumb img")).to_be_visible()


async def test_a_check_shows_verdict_and_categories(open_page: OpenPage) -> None:
    """Check answers for words alone, too, with the words it read."""
    page = await open_page()
    await page.fill("#prompt", "what a lovely day")
    await page.click("#ask-check")
    await expect(page.locator(".verdict h3")).not_to_be_empty()
    await expect(page.locator(".bars li")).to_have_count(5)
    await expect(page.locator(".quote")).to_contain_text("what a lovely day")


async def test_markup_in_a_prompt_stays_text(open_page: OpenPage) -> None:
    """What people type is shown as they typed it and runs nothing."""
    page = await open_page()
    await make_meme(page, "<img src=x onerror=\"document.title='owned'\"><b>hi</b>")
    await expect(page.locator(".said p")).to_contain_text("<b>hi</b>")
    assert await page.locator(".said p b").count() == 0
    assert await page.title() == "Memesmith"


async def test_a_browser_that_was_away_catches_up(open_page: OpenPage) -> None:
    """After a broken connection the page says so, resumes by itself with what it missed, and shows nothing twice."""
    ann, bob = await open_page(), await open_page()
    line = await Line.of(bob)
    await make_meme(ann, "before")
    await expect(bob.locator(".meme")).to_have_count(1)
    await line.cut()
    await expect(bob.locator("#banner")).to_contain_text("Connection lost")
    await make_meme(ann, "meanwhile")
    await expect(bob.locator(".meme")).to_have_count(1)
    line.is_cut = False
    await expect(bob.locator(".said p")).to_have_text(["before", "meanwhile"])
    await expect(bob.locator(".meme")).to_have_count(2)
    await expect(bob.locator("#banner")).to_be_hidden()


async def test_a_template_is_picked_by_keyboard(open_page: OpenPage) -> None:
    """The picker is searched and used without a mouse."""
    page = await open_page()
    await page.locator("#template").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("two signs")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#template-label")).to_have_text("Two Signs")
    await expect(page.locator("#prompt")).to_be_focused()


async def test_every_control_has_a_name_and_every_picture_a_description(open_page: OpenPage) -> None:
    """Who hears the page instead of seeing it knows what each button does and what each meme says."""
    page = await open_page()
    await make_meme(page)
    await action(page, "edit").click()
    await expect(page.locator(".edit")).to_be_visible()
    nameless = await page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, select, textarea, img")]
            .filter(each => each.tagName === "IMG"
                ? !each.hasAttribute("alt")
                : !(each.ariaLabel || each.textContent.trim() || each.labels?.length))
            .map(each => each.outerHTML)"""
    )
    assert nameless == []


async def test_a_chosen_name_is_kept(open_page: OpenPage) -> None:
    """The name a person gives goes with what they ask, and survives a reload."""
    page = await open_page()
    await page.click("#me")
    await page.fill("#name-field", "Zoë O'Neil")
    await page.click("#name-form button")
    await page.reload()
    await expect(page.locator("#my-name")).to_have_text("Zoë O'Neil")
    await make_meme(page)
    await expect(page.locator(".said b")).to_contain_text("Zoë O'Neil")


async def test_a_phone_shows_everything_without_sideways_scrolling(open_page: OpenPage) -> None:
    """At 390 pixels nothing is wider than the screen, in the empty room and with a meme in it."""
    page = await open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    for _ in range(2):
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await make_meme(page)


async def test_the_room_speaks_korean(open_page: OpenPage) -> None:
    """A Korean browser gets a Korean page and Korean buttons."""
    page = await open_page(locale="ko-KR")
    await expect(page.locator("#ask-check")).to_have_text("검사")
    await make_meme(page)
    await expect(action(page, "up")).to_have_attribute("aria-label", "웃겨요")


def test_the_test_picture_is_a_true_png() -> None:
    """The photo these tests upload has correct checksums."""
    png = draw_png()
    body = png[12:29]
    assert int.from_bytes(png[29:33]) == zlib.crc32(body)
